// MultiTokenAttention as a custom operator on CPU: reads the node, calls the kernel, writes the
// state.
#include <algorithm>
#include <vector>

#include "multi_token_attention/cpu.h"
#include "multi_token_attention/op_node.h"
#include "multi_token_attention/state.h"
#include "ort/custom_op.h"

namespace heddle::ort {
namespace {

using Schema = schema::MultiTokenAttention;

class MultiTokenAttentionKernel final : public Kernel {
 public:
  MultiTokenAttentionKernel(const OrtApi* api, const OrtKernelInfo* info, Element element)
      : api_(api), element_(element), set_(ChosenInstructionSet()), node_(api, info) {}

  void Compute(OrtKernelContext* context) override {
    NodeRun run(api_, context, node_.where());
    OrtExecutor executor(api_, context);
    Floats floats(executor, element_);
    AttentionParams p;
    State in;
    node_.ReadSequence(run, floats, in, p);
    node_.ReadParts(run, floats, p);
    if (node_.max_len() > 0) {
      ReadStaticCache(run, floats, in, p);
    } else {
      ReadDynamicCache(run, floats, in, p);
    }
    Tensor out = run.Output(Schema::kContext, {p.batch, p.q_len, p.heads * p.head_dim});
    p.context = floats.Write(out);
    Attend(p, set_, executor);
    floats.Finish();
    if (node_.max_len() > 0) {
      WriteStaticState(run, executor, in, node_.History(p));
    } else {
      WriteDynamicState(run, executor, in, p);
    }
  }

 private:
  struct State : AttentionTensors {
    std::vector<int64_t> past_lens;  ///< [batch], static cache only
    std::vector<NewTokens> tokens;   ///< [batch], static cache only
  };

  void ReadDynamicCache(const NodeRun& run, Floats& floats, const State& in,
                        AttentionParams& p) const {
    node_.CheckDynamicCache(run, in, p);
    p.real = static_cast<const bool*>(in.mask.data) + in.mask.dim(1) - p.keys();
    if (!ReadNarrowPast(in, p)) {
      p.past_key = floats.Read(in.past_key);
      p.past_value = floats.Read(in.past_value);
    }
  }

  void ReadStaticCache(const NodeRun& run, Floats& floats, State& in, AttentionParams& p) const {
    node_.CheckStaticCache(run, in, p);
    for (int64_t b = 0; b < p.batch; ++b) {
      NewTokens tokens = CountTokens(run, in.mask, b, p.q_len);
      in.tokens.push_back(tokens);
      in.past_lens.push_back(tokens.past_len);
      p.past_len = std::max(p.past_len, tokens.past_len);
    }
    p.past_lens = in.past_lens.data();
    p.real = static_cast<const bool*>(in.mask.data) + in.mask.dim(1) - p.q_len;
    if (!ReadNarrowPast(in, p)) {
      p.past_key = floats.ReadRows(in.past_key, p.past_len, &p.past_capacity);
      p.past_value = floats.ReadRows(in.past_value, p.past_len, &p.past_capacity);
    }
  }

  bool ReadNarrowPast(const State& in, AttentionParams& p) const {
    if (element_ == Element::kFloat32 || !in.past_key || !ReadsNarrowPast(p)) {
      return false;
    }
    p.past_element = element_;
    p.narrow_past_key = static_cast<const uint16_t*>(in.past_key.data);
    p.narrow_past_value = static_cast<const uint16_t*>(in.past_value.data);
    return true;
  }

  NewTokens CountTokens(const NodeRun& run, const Tensor& mask, int64_t b, int64_t q_len) const {
    const bool* row = static_cast<const bool*>(mask.data) + b * mask.dim(1);
    const bool* fresh = row + mask.dim(1) - q_len;
    NewTokens t{std::count(row, fresh, true), 0, std::count(fresh, fresh + q_len, true)};
    t.first = t.count > 0 ? std::find(fresh, fresh + q_len, true) - fresh : 0;
    if (t.past_len + t.count > node_.max_len()) {
      run.Fail("sequence of " + std::to_string(t.past_len + t.count) +
               " tokens does not fit max_len " + std::to_string(node_.max_len()));
    }
    bool together = std::count(fresh + t.first, fresh + t.first + t.count, true) == t.count;
    if (!together || (t.past_len > 0 && t.first > 0)) {
      run.Fail("key_mask: expected the new tokens of row " + std::to_string(b) +
               " together, and without pads before them if the cache holds tokens, got pads");
    }
    return t;
  }

  void WriteDynamicState(const NodeRun& run, Executor& executor, const State& in,
                         const AttentionParams& p) const {
    int64_t kept = node_.KeptRows(p);
    Join(run, executor, Schema::kPresentKey, in.past_key, in.key, p.kv_heads, kept);
    Join(run, executor, Schema::kPresentValue, in.past_value, in.value, p.kv_heads, kept);
    Join(run, executor, Schema::kPresentQuery, in.past_query, in.query, p.heads,
         std::min(p.past_rows + p.q_len, node_.History(p)));
  }

  void WriteStaticState(const NodeRun& run, Executor& executor, const State& in,
                        int64_t history) const {
    Append<AppendRows>(run, executor, Schema::kPresentKey, in, in.past_key, in.key,
                       node_.max_len());
    Append<AppendRows>(run, executor, Schema::kPresentValue, in, in.past_value, in.value,
                       node_.max_len());
    if (history > 0) {
      Append<LastRows>(run, executor, Schema::kPresentQuery, in, in.past_query, in.query, history);
    }
  }

  template <class Rows>
  void Append(const NodeRun& run, Executor& executor, size_t index, const State& in,
              const Tensor& past, const Tensor& now, int64_t rows) const {
    Tensor out = run.Output(index, {now.dim(0), now.dim(1), rows, now.dim(3)});
    if (!out) {
      return;
    }
    Rows append{static_cast<const char*>(past.data),
                static_cast<const char*>(now.data),
                static_cast<char*>(out.data),
                in.tokens.data(),
                now.dim(1),
                rows,
                now.dim(2),
                now.dim(3) * BytesOf(element_)};
    CopyAll(executor, now.dim(0) * now.dim(1), append);
  }

  void Join(const NodeRun& run, Executor& executor, size_t index, const Tensor& past,
            const Tensor& now, int64_t heads, int64_t rows) const {
    Tensor out = run.Output(index, {now.dim(0), heads, rows, now.dim(3)});
    if (!out || out.size == 0) {
      return;
    }
    JoinRows join{static_cast<const char*>(past.data),
                  static_cast<const char*>(now.data),
                  static_cast<char*>(out.data),
                  past ? past.dim(2) : 0,
                  now.dim(2),
                  rows,
                  now.dim(3) * BytesOf(element_)};
    CopyAll(executor, now.dim(0) * heads, join);
  }

  template <class Rows>
  static void CopyAll(Executor& executor, int64_t count, Rows& rows) {
    executor.ParallelFor(
        count,
        [](void* state, size_t outer) {
          static_cast<Rows*>(state)->Copy(static_cast<int64_t>(outer));
        },
        &rows);
  }

  const OrtApi* api_;
  Element element_;
  InstructionSet set_;
  AttentionNode node_;
};

}  // namespace

void AddMultiTokenAttention(std::deque<OpType>& ops) {
  AddForEachElement<Schema, MultiTokenAttentionKernel>(ops, kCpu, uint64_t{1} << Schema::kKeyMask);
}

}  // namespace heddle::ort
