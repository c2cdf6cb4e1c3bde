// Which raw row a tap reads; host and device code share it.
#ifndef HEDDLE_KV_SHIFT_POLICY_H_
#define HEDDLE_KV_SHIFT_POLICY_H_

#include <cstdint>

#include "multi_token_attention/policy.h"

namespace heddle {

/// Rows are numbered with those of `last` in front: 0 .. taps - 2 are of `last`, the rest of `x`.
struct TapRows {
  int64_t taps;

  HEDDLE_HD int64_t Row(int64_t t, int64_t tap) const { return t + tap; }
  HEDDLE_HD bool IsLast(int64_t row) const { return row < taps - 1; }
  HEDDLE_HD int64_t InX(int64_t row) const { return row - (taps - 1); }
};

}  // namespace heddle

#endif  // HEDDLE_KV_SHIFT_POLICY_H_
