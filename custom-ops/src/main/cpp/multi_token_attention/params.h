// What the kernels of MultiTokenAttention compute on: raw pointers and numbers.
#ifndef HEDDLE_MULTI_TOKEN_ATTENTION_PARAMS_H_
#define HEDDLE_MULTI_TOKEN_ATTENTION_PARAMS_H_

#include <cstdint>

#include "common/element.h"
#include "multi_token_attention/policy.h"

namespace heddle {

/// Weights [heads, rows, columns] of a score convolution, last row = current query; absent if
/// `weight` is null.
template <class T>
struct ScoreKernelOf {
  const T* weight = nullptr;
  int64_t rows = 1;
  int64_t columns = 1;
  int64_t left = 0;  ///< key columns of padding before the first

  HEDDLE_HD explicit operator bool() const { return weight != nullptr; }
  HEDDLE_HD int64_t right() const { return columns - 1 - left; }
};

/// Weights [heads / size, size (out), size (in)]; absent if `weight` is null.
template <class T>
struct HeadMixOf {
  const T* weight = nullptr;
  int64_t size = 1;

  HEDDLE_HD explicit operator bool() const { return weight != nullptr; }
};

/// T = element type in memory. A sequence's slots are its past tokens, then the new ones, pads
/// included.
template <class T>
struct AttentionParamsOf {
  int64_t batch = 0, heads = 0, kv_heads = 0, head_dim = 0;
  int64_t q_len = 0, past_len = 0, past_rows = 0;
  int64_t past_capacity =
      0;  ///< rows of past_key and past_value; past_len of them at most are used
  const int64_t* past_lens = nullptr;  ///< [batch], at most past_len; null = past_len for all
  float scale = 1;
  VisibleKeys visible{0};

  const T* query = nullptr;       ///< [batch, heads, q_len, head_dim]
  const T* key = nullptr;         ///< [batch, kv_heads, q_len, head_dim]
  const T* value = nullptr;       ///< as key
  const T* past_query = nullptr;  ///< [batch, heads, past_rows, head_dim]
  const T* past_key = nullptr;    ///< [batch, kv_heads, past_capacity, head_dim]
  const T* past_value = nullptr;  ///< as past_key
  const bool* real = nullptr;  ///< [batch, past_len + q_len] with this stride; true = real token;
                               ///< with past_lens [batch, q_len], all past tokens being real
  int64_t real_stride = 0;

  ScoreKernelOf<T> pre_kernel, post_kernel;
  HeadMixOf<T> pre_mix, post_mix;

  const T* norm_weight = nullptr;  ///< [head_dim]; null = no norm
  float norm_epsilon = 0, norm_scale = 1;
  const T* gate_weight = nullptr;  ///< [gate_rows, head_dim]; null = no gate
  const T* gate_bias = nullptr;    ///< [gate_rows]
  int64_t gate_rows = 0;           ///< 1 or head_dim

  T* context = nullptr;  ///< [batch, q_len, heads * head_dim]

  /// Slots of the longest sequence.
  HEDDLE_HD int64_t keys() const { return past_len + q_len; }
  HEDDLE_HD int64_t PastLen(int64_t b) const { return past_lens ? past_lens[b] : past_len; }
  HEDDLE_HD int64_t Slots(int64_t b) const { return PastLen(b) + q_len; }
  /// Oldest slot whose query is given.
  HEDDLE_HD int64_t FirstRow(int64_t b) const {
    return PastLen(b) > past_rows ? PastLen(b) - past_rows : 0;
  }
  HEDDLE_HD bool Real(int64_t b, int64_t slot) const {
    if (past_lens == nullptr) {
      return real[b * real_stride + slot];
    }
    return slot < past_lens[b] || real[b * real_stride + slot - past_lens[b]];
  }

  HEDDLE_HD const T* KeyRow(int64_t b, int64_t kv_head, int64_t slot) const {
    return Row(key, past_key, b, kv_head, slot);
  }
  HEDDLE_HD const T* ValueRow(int64_t b, int64_t kv_head, int64_t slot) const {
    return Row(value, past_value, b, kv_head, slot);
  }
  /// @param slot from FirstRow on
  HEDDLE_HD const T* QueryRow(int64_t b, int64_t head, int64_t slot) const {
    int64_t fresh = slot - PastLen(b);
    return fresh >= 0
               ? query + ((b * heads + head) * q_len + fresh) * head_dim
               : past_query + ((b * heads + head) * past_rows + past_rows + fresh) * head_dim;
  }

 private:
  HEDDLE_HD const T* Row(const T* now, const T* past, int64_t b, int64_t kv_head,
                         int64_t slot) const {
    int64_t head = b * kv_heads + kv_head, border = PastLen(b);
    return slot < border ? past + (head * past_capacity + slot) * head_dim
                         : now + (head * q_len + slot - border) * head_dim;
  }
};

/// What kernels on CPU take; tensors of other types are widened before, all but past keys and
/// values for ReadsNarrowPast.
using ScoreKernel = ScoreKernelOf<float>;
using HeadMix = HeadMixOf<float>;
struct AttentionParams : AttentionParamsOf<float> {
  Element past_element = Element::kFloat32;  ///< of the past keys and values
  /// In place of past_key and past_value if past_element is a 16-bit type.
  const uint16_t *narrow_past_key = nullptr, *narrow_past_value = nullptr;

  /// Rows from `slot` on, which are past, in a 16-bit type.
  const uint16_t* NarrowRow(const uint16_t* past, int64_t b, int64_t kv_head, int64_t slot) const {
    return past + ((b * kv_heads + kv_head) * past_capacity + slot) * head_dim;
  }
};

}  // namespace heddle

#endif  // HEDDLE_MULTI_TOKEN_ATTENTION_PARAMS_H_
