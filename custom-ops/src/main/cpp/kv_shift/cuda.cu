// KVShift on CUDA.
//
//   y[b,g,t] = sum_c weight[g,c] * x[b,g,t - (taps - 1) + c]
//
// Rows before the first come from `last`, pad rows of x count as 0. Xu et al. 2024 (arXiv
// 2411.19574), section 2.2. A thread computes 16 bytes of one row of y; neighbouring rows, read
// again for each tap, are then in the caches. Sums in float32.
#include "common/launch.cuh"
#include "common/warp_math.cuh"
#include "kv_shift/cuda.h"

namespace heddle {
namespace {

constexpr int kThreads = 256;

template <class T>
struct LastArguments {
  ShiftParamsOf<T> p;
  T* new_last;
};

template <class T>
__device__ void StoreVector(T* row, int x, int size, const float (&values)[kVectorElements<T>]) {
  alignas(16) T element[kVectorElements<T>];
#pragma unroll
  for (int i = 0; i < kVectorElements<T>; ++i) {
    element[i] = FromFloat<T>(values[i]);
  }
  if (size % kVectorElements<T> == 0) {
    *reinterpret_cast<Vector*>(row + x) = *reinterpret_cast<const Vector*>(element);
    return;
  }
#pragma unroll
  for (int i = 0; i < kVectorElements<T>; ++i) {
    if (x + i < size) {
      row[x + i] = element[i];
    }
  }
}

template <class T>
__global__ void ShiftKernel(ShiftParamsOf<T> p) {
  constexpr int kCount = kVectorElements<T>;
  int size = static_cast<int>(p.head_dim), vectors = CeilDiv(size, kCount);
  int64_t index = int64_t{blockIdx.x} * blockDim.x + threadIdx.x;
  int64_t row = index / vectors, head = row / p.q_len, t = row % p.q_len;
  if (head >= p.batch * p.kv_heads) {
    return;
  }
  int x = static_cast<int>(index % vectors) * kCount;
  const T* weight = p.weight + head % p.kv_heads * p.taps;
  float sums[kCount] = {};
  for (int64_t c = 0; c < p.taps; ++c) {
    Vector v = LoadVector(p.RawRow(head, TapRows{p.taps}.Row(t, c)), x, size);
    const T* element = reinterpret_cast<const T*>(v.word);
    float w = ToFloat(weight[c]);
#pragma unroll
    for (int i = 0; i < kCount; ++i) {
      sums[i] += w * ToFloat(element[i]);
    }
  }
  StoreVector(p.y + row * size, x, size, sums);
}

/// A block for each head.
template <class T>
__global__ void LastKernel(LastArguments<T> a) {
  const ShiftParamsOf<T>& p = a.p;
  int* end = reinterpret_cast<int*>(SharedMemory());
  int64_t head = blockIdx.x, b = head / p.kv_heads;
  if (threadIdx.x == 0) {
    *end = 0;
  }
  __syncthreads();
  int mine = 0;
  for (int64_t t = threadIdx.x; t < p.q_len; t += blockDim.x) {
    mine = p.real[b * p.q_len + t] ? static_cast<int>(t) + 1 : mine;
  }
  atomicMax(end, mine);
  __syncthreads();
  for (int64_t i = threadIdx.x; i < (p.taps - 1) * p.head_dim; i += blockDim.x) {
    const T* row = p.RawRow(head, *end + i / p.head_dim);
    a.new_last[head * (p.taps - 1) * p.head_dim + i] =
        row == nullptr ? FromFloat<T>(0) : row[i % p.head_dim];
  }
}

}  // namespace

template <class T>
void ShiftOnDevice(const ShiftParamsOf<T>& p, Device& device) {
  int64_t vectors = CeilDiv<int64_t>(p.head_dim, kVectorElements<T>);
  int64_t threads = p.batch * p.kv_heads * p.q_len * vectors;
  Launch("KVShift", ShiftKernel<T>, Grid{CeilDiv<int64_t>(threads, kThreads), kThreads}, device, p);
}

template <class T>
void LastOnDevice(const ShiftParamsOf<T>& p, T* new_last, Device& device) {
  Launch("KVShift state", LastKernel<T>, Grid{p.batch * p.kv_heads, kThreads, sizeof(int)}, device,
         LastArguments<T>{p, new_last});
}

template void ShiftOnDevice(const ShiftParamsOf<float>&, Device&);
template void ShiftOnDevice(const ShiftParamsOf<Float16>&, Device&);
template void ShiftOnDevice(const ShiftParamsOf<Bfloat16>&, Device&);
template void LastOnDevice(const ShiftParamsOf<float>&, float*, Device&);
template void LastOnDevice(const ShiftParamsOf<Float16>&, Float16*, Device&);
template void LastOnDevice(const ShiftParamsOf<Bfloat16>&, Bfloat16*, Device&);

}  // namespace heddle
