// A GPU's stream and memory for kernels, so that they know nothing of ONNX Runtime.
#ifndef HEDDLE_COMMON_DEVICE_H_
#define HEDDLE_COMMON_DEVICE_H_

#include <cstddef>
#include <cstdint>
#include <vector>

namespace heddle {

/// Where kernels run and take scratch memory from.
class Device {
 public:
  virtual ~Device() = default;
  /// The cudaStream_t that all work is put into.
  virtual void* Stream() const = 0;
  /// Memory of the GPU, at least 256-byte aligned. It may be given back while work that uses it is
  /// still in the stream.
  virtual void* Allocate(size_t bytes) = 0;
  virtual void Free(void* memory) = 0;
};

/// Blocks of a GPU's memory, given back at the end of the scope.
class DeviceScratch {
 public:
  explicit DeviceScratch(Device& device) : device_(device) {}
  ~DeviceScratch() {
    for (void* block : blocks_) {
      device_.Free(block);
    }
  }
  DeviceScratch(const DeviceScratch&) = delete;
  DeviceScratch& operator=(const DeviceScratch&) = delete;

  /// Null for no elements.
  template <class N>
  N* Take(int64_t count) {
    if (count == 0) {
      return nullptr;
    }
    blocks_.reserve(blocks_.size() + 1);
    void* block = device_.Allocate(static_cast<size_t>(count) * sizeof(N));
    blocks_.push_back(block);
    return static_cast<N*>(block);
  }

 private:
  Device& device_;
  std::vector<void*> blocks_;
};

/// Number of the GPU that this thread uses.
int CurrentDevice();

}  // namespace heddle

#endif  // HEDDLE_COMMON_DEVICE_H_
