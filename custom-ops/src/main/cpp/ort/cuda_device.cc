#include "ort/cuda_device.h"

#include <new>

namespace heddle::ort {

CudaDevice::CudaDevice(const OrtApi* api, OrtKernelContext* context) : api_(api) {
  const OrtKernelContext* reader = context;
  Check(api, Call<OrtStatus*>(api, Slot::kKernelContextGetGpuComputeStream, reader, &stream_));
  OrtMemoryInfo* memory = nullptr;
  constexpr int kDeviceAllocator = 0;
  constexpr int kDefaultMemory = 0;
  Check(api, Call<OrtStatus*>(api, Slot::kCreateMemoryInfo, "Cuda", kDeviceAllocator,
                              CurrentDevice(), kDefaultMemory, &memory));
  OrtStatus* status = Call<OrtStatus*>(api, Slot::kKernelContextGetAllocator, reader,
                                       static_cast<const OrtMemoryInfo*>(memory), &allocator_);
  Call<void>(api, Slot::kReleaseMemoryInfo, memory);
  Check(api, status);
}

CudaDevice::~CudaDevice() { Call<void>(api_, Slot::kReleaseAllocator, allocator_); }

void* CudaDevice::Allocate(size_t bytes) {
  void* memory = nullptr;
  Check(api_, Call<OrtStatus*>(api_, Slot::kAllocatorAlloc, allocator_, bytes, &memory));
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
