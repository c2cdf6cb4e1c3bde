// What all workers of one call share: sequences cut to their real tokens, packed keys and weights.
#ifndef HEDDLE_MULTI_TOKEN_ATTENTION_SEQUENCE_H_
#define HEDDLE_MULTI_TOKEN_ATTENTION_SEQUENCE_H_

#include "common/executor.h"
#include "multi_token_attention/conv_tiles.h"
#include "multi_token_attention/key_tiles.h"
#include "multi_token_attention/params.h"

namespace heddle::HEDDLE_ISA {

/// One sequence without its pads. Positions count its real tokens; rows and keys share them.
struct Sequence {
  int64_t b = 0;
  int64_t first_slot = 0;  ///< slot of position 0
  int64_t keys = 0;        ///< positions
  int64_t row_begin = 0;   ///< first position whose query is given
  int64_t out_begin = 0;   ///< first position whose context is wanted
};

static inline Sequence CutSequence(const AttentionParams& p, int64_t b) {
  int64_t first = 0, end = p.Slots(b);
  while (first < end && !p.Real(b, first)) ++first;
  while (end > first && !p.Real(b, end - 1)) --end;
  Sequence s;
  s.b = b;
  s.first_slot = first;
  s.keys = end - first;
  s.row_begin = Min(Max(p.FirstRow(b) - first, 0), s.keys);
  s.out_begin = Min(Max(p.PastLen(b) - first, 0), s.keys);
  return s;
}

/// Heads that must be computed together if groups of both sizes must be.
static inline int64_t JoinedHeads(int64_t a, int64_t b, int64_t heads) {
  int64_t most = Max(a, b);
  return most % Min(a, b) == 0 ? most : heads;
}

/// Inputs in the layout of the tiles.
struct Packed {
  const AttentionParams* params = nullptr;
  int64_t group = 1;            ///< heads that mixes join; computed together
  int64_t features = 0;         ///< head_dim rounded up to whole vectors
  int64_t panels = 0;           ///< of one key head
  float factor = 1;             ///< scale / ln 2: exponentials have base 2
  const float* keys = nullptr;  ///< [batch, kv_heads, panels][head_dim][kPanel], times factor;
                                ///< null = not packed
  const float* values =
      nullptr;  ///< [batch, kv_heads, keys, features]; null if head_dim is whole vectors
  const float* pre = nullptr;  ///< kernels for Convolve, [heads][rows * columns]
  const float* post = nullptr;
  const float* pre_mix = nullptr;  ///< [groups][in][out]
  const float* post_mix = nullptr;

  int64_t KvHead(int64_t head) const { return head / (params->heads / params->kv_heads); }
  const float* Panel(const Sequence& s, int64_t kv_head, int64_t key) const {
    return keys +
           ((s.b * params->kv_heads + kv_head) * panels + key / kPanel) * params->head_dim * kPanel;
  }
  int64_t ValueStride() const { return values != nullptr ? features : params->head_dim; }
  const float* Value(const Sequence& s, int64_t kv_head, int64_t key) const {
    return values != nullptr
               ? values + ((s.b * params->kv_heads + kv_head) * params->keys() + key) * features
               : params->ValueRow(s.b, kv_head, s.first_slot + key);
  }
  /// End of the keys whose values lie in memory one after the other, starting with `key`.
  int64_t ValueRunEnd(const Sequence& s, int64_t key) const {
    int64_t border = params->PastLen(s.b) - s.first_slot;
    return values == nullptr && key < border ? border : s.keys;
  }
};

static inline void PackKernel(const ScoreKernel& kernel, int64_t heads, float* packed) {
  for (int64_t h = 0; h < heads; ++h) {
    for (int64_t a0 = 0; a0 < kernel.rows; a0 += kMaxKernelRows) {
      int64_t part = Min(kernel.rows - a0, kMaxKernelRows);
      for (int64_t c = 0; c < kernel.columns; ++c) {
        for (int64_t a = 0; a < part; ++a) {
          packed[(h * kernel.rows + a0) * kernel.columns + c * part + a] =
              kernel.weight[(h * kernel.rows + a0 + a) * kernel.columns + c];
        }
      }
    }
  }
}

static inline void PackMix(const HeadMix& mix, int64_t heads, float* packed) {
  for (int64_t h = 0; h < heads; ++h) {
    int64_t start = h / mix.size * mix.size;
    for (int64_t n = 0; n < mix.size; ++n) {
      packed[(start + n) * mix.size + h - start] = mix.weight[h * mix.size + n];
    }
  }
}

/// One panel of keys, `count` of them from position j on.
static inline void PackKeyPanel(const Packed& packed, const Sequence& s, int64_t kv, int64_t j,
                                int64_t count, float* panel) {
  const AttentionParams& p = *packed.params;
  float factor = packed.factor;
  int64_t border = p.PastLen(s.b) - s.first_slot;
  if (j < border && j + count > border) {
    // Past and new keys meet inside this panel.
    for (int64_t x = 0; x < p.head_dim; ++x) {
      for (int64_t n = 0; n < kPanel; ++n) {
        panel[x * kPanel + n] = n < count ? factor * p.KeyRow(s.b, kv, s.first_slot + j + n)[x] : 0;
      }
    }
    return;
  }
  PackPanel(p.KeyRow(s.b, kv, s.first_slot + j), count, p.head_dim, factor, panel);
}

/// The values [from, to) of one key head, with zeros up to whole vectors.
static inline void PackValues(const Packed& packed, const Sequence& s, int64_t kv, int64_t from,
                              int64_t to, float* values) {
  const AttentionParams& p = *packed.params;
  int64_t d = p.head_dim;
  int64_t head = s.b * p.kv_heads + kv;
  for (int64_t j = from; j < to; ++j) {
    const float* row = p.ValueRow(s.b, kv, s.first_slot + j);
    float* out = values + (head * p.keys() + j) * packed.features;
    for (int64_t x = 0; x < packed.features; ++x) {
      out[x] = x < d ? row[x] : 0;
    }
  }
}

/// Norm, gate and the copy to the context of one row; `row` has packed.features floats, those
/// beyond head_dim are 0.
static inline void FinishRow(const Packed& packed, const Sequence& s, int64_t head,
                             int64_t position, float* row) {
  const AttentionParams& p = *packed.params;
  int64_t d = p.head_dim;
  if (p.norm_weight != nullptr) {
    Vec squares = Zero();
    for (int64_t x = 0; x < packed.features; x += kLanes) {
      squares = MulAdd(Load(row + x), Load(row + x), squares);
    }
    float factor =
        p.norm_scale / __builtin_sqrtf(Sum(squares) / static_cast<float>(d) + p.norm_epsilon);
    for (int64_t x = 0; x < d; ++x) {
      row[x] *= factor * p.norm_weight[x];
    }
  }
  float* out =
      p.context + ((s.b * p.q_len + s.first_slot + position - p.PastLen(s.b)) * p.heads + head) * d;
  if (p.gate_weight == nullptr) {
    memcpy(out, row, static_cast<size_t>(d) * sizeof(float));
    return;
  }
  float gate = 0;
  for (int64_t x = 0; x < d; ++x) {
    if (x < p.gate_rows) {
      const float* w = p.gate_weight + x * d;
      Vec sums = Zero();
      int64_t y = 0;
      for (; y + kLanes <= d; y += kLanes) {
        sums = MulAdd(Load(w + y), Load(row + y), sums);
      }
      float sum = Sum(sums) + p.gate_bias[x];
      for (; y < d; ++y) {
        sum += w[y] * row[y];
      }
      gate = 1 / (1 + __builtin_expf(-sum));
    }
    out[x] = row[x] * gate;
  }
}

}  // namespace heddle::HEDDLE_ISA

#endif  // HEDDLE_MULTI_TOKEN_ATTENTION_SEQUENCE_H_
