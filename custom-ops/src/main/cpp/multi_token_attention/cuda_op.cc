// MultiTokenAttention as a custom operator on CUDA. The mask lies on the GPU, so sequence lengths
// are known only there.
#include <algorithm>

#include "multi_token_attention/cuda.h"
#include "multi_token_attention/op_node.h"
#include "ort/cuda_device.h"
#include "ort/custom_op.h"

namespace heddle::ort {
namespace {

using Schema = schema::MultiTokenAttention;

class MultiTokenAttentionOnCuda final : public Kernel {
 public:
  MultiTokenAttentionOnCuda(const OrtApi* api, const OrtKernelInfo* info, Element element)
      : api_(api), element_(element), node_(api, info) {}

  void Compute(OrtKernelContext* context) override {
    WithElement(element_, [&](auto number) { ComputeAs<decltype(number)>(context); });
  }

 private:
  template <class T>
  void ComputeAs(OrtKernelContext* context) const {
    NodeRun run(api_, context, node_.where());
    CudaDevice device(api_, context);
    DeviceView<T> view{run};
    AttentionTensors in;
    AttentionParamsOf<T> p;
    node_.ReadSequence(run, view, in, p);
    node_.ReadParts(run, view, p);
    MaskColumns mask = ReadCache(run, in, p);
    p.past_key = view.Read(in.past_key);
    p.past_value = view.Read(in.past_value);
    Tensor out = run.Output(Schema::kContext, {p.batch, p.q_len, p.heads * p.head_dim});
    p.context = static_cast<T*>(out.data);
    DeviceScratch scratch(device);
    TokenRun* runs = scratch.Take<TokenRun>(p.batch);
    CutRuns(mask, p.batch, device, runs);
    AttendOnDevice(p, mask, runs, device);
    WriteState(run, in, p, runs, device);
  }

  template <class T>
  MaskColumns ReadCache(const NodeRun& run, const AttentionTensors& in,
                        AttentionParamsOf<T>& p) const {
    if (node_.max_len() > 0) {
      node_.CheckStaticCache(run, in, p);
      p.past_len = std::min(in.mask.dim(1) - p.q_len, node_.max_len());
    } else {
      node_.CheckDynamicCache(run, in, p);
    }
    return MaskColumns{static_cast<const bool*>(in.mask.data),
                       in.mask.dim(1),
                       p.q_len,
                       p.past_len,
                       p.past_rows,
                       node_.max_len()};
  }

  template <class T>
  void WriteState(const NodeRun& run, const AttentionTensors& in, const AttentionParamsOf<T>& p,
                  const TokenRun* runs, Device& device) const {
    if (node_.max_len() > 0) {
      int64_t rows = node_.max_len(), history = node_.History(p);
      Append<AppendRows>(run, Schema::kPresentKey, in.past_key, in.key, rows, runs, device);
      Append<AppendRows>(run, Schema::kPresentValue, in.past_value, in.value, rows, runs, device);
      if (history > 0) {
        Append<LastRows>(run, Schema::kPresentQuery, in.past_query, in.query, history, runs,
                         device);
      }
      return;
    }
    int64_t kept = node_.KeptRows(p), queries = std::min(p.past_rows + p.q_len, node_.History(p));
    Join(run, Schema::kPresentKey, in.past_key, in.key, kept, device);
    Join(run, Schema::kPresentValue, in.past_value, in.value, kept, device);
    Join(run, Schema::kPresentQuery, in.past_query, in.query, queries, device);
  }

  void Join(const NodeRun& run, size_t index, const Tensor& past, const Tensor& now, int64_t rows,
            Device& device) const {
    Tensor out = run.Output(index, {now.dim(0), now.dim(1), rows, now.dim(3)});
    if (out && out.size > 0) {
      JoinRows join{static_cast<const char*>(past.data),
                    static_cast<const char*>(now.data),
                    static_cast<char*>(VectorMemory(run, out)),
                    past ? past.dim(2) : 0,
                    now.dim(2),
                    rows,
                    now.dim(3) * BytesOf(element_)};
      CopyOnDevice(join, now.dim(0) * now.dim(1), device);
    }
  }

  template <class Rows>
  void Append(const NodeRun& run, size_t index, const Tensor& past, const Tensor& now, int64_t rows,
              const TokenRun* runs, Device& device) const {
    Tensor out = run.Output(index, {now.dim(0), now.dim(1), rows, now.dim(3)});
    if (out && out.size > 0) {
      Rows append{static_cast<const char*>(past.data),
                  static_cast<const char*>(now.data),
                  static_cast<char*>(VectorMemory(run, out)),
                  nullptr,
                  now.dim(1),
                  rows,
                  now.dim(2),
                  now.dim(3) * BytesOf(element_)};
      CopyOnDevice(append, runs, now.dim(0) * now.dim(1), device);
    }
  }

  const OrtApi* api_;
  Element element_;
  AttentionNode node_;
};

}  // namespace

void AddMultiTokenAttentionOnCuda(std::deque<OpType>& ops) {
  AddForEachElement<Schema, MultiTokenAttentionOnCuda>(ops, kCuda, uint64_t{1} << Schema::kKeyMask);
}

}  // namespace heddle::ort
