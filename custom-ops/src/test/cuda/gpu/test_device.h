// Memory of the GPU of this machine.
#ifndef HEDDLE_TEST_TEST_DEVICE_H_
#define HEDDLE_TEST_TEST_DEVICE_H_

#include "common/launch.cuh"

namespace heddle {

/// Memory is filled with NaN, so that a cell that is read but never written shows.
class TestDevice final : public Device {
 public:
  /// Whether Limit does something.
  static constexpr bool kHasLimits = false;

  void* Stream() const override { return nullptr; }

  void* Allocate(size_t bytes) override {
    void* memory = nullptr;
    CheckCuda(cudaMalloc(&memory, bytes + 256), "test memory");
    CheckCuda(cudaMemset(memory, 0xff, bytes + 256), "test memory");
    return memory;
  }
  void Free(void* memory) override { cudaFree(memory); }

  void Upload(void* to, const void* from, size_t bytes) {
    CheckCuda(cudaMemcpy(to, from, bytes, cudaMemcpyHostToDevice), "test input");
  }
  void Download(void* to, const void* from, size_t bytes) {
    CheckCuda(cudaDeviceSynchronize(), "kernels");
    CheckCuda(cudaMemcpy(to, from, bytes, cudaMemcpyDeviceToHost), "test output");
  }

  /// The limits of a GPU are what they are.
  void Limit(int, int) {}
};

}  // namespace heddle

#endif  // HEDDLE_TEST_TEST_DEVICE_H_
