#include "ort/custom_op.h"

namespace heddle::ort {
namespace {

const OpType& Self(const OrtCustomOp* op) { return *static_cast<const OpType*>(op); }

int OnnxType(Element element) {
  switch (element) {
    case Element::kFloat32:
      return kFloat32;
    case Element::kFloat16:
      return kFloat16;
    case Element::kBfloat16:
      return kBfloat16;
  }
  return kFloat32;
}

/// One conversion, in parts that several threads take.
struct Conversion {
  Element element;
  bool widen;
  const char* from;
  char* to;
  int64_t count;

  static constexpr int64_t kPart = 1 << 15;

  void Run(Executor& executor) {
    executor.ParallelFor((count + kPart - 1) / kPart,
                         [](void* state, size_t index) {
                           static_cast<Conversion*>(state)->Part(static_cast<int64_t>(index));
                         },
                         this);
  }

  void Part(int64_t index) const {
    int64_t first = index * kPart;
    int64_t length = count - first < kPart ? count - first : kPart;
    if (widen) {
      Widen(element, from + first * 2, length, reinterpret_cast<float*>(to) + first);
    } else {
      Narrow(element, reinterpret_cast<const float*>(from) + first, length, to + first * 2);
    }
  }
};

/// The first elements of each head, to float32.
struct RowConversion {
  Element element;
  const char* from;
  float* to;
  int64_t stride, count;

  void Head(int64_t head) const {
    Widen(element, from + head * stride * 2, count, to + head * count);
  }
};

/// A kernel together with the function table it was made with.
struct Instance {
  const OrtApi* api;
  std::unique_ptr<Kernel> kernel;
};

}  // namespace

void OpType::Publish() {
  OrtCustomOp& base = *this;
  base = OrtCustomOp{};
  version = kApiVersion;
  GetName = [](const OrtCustomOp* op) { return Self(op).name; };
  GetExecutionProviderType = [](const OrtCustomOp* op) { return Self(op).provider; };
  GetInputType = [](const OrtCustomOp* op, size_t i) -> int {
    return (Self(op).bool_inputs >> i & 1) != 0 ? static_cast<int>(kBool)
                                                : OnnxType(Self(op).element);
  };
  GetInputTypeCount = [](const OrtCustomOp* op) { return Self(op).inputs; };
  GetOutputType = [](const OrtCustomOp* op, size_t) { return OnnxType(Self(op).element); };
  GetOutputTypeCount = [](const OrtCustomOp* op) { return Self(op).outputs; };
  GetInputCharacteristic = [](const OrtCustomOp* op, size_t i) -> int {
    return Self(op).input_required[i] ? kRequired : kOptional;
  };
  GetOutputCharacteristic = [](const OrtCustomOp* op, size_t i) -> int {
    return Self(op).output_required[i] ? kRequired : kOptional;
  };
  GetInputMemoryType = [](const OrtCustomOp*, size_t) { return 0; };
  GetVariadicInputMinArity = [](const OrtCustomOp*) { return 0; };
  GetVariadicInputHomogeneity = [](const OrtCustomOp*) { return 0; };
  GetVariadicOutputMinArity = [](const OrtCustomOp*) { return 0; };
  GetVariadicOutputHomogeneity = [](const OrtCustomOp*) { return 0; };
  GetStartVersion = [](const OrtCustomOp*) { return 1; };
  GetEndVersion = [](const OrtCustomOp*) { return 0x7fffffff; };
  CreateKernelV2 = [](const OrtCustomOp* op, const OrtApi* api, const OrtKernelInfo* info,
                      void** kernel) {
    return Guarded(api, [&] {
      *kernel = new Instance{api, Self(op).create(api, info, Self(op).element)};
    });
  };
  KernelComputeV2 = [](void* kernel, OrtKernelContext* context) {
    Instance& instance = *static_cast<Instance*>(kernel);
    return Guarded(instance.api, [&] { instance.kernel->Compute(context); });
  };
  KernelDestroy = [](void* kernel) { delete static_cast<Instance*>(kernel); };
}

const float* Floats::Read(const Tensor& tensor) {
  if (!tensor || element_ == Element::kFloat32) {
    return static_cast<const float*>(tensor.data);
  }
  Scratch& block = scratch_.emplace_back();
  block.Reset(executor_, tensor.size);
  Conversion{element_, true, static_cast<const char*>(tensor.data),
             reinterpret_cast<char*>(block.data()), tensor.size}
      .Run(executor_);
  return block.data();
}

const float* Floats::ReadRows(const Tensor& tensor, int64_t rows, int64_t* capacity) {
  if (element_ == Element::kFloat32) {
    *capacity = tensor.dim(2);
    return static_cast<const float*>(tensor.data);
  }
  int64_t outer = tensor.dim(0) * tensor.dim(1), size = tensor.dim(3);
  Scratch& block = scratch_.emplace_back();
  block.Reset(executor_, outer * rows * size);
  RowConversion conversion{element_, static_cast<const char*>(tensor.data), block.data(),
                           tensor.dim(2) * size, rows * size};
  executor_.ParallelFor(
      outer,
      [](void* state, size_t index) {
        static_cast<RowConversion*>(state)->Head(static_cast<int64_t>(index));
      },
      &conversion);
  *capacity = rows;
  return block.data();
}

float* Floats::Write(const Tensor& tensor) {
  if (element_ == Element::kFloat32) {
    return static_cast<float*>(tensor.data);
  }
  Scratch& block = scratch_.emplace_back();
  block.Reset(executor_, tensor.size);
  results_.push_back({tensor, block.data()});
  return block.data();
}

void Floats::Finish() {
  for (const Result& result : results_) {
    Conversion{element_, false, reinterpret_cast<const char*>(result.from),
               static_cast<char*>(result.tensor.data), result.tensor.size}
        .Run(executor_);
  }
}

}  // namespace heddle::ort
