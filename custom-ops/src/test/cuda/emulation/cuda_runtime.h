// The part of CUDA's language and runtime that the kernels use, as plain C++: blocks run one after
// the other, their threads take turns at barriers.
#ifndef HEDDLE_EMULATION_CUDA_RUNTIME_H_
#define HEDDLE_EMULATION_CUDA_RUNTIME_H_

#include <cmath>
#include <cstddef>
#include <cstdint>

#define __global__
#define __device__
#define __host__
#define __grid_constant__
#define __launch_bounds__(...)

struct Dimensions {
  unsigned x;
};
struct alignas(8) float2 {
  float x, y;
};

/// Of the thread that runs now.
extern Dimensions threadIdx, blockIdx, blockDim, gridDim;

/// All threads of the block have come here before one goes on.
void __syncthreads();

inline void atomicMin(int* at, int value) { *at = value < *at ? value : *at; }
inline void atomicMax(int* at, int value) { *at = value > *at ? value : *at; }
inline void atomicAdd(int* at, int value) { *at += value; }

using cudaStream_t = void*;
enum cudaError_t { cudaSuccess };
enum cudaMemcpyKind { cudaMemcpyDeviceToDevice };
enum cudaDeviceAttr { cudaDevAttrMaxSharedMemoryPerBlockOptin, cudaDevAttrMultiProcessorCount };
cudaError_t cudaMemcpyAsync(void* to, const void* from, size_t bytes, cudaMemcpyKind kind,
                            cudaStream_t stream);

#endif  // HEDDLE_EMULATION_CUDA_RUNTIME_H_
