// KVShift as a custom operator on CUDA.
#include "kv_shift/cuda.h"
#include "kv_shift/op_node.h"
#include "ort/cuda_device.h"
#include "ort/custom_op.h"

namespace heddle::ort {
namespace {

using Schema = schema::KVShift;

class KvShiftOnCuda final : public Kernel {
 public:
  KvShiftOnCuda(const OrtApi* api, const OrtKernelInfo* info, Element element)
      : api_(api), element_(element), where_(NodeInfo(api, info, Schema::kName).where()) {}

  void Compute(OrtKernelContext* context) override {
    WithElement(element_, [&](auto number) { ComputeAs<decltype(number)>(context); });
  }

 private:
  template <class T>
  void ComputeAs(OrtKernelContext* context) const {
    NodeRun run(api_, context, where_);
    CudaDevice device(api_, context);
    DeviceView<T> view{run};
    ShiftTensors in;
    ShiftParamsOf<T> p = ReadShift<T>(run, view, in);
    p.y = static_cast<T*>(VectorMemory(run, run.Output(Schema::kY, in.x.shape)));
    ShiftOnDevice(p, device);
    Tensor state = run.Output(Schema::kNewLast, {p.batch, p.kv_heads, p.taps - 1, p.head_dim});
    if (state && state.size > 0) {
      LastOnDevice(p, static_cast<T*>(state.data), device);
    }
  }

  const OrtApi* api_;
  Element element_;
  std::string where_;
};

}  // namespace

void AddKvShiftOnCuda(std::deque<OpType>& ops) {
  AddForEachElement<Schema, KvShiftOnCuda>(ops, kCuda, uint64_t{1} << Schema::kTokenMask);
}

}  // namespace heddle::ort
