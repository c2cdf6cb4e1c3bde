#include "ort/cuda_device.h"

#include <new>

namespace heddle::ort {

CudaDevice::CudaDevice(const OrtApi* api, OrtKernelContext* context)
    : api_(api), context_(context) {
  Check(api, Call<OrtStatus*>(api, Slot::kKernelContextGetGpuComputeStream, context_, &stream_));
  constexpr int kDeviceAllocator = 0;
  constexpr int kDefaultMemory = 0;
  Check(api, Call<OrtStatus*>(api, Slot::kCreateMemoryInfo, "Cuda", kDeviceAllocator,
                              CurrentDevice(), kDefaultMemory, &memory_));
  OrtStatus* status = Call<OrtStatus*>(api, Slot::kKernelContextGetAllocator, context_,
                                       static_cast<const OrtMemoryInfo*>(memory_), &allocator_);
  if (status != nullptr) {
    Call<void>(api, Slot::kReleaseMemoryInfo, memory_);
    Check(api, status);
  }
}

CudaDevice::~CudaDevice() {
  Call<void>(api_, Slot::kReleaseAllocator, allocator_);
  Call<void>(api_, Slot::kReleaseMemoryInfo, memory_);
}

void* CudaDevice::Allocate(size_t bytes) {
  void* memory = nullptr;
  // The allocator itself would give memory that belongs to no stream: given back while kernels
  // still use it, a run on another stream could get it.
  Check(api_, Call<OrtStatus*>(api_, Slot::kKernelContextGetScratchBuffer, context_,
                               static_cast<const OrtMemoryInfo*>(memory_), bytes, &memory));
  if (memory == nullptr) {
    throw std::bad_alloc();
  }
  return memory;
}

void CudaDevice::Free(void* memory) {
  // Called from destructors, so a failure can only be let go.
  OrtStatus* status = Call<OrtStatus*>(api_, Slot::kAllocatorFree, allocator_, memory);
  if (status != nullptr) {
    Call<void>(api_, Slot::kReleaseStatus, status);
  }
}

}  // namespace heddle::ort
