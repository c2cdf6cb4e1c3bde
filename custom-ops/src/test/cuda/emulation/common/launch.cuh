// Takes the place of the main sources' file in tests without a GPU.
#ifndef HEDDLE_COMMON_LAUNCH_CUH_
#define HEDDLE_COMMON_LAUNCH_CUH_

#include "common/device.h"
#include "cuda_runtime.h"
#include "machine.h"

namespace heddle {

inline void CheckCuda(cudaError_t, const char*) {}

inline int DeviceAttribute(cudaDeviceAttr attribute) {
  return attribute == cudaDevAttrMultiProcessorCount ? emulation::limits.processors
                                                     : emulation::limits.shared_bytes;
}

struct Grid {
  int64_t blocks;
  int threads;
  size_t shared_bytes = 0;
};

template <class Arguments>
void Launch(const char*, void (*kernel)(Arguments), Grid grid, Device&, Arguments arguments) {
  emulation::Run(grid.blocks, grid.threads, grid.shared_bytes, [&] { kernel(arguments); });
}

}  // namespace heddle

#endif  // HEDDLE_COMMON_LAUNCH_CUH_
