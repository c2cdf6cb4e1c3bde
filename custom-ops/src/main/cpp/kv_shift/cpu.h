// Kernels of KVShift on CPU.
#ifndef HEDDLE_KV_SHIFT_CPU_H_
#define HEDDLE_KV_SHIFT_CPU_H_

#include "common/executor.h"
#include "kv_shift/params.h"

namespace heddle {

/// The formula, element by element, in double.
void ShiftPlain(const ShiftParams& params, Executor& executor);

/// The fast form: the same sums in float32.
void Shift(const ShiftParams& params, Executor& executor);

}  // namespace heddle

#endif  // HEDDLE_KV_SHIFT_CPU_H_
