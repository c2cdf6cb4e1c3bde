// Starting kernels, with every error checked.
#ifndef HEDDLE_COMMON_LAUNCH_CUH_
#define HEDDLE_COMMON_LAUNCH_CUH_

#include <cuda_runtime.h>

#include <cstdint>
#include <stdexcept>
#include <string>

#include "common/device.h"

namespace heddle {

inline void CheckCuda(cudaError_t error, const char* what) {
  if (error != cudaSuccess) {
    throw std::runtime_error(std::string(what) + ": expected CUDA to succeed, got " +
                             cudaGetErrorString(error));
  }
}

inline int DeviceAttribute(cudaDeviceAttr attribute) {
  int device = 0, value = 0;
  CheckCuda(cudaGetDevice(&device), "asking for the current GPU");
  CheckCuda(cudaDeviceGetAttribute(&value, attribute, device), "asking for a limit of the GPU");
  return value;
}

/// Blocks and threads in one dimension; no blocks: nothing happens.
struct Grid {
  int64_t blocks;
  int threads;
  size_t shared_bytes = 0;
};

template <class Arguments>
void Launch(const char* name, void (*kernel)(Arguments), Grid grid, Device& device,
            Arguments arguments) {
  if (grid.blocks == 0) {
    return;
  }
  if (grid.blocks > INT32_MAX) {
    throw std::runtime_error(std::string(name) + ": expected at most 2147483647 blocks, got " +
                             std::to_string(grid.blocks) + "; use a smaller batch");
  }
  const void* function = reinterpret_cast<const void*>(kernel);
  if (grid.shared_bytes > 48 * 1024) {
    CheckCuda(cudaFuncSetAttribute(function, cudaFuncAttributeMaxDynamicSharedMemorySize,
                                   static_cast<int>(grid.shared_bytes)),
              name);
  }
  void* pointers[] = {&arguments};
  CheckCuda(cudaLaunchKernel(function, dim3(static_cast<unsigned>(grid.blocks)),
                             dim3(static_cast<unsigned>(grid.threads)), pointers, grid.shared_bytes,
                             static_cast<cudaStream_t>(device.Stream())),
            name);
}

}  // namespace heddle

#endif  // HEDDLE_COMMON_LAUNCH_CUH_
