// What every version of MultiTokenAttention reads of its node: attributes, tensors, and the checks
// of their shapes. Where tensors lie and what they hold is for the version to know.
#ifndef HEDDLE_MULTI_TOKEN_ATTENTION_OP_NODE_H_
#define HEDDLE_MULTI_TOKEN_ATTENTION_OP_NODE_H_

#include <algorithm>
#include <string>

#include "generated/op_schemas.g.h"
#include "multi_token_attention/params.h"
#include "ort/kernel_io.h"

namespace heddle::ort {

/// Tensors of a run that become state, and the mask.
struct AttentionTensors {
  Tensor query, key, value, mask, past_query, past_key, past_value;
};

/// A View has `const T* Read(const Tensor&)`, null for an absent one.
class AttentionNode {
 public:
  using Schema = schema::MultiTokenAttention;

  AttentionNode(const OrtApi* api, const OrtKernelInfo* info) {
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

  const std::string& where() const { return where_; }
  /// Rows of a static cache; 0 = dynamic.
  int64_t max_len() const { return max_len_; }

  template <class T, class View>
  void ReadSequence(const NodeRun& run, View& view, AttentionTensors& in,
                    AttentionParamsOf<T>& p) const {
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
    p.query = view.Read(in.query);
    p.key = view.Read(in.key);
    p.value = view.Read(in.value);
    p.past_query = view.Read(in.past_query);
    p.past_rows = in.past_query ? in.past_query.dim(2) : 0;
    run.Expect(in.past_query, "past_query", {p.batch, p.heads, p.past_rows, p.head_dim});
    p.real_stride = in.mask.dim(1);
  }

  template <class T, class View>
  void ReadParts(const NodeRun& run, View& view, AttentionParamsOf<T>& p) const {
    ReadKernel(run, view, Schema::kPreKernel, "pre_kernel", pre_padding_, p.pre_kernel);
    ReadKernel(run, view, Schema::kPostKernel, "post_kernel", post_padding_, p.post_kernel);
    ReadMix(run, view, Schema::kPreMix, "pre_mix", p.pre_mix);
    ReadMix(run, view, Schema::kPostMix, "post_mix", p.post_mix);
    Tensor norm = run.Optional(Schema::kNormWeight, "norm_weight", 1);
    run.Expect(norm, "norm_weight", {p.head_dim});
    p.norm_weight = view.Read(norm);
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
      p.gate_weight = view.Read(gate);
      p.gate_bias = view.Read(bias);
    }
  }

  /// Rows before a query that its convolutions read.
  template <class T>
  static int64_t History(const AttentionParamsOf<T>& p) {
    return p.pre_kernel.rows - 1 + p.post_kernel.rows - 1;
  }

  template <class T>
  void CheckDynamicCache(const NodeRun& run, const AttentionTensors& in,
                         AttentionParamsOf<T>& p) const {
    p.past_len = p.past_capacity = in.past_key ? in.past_key.dim(2) : 0;
    run.Expect(in.past_key, "past_key", {p.batch, p.kv_heads, p.past_len, p.head_dim});
    run.Expect(in.past_value, "past_value", {p.batch, p.kv_heads, p.past_len, p.head_dim});
    if (p.past_rows > p.past_len) {
      run.Fail("past_query: expected at most " + std::to_string(p.past_len) +
               " rows, as many as past_key has, got " + std::to_string(p.past_rows));
    }
    CheckMask(run, in, p.batch, p.keys());
  }

  template <class T>
  void CheckStaticCache(const NodeRun& run, const AttentionTensors& in,
                        AttentionParamsOf<T>& p) const {
    int64_t history = History(p);
    if (!in.past_key || (history > 0 && !in.past_query)) {
      run.Fail("past_key, past_value and past_query: expected tensors, since max_len is " +
               std::to_string(max_len_) + ", got none");
    }
    run.Expect(in.past_key, "past_key", {p.batch, p.kv_heads, max_len_, p.head_dim});
    run.Expect(in.past_value, "past_value", {p.batch, p.kv_heads, max_len_, p.head_dim});
    run.Expect(in.past_query, "past_query", {p.batch, p.heads, history, p.head_dim});
    CheckMask(run, in, p.batch, p.q_len);
    p.past_capacity = max_len_;
  }

  /// Rows of present_key and present_value of a dynamic cache.
  template <class T>
  int64_t KeptRows(const AttentionParamsOf<T>& p) const {
    int64_t seen = window_ - 1 + History(p);
    // A window of one row with nothing to look back to keeps all, as a slice from 0 does.
    return window_ > 0 && seen > 0 ? std::min(p.keys(), seen) : p.keys();
  }

 private:
  void CheckPadding(const char* name, const std::string& padding) const {
    if (padding != "both" && padding != "left" && padding != "right") {
      throw Failure(where_ + ": " + name + ": expected both, left or right, got " + padding);
    }
  }

  static int64_t Left(const std::string& padding, int64_t columns) {
    return padding == "left" ? columns - 1 : padding == "right" ? 0 : (columns - 1) / 2;
  }

  void CheckMask(const NodeRun& run, const AttentionTensors& in, int64_t batch,
                 int64_t columns) const {
    if (in.mask.dim(0) != batch || in.mask.dim(1) < columns) {
      run.Fail("key_mask: expected [" + std::to_string(batch) + ", at least " +
               std::to_string(columns) + "], got " + ShapeText(in.mask.shape));
    }
  }

  template <class T, class View>
  void ReadKernel(const NodeRun& run, View& view, size_t index, const char* name,
                  const std::string& padding, ScoreKernelOf<T>& kernel) const {
    Tensor tensor = run.Optional(index, name, 4);
    if (tensor) {
      run.Expect(
          tensor, name,
          {heads_, 1, std::max<int64_t>(tensor.dim(2), 1), std::max<int64_t>(tensor.dim(3), 1)});
      kernel = ScoreKernelOf<T>{view.Read(tensor), tensor.dim(2), tensor.dim(3),
                                Left(padding, tensor.dim(3))};
    }
  }

  template <class T, class View>
  void ReadMix(const NodeRun& run, View& view, size_t index, const char* name,
               HeadMixOf<T>& mix) const {
    Tensor tensor = run.Optional(index, name, 3);
    if (tensor) {
      int64_t size = std::max<int64_t>(tensor.dim(1), 1);
      run.Expect(tensor, name, {heads_ / size, size, size});
      if (heads_ % size != 0) {
        run.Fail(std::string(name) + ": expected a group size that divides " +
                 std::to_string(heads_) + ", got " + std::to_string(size));
      }
      mix = HeadMixOf<T>{view.Read(tensor), size};
    }
  }

  std::string where_;
  int64_t heads_, window_, max_len_;
  float scale_, norm_epsilon_, norm_scale_;
  std::string pre_padding_, post_padding_;
};

}  // namespace heddle::ort

#endif  // HEDDLE_MULTI_TOKEN_ATTENTION_OP_NODE_H_
