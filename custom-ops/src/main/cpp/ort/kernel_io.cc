#include "ort/kernel_io.h"

#include <exception>
#include <mutex>
#include <new>
#include <thread>

namespace heddle::ort {

void Check(const OrtApi* api, OrtStatus* status) {
  if (status == nullptr) {
    return;
  }
  std::string text =
      Call<const char*>(api, Slot::kGetErrorMessage, static_cast<const OrtStatus*>(status));
  Call<void>(api, Slot::kReleaseStatus, status);
  throw Failure(text);
}

std::string ShapeText(const std::vector<int64_t>& shape) {
  std::string text = "[";
  for (size_t i = 0; i < shape.size(); ++i) {
    text += (i == 0 ? "" : ", ") + (shape[i] < 0 ? std::string("any") : std::to_string(shape[i]));
  }
  return text + "]";
}

NodeInfo::NodeInfo(const OrtApi* api, const OrtKernelInfo* info, const char* op)
    : api_(api), info_(info), where_(op) {
  size_t size = 0;
  // The first call tells the size, with or without an error.
  OrtStatus* status =
      Call<OrtStatus*>(api, Slot::kKernelInfoGetNodeName, info, static_cast<char*>(nullptr), &size);
  if (status != nullptr) {
    Call<void>(api, Slot::kReleaseStatus, status);
  }
  std::string name(size, '\0');
  if (size > 0) {
    Check(api, Call<OrtStatus*>(api, Slot::kKernelInfoGetNodeName, info, name.data(), &size));
    name.resize(size - 1);
  }
  where_ += " at " + (name.empty() ? "an unnamed node" : name);
}

int64_t NodeInfo::Int(const char* name, int64_t fallback) const {
  int64_t value = 0;
  OrtStatus* status =
      Call<OrtStatus*>(api_, Slot::kKernelInfoGetAttributeInt64, info_, name, &value);
  if (status == nullptr) {
    return value;
  }
  Call<void>(api_, Slot::kReleaseStatus, status);
  return fallback;
}

float NodeInfo::Float(const char* name, float fallback) const {
  float value = 0;
  OrtStatus* status =
      Call<OrtStatus*>(api_, Slot::kKernelInfoGetAttributeFloat, info_, name, &value);
  if (status == nullptr) {
    return value;
  }
  Call<void>(api_, Slot::kReleaseStatus, status);
  return fallback;
}

std::string NodeInfo::Text(const char* name, const char* fallback) const {
  char buffer[64];
  size_t size = sizeof buffer;
  OrtStatus* status = Call<OrtStatus*>(api_, Slot::kKernelInfoGetAttributeString, info_, name,
                                       static_cast<char*>(buffer), &size);
  if (status == nullptr) {
    return std::string(buffer, size == 0 ? 0 : size - 1);
  }
  Call<void>(api_, Slot::kReleaseStatus, status);
  return fallback;
}

void NodeRun::Fail(const std::string& what) const { throw Failure(where_ + ": " + what); }

Tensor NodeRun::Read(const OrtValue* value) const {
  Tensor tensor;
  OrtTensorTypeAndShapeInfo* info = nullptr;
  Check(api_, Call<OrtStatus*>(api_, Slot::kGetTensorTypeAndShape, value, &info));
  const OrtTensorTypeAndShapeInfo* view = info;
  size_t rank = 0;
  Check(api_, Call<OrtStatus*>(api_, Slot::kGetDimensionsCount, view, &rank));
  tensor.shape.resize(rank);
  Check(api_, Call<OrtStatus*>(api_, Slot::kGetDimensions, view, tensor.shape.data(), rank));
  Call<void>(api_, Slot::kReleaseTensorTypeAndShapeInfo, info);
  tensor.size = 1;
  for (int64_t length : tensor.shape) {
    tensor.size *= length;
  }
  Check(api_, Call<OrtStatus*>(api_, Slot::kGetTensorMutableData, const_cast<OrtValue*>(value),
                               &tensor.data));
  if (tensor.data == nullptr) {
    // An empty tensor may have no memory; it is there all the same.
    alignas(64) static char empty[64];
    tensor.data = empty;
  }
  return tensor;
}

Tensor NodeRun::Optional(size_t index, const char* name, int rank) const {
  size_t count = 0;
  const OrtKernelContext* context = context_;
  Check(api_, Call<OrtStatus*>(api_, Slot::kKernelContextGetInputCount, context, &count));
  const OrtValue* value = nullptr;
  if (index < count) {
    Check(api_, Call<OrtStatus*>(api_, Slot::kKernelContextGetInput, context, index, &value));
  }
  if (value == nullptr) {
    return Tensor();
  }
  Tensor tensor = Read(value);
  if (static_cast<int>(tensor.shape.size()) != rank) {
    Fail(std::string(name) + ": expected rank " + std::to_string(rank) + ", got " +
         ShapeText(tensor.shape));
  }
  return tensor;
}

Tensor NodeRun::Required(size_t index, const char* name, int rank) const {
  Tensor tensor = Optional(index, name, rank);
  if (!tensor) {
    Fail(std::string(name) + ": expected a tensor, got none");
  }
  return tensor;
}

Tensor NodeRun::Output(size_t index, const std::vector<int64_t>& shape) const {
  size_t count = 0;
  const OrtKernelContext* context = context_;
  Check(api_, Call<OrtStatus*>(api_, Slot::kKernelContextGetOutputCount, context, &count));
  OrtValue* value = nullptr;
  if (index < count) {
    Check(api_, Call<OrtStatus*>(api_, Slot::kKernelContextGetOutput, context_, index, shape.data(),
                                 shape.size(), &value));
  }
  return value == nullptr ? Tensor() : Read(value);
}

void NodeRun::Expect(const Tensor& tensor, const char* name,
                     const std::vector<int64_t>& shape) const {
  if (!tensor) {
    return;
  }
  bool same = tensor.shape.size() == shape.size();
  for (size_t i = 0; same && i < shape.size(); ++i) {
    same = shape[i] < 0 || shape[i] == tensor.shape[i];
  }
  if (!same) {
    Fail(std::string(name) + ": expected " + ShapeText(shape) + ", got " + ShapeText(tensor.shape));
  }
}

OrtExecutor::OrtExecutor(const OrtApi* api, OrtKernelContext* context)
    : api_(api), context_(context) {
  OrtMemoryInfo* memory = nullptr;
  constexpr int kArena = 1;
  constexpr int kDefaultMemory = 0;
  Check(api, Call<OrtStatus*>(api, Slot::kCreateCpuMemoryInfo, kArena, kDefaultMemory, &memory));
  const OrtKernelContext* reader = context;
  OrtStatus* status = Call<OrtStatus*>(api, Slot::kKernelContextGetAllocator, reader,
                                       static_cast<const OrtMemoryInfo*>(memory), &allocator_);
  Call<void>(api, Slot::kReleaseMemoryInfo, memory);
  Check(api, status);
}

OrtExecutor::~OrtExecutor() { Call<void>(api_, Slot::kReleaseAllocator, allocator_); }

int64_t OrtExecutor::Workers() const {
  // The size of ONNX Runtime's pool cannot be asked for; tasks beyond it find nothing left to do.
  unsigned count = std::thread::hardware_concurrency();
  return count == 0 ? 1 : static_cast<int64_t>(count);
}

void OrtExecutor::ParallelFor(int64_t count, Task task, void* state) {
  struct Batch {
    Task task;
    void* state;
    std::mutex mutex;
    std::exception_ptr failure;
  };
  if (count <= 1) {
    if (count == 1) {
      task(state, 0);
    }
    return;
  }
  Batch batch{task, state, {}, nullptr};
  auto run = [](void* opaque, size_t index) {
    Batch& batch = *static_cast<Batch*>(opaque);
    try {
      batch.task(batch.state, index);
    } catch (...) {
      std::lock_guard<std::mutex> lock(batch.mutex);
      batch.failure = std::current_exception();
    }
  };
  const OrtKernelContext* reader = context_;
  Check(api_, Call<OrtStatus*>(api_, Slot::kKernelContextParallelFor, reader,
                               static_cast<Task>(run), static_cast<size_t>(count),
                               static_cast<size_t>(0), static_cast<void*>(&batch)));
  if (batch.failure) {
    std::rethrow_exception(batch.failure);
  }
}

void* OrtExecutor::Allocate(size_t bytes) {
  void* memory = nullptr;
  // Arena memory is 64-byte aligned; the pad keeps a vector load at the end inside the block.
  Check(api_, Call<OrtStatus*>(api_, Slot::kAllocatorAlloc, allocator_, bytes + 256, &memory));
  if (memory == nullptr) {
    throw std::bad_alloc();
  }
  return memory;
}

void OrtExecutor::Free(void* memory) {
  Check(api_, Call<OrtStatus*>(api_, Slot::kAllocatorFree, allocator_, memory));
}

}  // namespace heddle::ort
