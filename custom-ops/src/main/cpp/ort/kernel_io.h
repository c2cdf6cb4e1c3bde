// What an op.cc needs of ONNX Runtime: attributes, tensors, scratch memory, threads, errors.
#ifndef HEDDLE_ORT_KERNEL_IO_H_
#define HEDDLE_ORT_KERNEL_IO_H_

#include <stdexcept>
#include <string>
#include <vector>

#include "common/executor.h"
#include "ort/abi.h"

namespace heddle::ort {

/// A wrong input or attribute; becomes an OrtStatus at the C boundary.
class Failure : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Throws a Failure if the call did not succeed.
void Check(const OrtApi* api, OrtStatus* status);

/// "[2, 8, 16, 64]"
std::string ShapeText(const std::vector<int64_t>& shape);

/// Attributes of a node while its kernel is made.
class NodeInfo {
 public:
  NodeInfo(const OrtApi* api, const OrtKernelInfo* info, const char* op);

  /// "MultiTokenAttention at layers.0.context"
  const std::string& where() const { return where_; }
  int64_t Int(const char* name, int64_t fallback) const;
  float Float(const char* name, float fallback) const;
  std::string Text(const char* name, const char* fallback) const;

 private:
  const OrtApi* api_;
  const OrtKernelInfo* info_;
  std::string where_;
};

/// A tensor of a run; `data` is null if the input or output is absent.
struct Tensor {
  void* data = nullptr;
  std::vector<int64_t> shape;
  int64_t size = 0;

  explicit operator bool() const { return data != nullptr; }
  int64_t dim(int axis) const { return shape[static_cast<size_t>(axis)]; }
};

/// Inputs and outputs of one run.
class NodeRun {
 public:
  NodeRun(const OrtApi* api, OrtKernelContext* context, const std::string& where)
      : api_(api), context_(context), where_(where) {}

  /// @param name for the message if it is missing or has another rank
  Tensor Required(size_t index, const char* name, int rank) const;
  Tensor Optional(size_t index, const char* name, int rank) const;
  Tensor Output(size_t index, const std::vector<int64_t>& shape) const;

  /// Throws unless the tensor is absent or has this shape; -1 stands for any length.
  void Expect(const Tensor& tensor, const char* name, const std::vector<int64_t>& shape) const;
  [[noreturn]] void Fail(const std::string& what) const;

 private:
  Tensor Read(const OrtValue* value) const;

  const OrtApi* api_;
  OrtKernelContext* context_;
  const std::string& where_;
};

/// Threads and scratch memory of one run.
class OrtExecutor final : public Executor {
 public:
  OrtExecutor(const OrtApi* api, OrtKernelContext* context);
  ~OrtExecutor() override;
  OrtExecutor(const OrtExecutor&) = delete;
  OrtExecutor& operator=(const OrtExecutor&) = delete;

  int64_t Workers() const override;
  void ParallelFor(int64_t count, Task task, void* state) override;
  void* Allocate(size_t bytes) override;
  void Free(void* memory) override;

 private:
  const OrtApi* api_;
  OrtKernelContext* context_;
  OrtAllocator* allocator_ = nullptr;
};

/// Runs the body and turns whatever it throws into a status.
template <class Body>
OrtStatus* Guarded(const OrtApi* api, Body body) {
  const char* message = "unknown failure";
  std::string text;
  try {
    body();
    return nullptr;
  } catch (const std::exception& e) {
    text = e.what();
    message = text.c_str();
  } catch (...) {
  }
  return Call<OrtStatus*>(api, Slot::kCreateStatus, static_cast<int>(kInvalidArgument), message);
}

}  // namespace heddle::ort

#endif  // HEDDLE_ORT_KERNEL_IO_H_
