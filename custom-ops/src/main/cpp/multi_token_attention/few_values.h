// Last steps on a few query rows: second convolution, second head mix and product with the values
// chunk by chunk; then the sum over all chunks.
#ifndef HEDDLE_MULTI_TOKEN_ATTENTION_FEW_VALUES_H_
#define HEDDLE_MULTI_TOKEN_ATTENTION_FEW_VALUES_H_

#include "multi_token_attention/few_work.h"
#include "multi_token_attention/values.h"

namespace heddle::HEDDLE_ISA {

class FewValues {
 public:
  explicit FewValues(const FewWork& work) : w_(work), p_(work.p) {}

  /// One chunk's share of the context of one group of heads.
  void Chunk(int64_t index) const {
    int64_t chunk = index % w_.chunks, head = index / w_.chunks % w_.groups * w_.packed.group;
    const Sequence& s = w_.sequences[index / w_.chunks / w_.groups];
    FewPlane::ClearFloats(w_.Context(s, chunk, head),
                          w_.packed.group * p_.q_len * w_.packed.features);
    if (w_.Skips(s, chunk)) {
      return;
    }
    int64_t size = w_.packed.group * HeadStride();
    Scratch convolved(w_.executor, p_.post_kernel ? size : 0);
    Scratch mixed(w_.executor, p_.post_kernel || p_.post_mix ? size : 0);
    int64_t to = Min(chunk * kChunk + kChunk, s.keys);
    for (int64_t key = chunk * kChunk; key < to; key += kBlock) {
      Plane weights = Convolve(s, head, key, convolved.data());
      if (p_.post_kernel || p_.post_mix) {
        weights = Mix(s, head, key, weights, mixed.data());
      }
      for (int64_t h = 0; h < w_.packed.group; ++h) {
        AddValues(s, chunk, head + h, key, Min(key + kBlock, to), weights, h);
      }
    }
  }

  /// Context of one head.
  void Finish(int64_t index) const {
    const Sequence& s = w_.sequences[index / p_.heads];
    int64_t h = index % p_.heads, features = w_.packed.features;
    for (int64_t r = 0; r < w_.NewRows(s); ++r) {
      float* row = w_.Context(s, 0, h) + r * features;
      for (int64_t chunk = 1; chunk < w_.chunks; ++chunk) {
        const float* part = w_.Context(s, chunk, h) + r * features;
        for (int64_t x = 0; x < features; x += kLanes) {
          Store(row + x, Load(row + x) + Load(part + x));
        }
      }
      FinishRow(w_.packed, s, h, s.out_begin + r, row);
    }
  }

 private:
  /// Weights of a block, [heads][rows][keys].
  struct Plane {
    const float* at;
    int64_t head, row;  ///< strides
  };

  int64_t HeadStride() const { return FewWork::Padded(p_.q_len) * kBlockStride; }

  /// New rows of one block, through the convolution if there is one.
  Plane Convolve(const Sequence& s, int64_t head, int64_t key, float* out) const {
    int64_t plane = s.b * p_.heads + head;
    const ScoreKernel& kernel = p_.post_kernel;
    if (!kernel) {
      return Plane{w_.weights.Row(plane, 0) + key, w_.weights.Head(), w_.weights.stride};
    }
    for (int64_t h = 0; h < w_.packed.group; ++h) {
      ConvolveFew(kernel, w_.packed.post + (head + h) * kernel.rows * kernel.columns,
                  w_.weights.Row(plane + h, 0) + key, w_.weights.stride, w_.NewRows(s),
                  out + h * HeadStride());
    }
    return Plane{out, HeadStride(), kBlockStride};
  }

  /// Mixes and masks one block.
  Plane Mix(const Sequence& s, int64_t head, int64_t key, const Plane& in, float* out) const {
    const HeadMix& mix = p_.post_mix;
    int64_t end = Min(key + kBlock, RoundUp(s.keys, kSpan));
    for (int64_t r = 0; r < w_.NewRows(s); ++r) {
      for (int64_t span = key; span < end; span += kSpan) {
        MixInput input{in.at + r * in.row + span - key, in.head,
                       mix ? w_.packed.post_mix + head * mix.size : nullptr, mix.size};
        MixWeights(input, w_.Mask(s.out_begin + r, span), w_.packed.group,
                   out + r * kBlockStride + span - key, HeadStride());
      }
    }
    return Plane{out, HeadStride(), kBlockStride};
  }

  void AddValues(const Sequence& s, int64_t chunk, int64_t head, int64_t key, int64_t end,
                 const Plane& weights, int64_t h) const {
    Ahead ahead{w_.packed.Value(s, w_.packed.KvHead(head), key) + kAhead, w_.packed.ValueStride()};
    ValueSum(w_.packed, s, head, w_.Context(s, chunk, head))
        .Add(s.out_begin, w_.NewRows(s), key, end, weights.at + h * weights.head, weights.row,
             ahead);
  }

  const FewWork& w_;
  const AttentionParams& p_;
};

}  // namespace heddle::HEDDLE_ISA

#endif  // HEDDLE_MULTI_TOKEN_ATTENTION_FEW_VALUES_H_
