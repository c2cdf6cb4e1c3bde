// Kernels of KVShift on CUDA.
#ifndef HEDDLE_KV_SHIFT_CUDA_H_
#define HEDDLE_KV_SHIFT_CUDA_H_

#include "common/device.h"
#include "kv_shift/params.h"

namespace heddle {

/// T = float, Float16 or Bfloat16.
template <class T>
void ShiftOnDevice(const ShiftParamsOf<T>& params, Device& device);

/// The raw rows of the last real tokens, [batch, kv_heads, taps - 1, head_dim]; rows of pads before
/// them are 0.
template <class T>
void LastOnDevice(const ShiftParamsOf<T>& params, T* new_last, Device& device);

}  // namespace heddle

#endif  // HEDDLE_KV_SHIFT_CUDA_H_
