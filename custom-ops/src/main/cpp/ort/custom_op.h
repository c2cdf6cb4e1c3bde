// What every operator's op.cc shares: the struct that ONNX Runtime asks, and tensors of any element
// type as float32.
#ifndef HEDDLE_ORT_CUSTOM_OP_H_
#define HEDDLE_ORT_CUSTOM_OP_H_

#include <cstring>
#include <deque>
#include <memory>
#include <vector>

#include "common/element.h"
#include "ort/kernel_io.h"

namespace heddle::ort {

/// Execution providers that kernels are for.
inline constexpr char kCpu[] = "CPUExecutionProvider";
inline constexpr char kCuda[] = "CUDAExecutionProvider";

/// One kernel of a node.
class Kernel {
 public:
  virtual ~Kernel() = default;
  virtual void Compute(OrtKernelContext* context) = 0;
};

/// An operator for one element type. Inputs whose bit is set in `bool_inputs` are bool, all others
/// have the element type.
struct OpType : OrtCustomOp {
  const char* name;
  const char* provider;
  Element element;
  size_t inputs, outputs;
  const bool* input_required;
  const bool* output_required;
  uint64_t bool_inputs;
  std::unique_ptr<Kernel> (*create)(const OrtApi* api, const OrtKernelInfo* info, Element element);

  /// Fills the base struct in.
  void Publish();
};

/// Appends an operator for all element types.
template <class Schema, class KernelType>
void AddForEachElement(std::deque<OpType>& ops, const char* provider, uint64_t bool_inputs) {
  for (Element element : {Element::kFloat32, Element::kFloat16, Element::kBfloat16}) {
    OpType& op = ops.emplace_back();
    op.name = Schema::kName;
    op.provider = provider;
    op.element = element;
    op.inputs = Schema::kInputs;
    op.outputs = Schema::kOutputs;
    op.input_required = Schema::kInputRequired;
    op.output_required = Schema::kOutputRequired;
    op.bool_inputs = bool_inputs;
    op.create = [](const OrtApi* api, const OrtKernelInfo* info,
                   Element type) -> std::unique_ptr<Kernel> {
      return std::make_unique<KernelType>(api, info, type);
    };
    op.Publish();
  }
}

/// The operators of the library, one function for each.
void AddMultiTokenAttention(std::deque<OpType>& ops);
void AddKvShift(std::deque<OpType>& ops);
/// The same on a GPU; in the library if it was built with nvcc.
void AddMultiTokenAttentionOnCuda(std::deque<OpType>& ops);
void AddKvShiftOnCuda(std::deque<OpType>& ops);

/// Float32 views of tensors; converted ones live as long as this does.
class Floats {
 public:
  Floats(Executor& executor, Element element) : executor_(executor), element_(element) {}

  /// Null if the tensor is absent.
  const float* Read(const Tensor& tensor);
  /// The first `rows` rows [batch, heads, rows, size] of a tensor; `capacity` becomes the distance
  /// of two heads in rows.
  const float* ReadRows(const Tensor& tensor, int64_t rows, int64_t* capacity);
  /// Memory for a result; written back by Finish.
  float* Write(const Tensor& tensor);
  void Finish();

 private:
  Executor& executor_;
  Element element_;
  std::deque<Scratch> scratch_;
  struct Result {
    Tensor tensor;
    const float* from;
  };
  std::vector<Result> results_;
};

}  // namespace heddle::ort

#endif  // HEDDLE_ORT_CUSTOM_OP_H_
