// The GPU of one run: ONNX Runtime's stream and memory.
#ifndef HEDDLE_ORT_CUDA_DEVICE_H_
#define HEDDLE_ORT_CUDA_DEVICE_H_

#include "common/device.h"
#include "common/element.h"
#include "ort/kernel_io.h"

namespace heddle::ort {

class CudaDevice final : public Device {
 public:
  CudaDevice(const OrtApi* api, OrtKernelContext* context);
  ~CudaDevice() override;
  CudaDevice(const CudaDevice&) = delete;
  CudaDevice& operator=(const CudaDevice&) = delete;

  void* Stream() const override { return stream_; }
  void* Allocate(size_t bytes) override;
  void Free(void* memory) override;

 private:
  const OrtApi* api_;
  const OrtKernelContext* context_;
  OrtMemoryInfo* memory_ = nullptr;
  void* stream_ = nullptr;
  OrtAllocator* allocator_ = nullptr;
};

/// The memory of a tensor that kernels read or write 16 bytes at a time: elsewhere a GPU would stop
/// the whole process.
inline void* VectorMemory(const NodeRun& run, const Tensor& tensor) {
  if (reinterpret_cast<uintptr_t>(tensor.data) % 16 != 0) {
    run.Fail(
        "tensor " + ShapeText(tensor.shape) +
        ": expected memory that starts at a multiple of 16 bytes, got one that does not; bind a"
        " tensor with memory of its own");
  }
  return tensor.data;
}

/// Tensors as they lie in the GPU's memory.
template <class T>
struct DeviceView {
  const NodeRun& run;

  const T* Read(const Tensor& tensor) const {
    return static_cast<const T*>(VectorMemory(run, tensor));
  }
};

/// Calls the body with a number of the type that holds `element`.
template <class Body>
void WithElement(Element element, Body body) {
  switch (element) {
    case Element::kFloat32:
      return body(float{});
    case Element::kFloat16:
      return body(Float16{});
    case Element::kBfloat16:
      return body(Bfloat16{});
  }
}

}  // namespace heddle::ort

#endif  // HEDDLE_ORT_CUDA_DEVICE_H_
