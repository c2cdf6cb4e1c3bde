// KVShift as a custom operator on CPU: reads the node, calls the kernel, writes the state.
#include <cstring>

#include "kv_shift/cpu.h"
#include "kv_shift/op_node.h"
#include "ort/custom_op.h"

namespace heddle::ort {
namespace {

using Schema = schema::KVShift;

class KvShiftKernel final : public Kernel {
 public:
  KvShiftKernel(const OrtApi* api, const OrtKernelInfo* info, Element element)
      : api_(api), element_(element), where_(NodeInfo(api, info, Schema::kName).where()) {}

  void Compute(OrtKernelContext* context) override {
    NodeRun run(api_, context, where_);
    OrtExecutor executor(api_, context);
    Floats floats(executor, element_);
    ShiftTensors in;
    ShiftParams p = ReadShift<float>(run, floats, in);
    p.y = floats.Write(run.Output(Schema::kY, in.x.shape));
    Shift(p, executor);
    floats.Finish();
    Tensor state = run.Output(Schema::kNewLast, {p.batch, p.kv_heads, p.taps - 1, p.head_dim});
    if (state) {
      WriteLast(p, in.x, in.last, state);
    }
  }

 private:
  /// The raw rows of the last real tokens; rows of pads before them count as 0.
  void WriteLast(const ShiftParams& p, const Tensor& x, const Tensor& last,
                 const Tensor& state) const {
    TapRows rows{p.taps};
    int64_t bytes = p.head_dim * BytesOf(element_);
    for (int64_t b = 0; b < p.batch; ++b) {
      int64_t end = p.q_len;
      while (end > 0 && !p.real[b * p.q_len + end - 1]) {
        --end;
      }
      for (int64_t head = b * p.kv_heads; head < (b + 1) * p.kv_heads; ++head) {
        for (int64_t c = 0; c < p.taps - 1; ++c) {
          char* to = static_cast<char*>(state.data) + (head * (p.taps - 1) + c) * bytes;
          int64_t row = end + c;
          const char* from = nullptr;
          if (!rows.IsLast(row)) {
            int64_t t = rows.InX(row);
            from = p.real[b * p.q_len + t]
                       ? static_cast<const char*>(x.data) + (head * p.q_len + t) * bytes
                       : nullptr;
          } else if (last) {
            from = static_cast<const char*>(last.data) + (head * (p.taps - 1) + row) * bytes;
          }
          if (from == nullptr) {
            memset(to, 0, static_cast<size_t>(bytes));
          } else {
            memcpy(to, from, static_cast<size_t>(bytes));
          }
        }
      }
    }
  }

  const OrtApi* api_;
  Element element_;
  std::string where_;
};

}  // namespace

void AddKvShift(std::deque<OpType>& ops) {
  AddForEachElement<Schema, KvShiftKernel>(ops, kCpu, uint64_t{1} << Schema::kTokenMask);
}

}  // namespace heddle::ort
