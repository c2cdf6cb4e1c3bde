// What the kernels of KVShift compute on: raw pointers and numbers.
#ifndef HEDDLE_KV_SHIFT_PARAMS_H_
#define HEDDLE_KV_SHIFT_PARAMS_H_

#include <cstdint>

#include "kv_shift/policy.h"

namespace heddle {

/// T = element type in memory.
template <class T>
struct ShiftParamsOf {
  int64_t batch = 0, kv_heads = 0, q_len = 0, head_dim = 0, taps = 0;
  const T* x = nullptr;        ///< [batch, kv_heads, q_len, head_dim]
  const T* weight = nullptr;   ///< [kv_heads, taps], oldest to current
  const bool* real = nullptr;  ///< [batch, q_len], true = real token
  const T* last = nullptr;     ///< [batch, kv_heads, taps - 1, head_dim]; null = zeros
  T* y = nullptr;              ///< as x

  /// A raw row of head b * kv_heads + g, numbered as TapRows does; null where it counts as 0.
  HEDDLE_HD const T* RawRow(int64_t head, int64_t row) const {
    TapRows rows{taps};
    if (rows.IsLast(row)) {
      return last == nullptr ? nullptr : last + (head * (taps - 1) + row) * head_dim;
    }
    int64_t t = rows.InX(row);
    return real[head / kv_heads * q_len + t] ? x + (head * q_len + t) * head_dim : nullptr;
  }
};

using ShiftParams = ShiftParamsOf<float>;

}  // namespace heddle

#endif  // HEDDLE_KV_SHIFT_PARAMS_H_
