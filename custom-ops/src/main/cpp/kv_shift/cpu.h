// Kernels of KVShift on CPU.
#ifndef HEDDLE_KV_SHIFT_CPU_H_
#define HEDDLE_KV_SHIFT_CPU_H_

#include <cstdint>

#include "common/executor.h"

namespace heddle {

struct ShiftParams {
  int64_t batch = 0, kv_heads = 0, q_len = 0, head_dim = 0, taps = 0;
  const float* x = nullptr;       ///< [batch, kv_heads, q_len, head_dim]
  const float* weight = nullptr;  ///< [kv_heads, taps], oldest to current
  const bool* real = nullptr;     ///< [batch, q_len], true = real token
  const float* last = nullptr;    ///< [batch, kv_heads, taps - 1, head_dim]; null = zeros
  float* y = nullptr;             ///< as x
};

/// The formula, element by element, in double.
void ShiftPlain(const ShiftParams& params, Executor& executor);

/// The fast form: the same sums in float32.
void Shift(const ShiftParams& params, Executor& executor);

}  // namespace heddle

#endif  // HEDDLE_KV_SHIFT_CPU_H_
