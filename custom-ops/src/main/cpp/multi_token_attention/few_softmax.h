// Second and third step on a few query rows: convolution, head mix and exponential chunk by chunk;
// then one largest score and one sum for all chunks.
#ifndef HEDDLE_MULTI_TOKEN_ATTENTION_FEW_SOFTMAX_H_
#define HEDDLE_MULTI_TOKEN_ATTENTION_FEW_SOFTMAX_H_

#include "multi_token_attention/few_work.h"

namespace heddle::HEDDLE_ISA {

class FewSoftmax {
 public:
  explicit FewSoftmax(const FewWork& work) : w_(work), p_(work.p) {}

  /// Exponentials of one chunk of one group of heads, relative to a largest score of the chunk.
  void Chunk(int64_t index) const {
    int64_t group = w_.packed.group;
    int64_t chunk = index % w_.chunks, head = index / w_.chunks % w_.groups * group;
    const Sequence& s = w_.sequences[index / w_.chunks / w_.groups];
    int64_t state = w_.State(s, chunk, head, 0), states = group * w_.weights.rows;
    FewPlane::ClearFloats(w_.sums.data() + state * kLanes, states * kLanes);
    for (int64_t x = 0; x < states; ++x) {
      w_.largest.data()[state + x] = kLowest;
    }
    if (w_.Skips(s, chunk)) {
      return;
    }
    Scratch block(w_.executor, p_.pre_kernel ? states * kBlockStride : 0);
    int64_t to = Min(chunk * kChunk + kChunk, s.keys);
    for (int64_t key = chunk * kChunk; key < to; key += kBlock) {
      Block(s, chunk, head, key, block.data());
    }
  }

  /// Brings one head's weights of all chunks to one largest score and divides by the sum.
  void Normalise(int64_t index) const {
    const Sequence& s = w_.sequences[index / p_.heads];
    int64_t h = index % p_.heads;
    for (int64_t r = 0; r < w_.NewRows(s) + w_.post_rows && w_.NewRows(s) > 0; ++r) {
      if (w_.Present(s, w_.Position(s, r))) {
        NormaliseRow(s, h, r);
      }
    }
  }

 private:
  /// kBlock keys; `memory` holds a block of all heads.
  void Block(const Sequence& s, int64_t chunk, int64_t head, int64_t key, float* memory) const {
    int64_t rows = w_.NewRows(s) + w_.post_rows, plane = s.b * p_.heads + head;
    const HeadMix& mix = p_.pre_mix;
    MixInput input{w_.scores.Row(plane, 0) + key, w_.scores.Head(),
                   mix ? w_.packed.pre_mix + head * mix.size : nullptr, mix.size};
    int64_t stride = w_.scores.stride;
    if (p_.pre_kernel) {
      const ScoreKernel& kernel = p_.pre_kernel;
      input.in = memory;
      input.stride = w_.weights.rows * kBlockStride;
      stride = kBlockStride;
      for (int64_t h = 0; h < w_.packed.group; ++h) {
        ConvolveFew(kernel, w_.packed.pre + (head + h) * kernel.rows * kernel.columns,
                    w_.scores.Row(plane + h, 0) + key, w_.scores.stride, rows,
                    memory + h * input.stride);
      }
    }
    Exponentiate(s, chunk, head, key, input, stride);
  }

  void Exponentiate(const Sequence& s, int64_t chunk, int64_t head, int64_t key, MixInput input,
                    int64_t stride) const {
    int64_t spans = (Min(key + kBlock, RoundUp(s.keys, kSpan)) - key) / kSpan;
    const float* in = input.in;
    for (int64_t r = 0; r < w_.NewRows(s) + w_.post_rows; ++r) {
      if (!w_.Present(s, w_.Position(s, r))) {
        continue;
      }
      int64_t state = w_.State(s, chunk, head, r);
      input.in = in + r * stride;
      RowState row{w_.weights.Row(s.b * p_.heads + head, r) + key,
                   w_.weights.Head(),
                   w_.sums.data() + state * kLanes,
                   w_.largest.data() + state,
                   w_.span_largest.data() + w_.SpanState(s, key, head, r),
                   w_.weights.rows,
                   w_.StateRows()};
      heddle::HEDDLE_ISA::Exponentiate(input, w_.Mask(w_.Position(s, r), key), row, w_.packed.group,
                                       spans);
    }
  }

  void NormaliseRow(const Sequence& s, int64_t h, int64_t r) const {
    float largest = kLowest, sum = 0;
    for (int64_t chunk = 0; chunk < w_.chunks; ++chunk) {
      float here = w_.largest.data()[w_.State(s, chunk, h, r)];
      largest = here > largest ? here : largest;
    }
    for (int64_t chunk = 0; chunk < w_.chunks; ++chunk) {
      int64_t state = w_.State(s, chunk, h, r);
      sum += Sum(Load(w_.sums.data() + state * kLanes)) *
             Exp2(Splat(w_.largest.data()[state] - largest))[0];
    }
    float* row = w_.weights.Row(s.b * p_.heads + h, r);
    for (int64_t key = w_.FirstKey(s); key < s.keys; key += kSpan) {
      float here = w_.span_largest.data()[w_.SpanState(s, key, h, r)];
      ScalePart(Factor(1 / sum, here - largest), w_.Mask(w_.Position(s, r), key), row + key, kSpan,
                row + key);
    }
  }

  const FewWork& w_;
  const AttentionParams& p_;
};

}  // namespace heddle::HEDDLE_ISA

#endif  // HEDDLE_MULTI_TOKEN_ATTENTION_FEW_SOFTMAX_H_
