// MultiTokenAttention as a custom operator: reads the node, checks shapes, calls the kernel, writes
// the state.
#include <algorithm>
#include <vector>

#include "generated/op_schemas.g.h"
#include "multi_token_attention/cpu.h"
#include "multi_token_attention/state.h"
#include "ort/custom_op.h"

namespace heddle::ort {
namespace {

using Schema = schema::MultiTokenAttention;

class MultiTokenAttentionKernel final : public Kernel {
 public:
  MultiTokenAttentionKernel(const OrtApi* api, const OrtKernelInfo* info, Element element)
      : api_(api), element_(element), set_(ChosenInstructionSet()) {
    NodeInfo node(api, info, Schema::kName);
    where_ = node.where();
    heads_ = node.Int("num_heads", 0);
    scale_ = node.Float("scale", 0);
    window_ = node.Int("window", 0);
    max_len_ = node.Int("max_len", 0);
    pre_padding_ = node.Text("pre_padding", "both");
    post_padding_ = node.Text("post_padding", "both");
    norm_epsilon_ = node.Float("norm_epsilon", 1e-5f);
    norm_scale_ = node.Float("norm_scale", 1);
    if (heads_ < 1) {
      throw Failure(where_ + ": num_heads: expected at least 1, got " + std::to_string(heads_));
    }
    if (window_ < 0) {
      throw Failure(where_ + ": window: expected at least 0, got " + std::to_string(window_));
    }
    if (max_len_ < 0) {
      throw Failure(where_ + ": max_len: expected at least 0, got " + std::to_string(max_len_));
    }
    CheckPadding("pre_padding", pre_padding_);
    CheckPadding("post_padding", post_padding_);
  }

  void Compute(OrtKernelContext* context) override {
    NodeRun run(api_, context, where_);
    OrtExecutor executor(api_, context);
    Floats floats(executor, element_);
    AttentionParams p;
    State in;
    ReadSequence(run, floats, in, p);
    ReadParts(run, floats, p);
    int64_t history = p.pre_kernel.rows - 1 + p.post_kernel.rows - 1;
    if (max_len_ > 0) {
      ReadStaticCache(run, floats, in, p, history);
    } else {
      ReadDynamicCache(run, floats, in, p);
    }
    Tensor out = run.Output(Schema::kContext, {p.batch, p.q_len, p.heads * p.head_dim});
    p.context = floats.Write(out);
    Attend(p, set_, executor);
    floats.Finish();
    if (max_len_ > 0) {
      WriteStaticState(run, executor, in, history);
    } else {
      WriteDynamicState(run, executor, in, p, history);
    }
  }

 private:
  /// Tensors that become state.
  struct State {
    Tensor query, key, value, mask, past_query, past_key, past_value;
    std::vector<int64_t> past_lens;  ///< [batch], static cache only
    std::vector<NewTokens> tokens;   ///< [batch], static cache only
  };

  void CheckPadding(const char* name, const std::string& padding) const {
    if (padding != "both" && padding != "left" && padding != "right") {
      throw Failure(where_ + ": " + name + ": expected both, left or right, got " + padding);
    }
  }

  static int64_t Left(const std::string& padding, int64_t columns) {
    return padding == "left" ? columns - 1 : padding == "right" ? 0 : (columns - 1) / 2;
  }

  void ReadSequence(const NodeRun& run, Floats& floats, State& in, AttentionParams& p) const {
    in.query = run.Required(Schema::kQuery, "query", 4);
    in.key = run.Required(Schema::kKey, "key", 4);
    in.value = run.Required(Schema::kValue, "value", 4);
    in.mask = run.Required(Schema::kKeyMask, "key_mask", 2);
    in.past_key = run.Optional(Schema::kPastKey, "past_key", 4);
    in.past_value = run.Optional(Schema::kPastValue, "past_value", 4);
    in.past_query = run.Optional(Schema::kPastQuery, "past_query", 4);
    p.batch = in.query.dim(0);
    p.heads = heads_;
    p.q_len = in.query.dim(2);
    p.head_dim = in.query.dim(3);
    p.kv_heads = in.key.dim(1);
    run.Expect(in.query, "query", {p.batch, heads_, p.q_len, p.head_dim});
    run.Expect(in.key, "key", {p.batch, p.kv_heads, p.q_len, p.head_dim});
    run.Expect(in.value, "value", {p.batch, p.kv_heads, p.q_len, p.head_dim});
    if (p.kv_heads < 1 || heads_ % p.kv_heads != 0) {
      run.Fail("key: expected a number of heads that divides " + std::to_string(heads_) + ", got " +
               std::to_string(p.kv_heads));
    }
    if (p.head_dim < 1) {
      run.Fail("query: expected a head size of at least 1, got " + ShapeText(in.query.shape));
    }
    if (static_cast<bool>(in.past_key) != static_cast<bool>(in.past_value)) {
      run.Fail("past_key and past_value: expected both or none");
    }
    p.scale = scale_;
    p.visible.window = window_;
    p.query = floats.Read(in.query);
    p.key = floats.Read(in.key);
    p.value = floats.Read(in.value);
    p.past_query = floats.Read(in.past_query);
    p.past_rows = in.past_query ? in.past_query.dim(2) : 0;
    run.Expect(in.past_query, "past_query", {p.batch, p.heads, p.past_rows, p.head_dim});
    p.real_stride = in.mask.dim(1);
  }

  void ReadDynamicCache(const NodeRun& run, Floats& floats, const State& in,
                        AttentionParams& p) const {
    p.past_len = p.past_capacity = in.past_key ? in.past_key.dim(2) : 0;
    run.Expect(in.past_key, "past_key", {p.batch, p.kv_heads, p.past_len, p.head_dim});
    run.Expect(in.past_value, "past_value", {p.batch, p.kv_heads, p.past_len, p.head_dim});
    if (p.past_rows > p.past_len) {
      run.Fail("past_query: expected at most " + std::to_string(p.past_len) +
               " rows, as many as past_key has, got " + std::to_string(p.past_rows));
    }
    CheckMask(run, in, p.batch, p.keys());
    p.real = static_cast<const bool*>(in.mask.data) + in.mask.dim(1) - p.keys();
    p.past_key = floats.Read(in.past_key);
    p.past_value = floats.Read(in.past_value);
  }

  void ReadStaticCache(const NodeRun& run, Floats& floats, State& in, AttentionParams& p,
                       int64_t history) const {
    if (!in.past_key || (history > 0 && !in.past_query)) {
      run.Fail("past_key, past_value and past_query: expected tensors, since max_len is " +
               std::to_string(max_len_) + ", got none");
    }
    run.Expect(in.past_key, "past_key", {p.batch, p.kv_heads, max_len_, p.head_dim});
    run.Expect(in.past_value, "past_value", {p.batch, p.kv_heads, max_len_, p.head_dim});
    run.Expect(in.past_query, "past_query", {p.batch, p.heads, history, p.head_dim});
    CheckMask(run, in, p.batch, p.q_len);
    for (int64_t b = 0; b < p.batch; ++b) {
      NewTokens tokens = CountTokens(run, in.mask, b, p.q_len);
      in.tokens.push_back(tokens);
      in.past_lens.push_back(tokens.past_len);
      p.past_len = std::max(p.past_len, tokens.past_len);
    }
    p.past_lens = in.past_lens.data();
    p.real = static_cast<const bool*>(in.mask.data) + in.mask.dim(1) - p.q_len;
    p.past_capacity = max_len_;
    p.past_key = floats.ReadRows(in.past_key, p.past_len, &p.past_capacity);
    p.past_value = floats.ReadRows(in.past_value, p.past_len, &p.past_capacity);
  }

  void CheckMask(const NodeRun& run, const State& in, int64_t batch, int64_t columns) const {
    if (in.mask.dim(0) != batch || in.mask.dim(1) < columns) {
      run.Fail("key_mask: expected [" + std::to_string(batch) + ", at least " +
               std::to_string(columns) + "], got " + ShapeText(in.mask.shape));
    }
  }

  NewTokens CountTokens(const NodeRun& run, const Tensor& mask, int64_t b, int64_t q_len) const {
    const bool* row = static_cast<const bool*>(mask.data) + b * mask.dim(1);
    const bool* fresh = row + mask.dim(1) - q_len;
    NewTokens t{std::count(row, fresh, true), 0, std::count(fresh, fresh + q_len, true)};
    t.first = t.count > 0 ? std::find(fresh, fresh + q_len, true) - fresh : 0;
    if (t.past_len + t.count > max_len_) {
      run.Fail("sequence of " + std::to_string(t.past_len + t.count) +
               " tokens does not fit max_len " + std::to_string(max_len_));
    }
    bool together = std::count(fresh + t.first, fresh + t.first + t.count, true) == t.count;
    if (!together || (t.past_len > 0 && t.first > 0)) {
      run.Fail("key_mask: expected the new tokens of row " + std::to_string(b) +
               " together, and without pads before them if the cache holds tokens, got pads");
    }
    return t;
  }

  void ReadParts(const NodeRun& run, Floats& floats, AttentionParams& p) const {
    ReadKernel(run, floats, Schema::kPreKernel, "pre_kernel", pre_padding_, p.pre_kernel);
    ReadKernel(run, floats, Schema::kPostKernel, "post_kernel", post_padding_, p.post_kernel);
    ReadMix(run, floats, Schema::kPreMix, "pre_mix", p.pre_mix);
    ReadMix(run, floats, Schema::kPostMix, "post_mix", p.post_mix);
    Tensor norm = run.Optional(Schema::kNormWeight, "norm_weight", 1);
    run.Expect(norm, "norm_weight", {p.head_dim});
    p.norm_weight = floats.Read(norm);
    p.norm_epsilon = norm_epsilon_;
    p.norm_scale = norm_scale_;
    Tensor gate = run.Optional(Schema::kGateWeight, "gate_weight", 2);
    Tensor bias = run.Optional(Schema::kGateBias, "gate_bias", 1);
    if (static_cast<bool>(gate) != static_cast<bool>(bias)) {
      run.Fail("gate_weight and gate_bias: expected both or none");
    }
    if (gate) {
      p.gate_rows = gate.dim(0) == 1 ? 1 : p.head_dim;
      run.Expect(gate, "gate_weight", {p.gate_rows, p.head_dim});
      run.Expect(bias, "gate_bias", {p.gate_rows});
      p.gate_weight = floats.Read(gate);
      p.gate_bias = floats.Read(bias);
    }
  }

  void ReadKernel(const NodeRun& run, Floats& floats, size_t index, const char* name,
                  const std::string& padding, ScoreKernel& kernel) const {
    Tensor tensor = run.Optional(index, name, 4);
    if (tensor) {
      run.Expect(
          tensor, name,
          {heads_, 1, std::max<int64_t>(tensor.dim(2), 1), std::max<int64_t>(tensor.dim(3), 1)});
      kernel = ScoreKernel{floats.Read(tensor), tensor.dim(2), tensor.dim(3),
                           Left(padding, tensor.dim(3))};
    }
  }

  void ReadMix(const NodeRun& run, Floats& floats, size_t index, const char* name,
               HeadMix& mix) const {
    Tensor tensor = run.Optional(index, name, 3);
    if (tensor) {
      int64_t size = std::max<int64_t>(tensor.dim(1), 1);
      run.Expect(tensor, name, {heads_ / size, size, size});
      if (heads_ % size != 0) {
        run.Fail(std::string(name) + ": expected a group size that divides " +
                 std::to_string(heads_) + ", got " + std::to_string(size));
      }
      mix = HeadMix{floats.Read(tensor), size};
    }
  }

  void WriteDynamicState(const NodeRun& run, Executor& executor, const State& in,
                         const AttentionParams& p, int64_t history) const {
    int64_t kept = p.keys();
    // A window of one row with nothing to look back to keeps all, as a slice from 0 does.
    if (window_ > 0 && window_ - 1 + history > 0) {
      kept = std::min(kept, window_ - 1 + history);
    }
    Join(run, executor, Schema::kPresentKey, in.past_key, in.key, p.kv_heads, kept);
    Join(run, executor, Schema::kPresentValue, in.past_value, in.value, p.kv_heads, kept);
    Join(run, executor, Schema::kPresentQuery, in.past_query, in.query, p.heads,
         std::min(p.past_rows + p.q_len, history));
  }

  void WriteStaticState(const NodeRun& run, Executor& executor, const State& in,
                        int64_t history) const {
    Append<AppendRows>(run, executor, Schema::kPresentKey, in, in.past_key, in.key, max_len_);
    Append<AppendRows>(run, executor, Schema::kPresentValue, in, in.past_value, in.value, max_len_);
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
  std::string where_;
  int64_t heads_, window_, max_len_;
  float scale_, norm_epsilon_, norm_scale_;
  std::string pre_padding_, post_padding_;
};

}  // namespace

void AddMultiTokenAttention(std::deque<OpType>& ops) {
  AddForEachElement<Schema, MultiTokenAttentionKernel>(ops, uint64_t{1} << Schema::kKeyMask);
}

}  // namespace heddle::ort
