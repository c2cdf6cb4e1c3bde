// Which cells (query row, key) of one sequence are visible; host and device code share it.
#ifndef HEDDLE_MULTI_TOKEN_ATTENTION_POLICY_H_
#define HEDDLE_MULTI_TOKEN_ATTENTION_POLICY_H_

#include <cstdint>

#if defined(__CUDACC__)
#define HEDDLE_HD __host__ __device__
#else
// Always inline: kernel files are compiled for several instruction sets, and a shared copy could be
// of the wrong one.
#define HEDDLE_HD inline __attribute__((always_inline))
#endif

namespace heddle {

/// Causal attention over the last `window` keys; rows and keys are numbered alike.
struct VisibleKeys {
  int64_t window;  ///< keys a row sees, itself included; 0 = all

  HEDDLE_HD int64_t First(int64_t row) const {
    return window > 0 && row >= window ? row - window + 1 : 0;
  }
  /// One past the last.
  HEDDLE_HD int64_t End(int64_t row) const { return row + 1; }
  HEDDLE_HD bool Sees(int64_t row, int64_t key) const {
    return key >= First(row) && key < End(row);
  }
};

}  // namespace heddle

#endif  // HEDDLE_MULTI_TOKEN_ATTENTION_POLICY_H_
