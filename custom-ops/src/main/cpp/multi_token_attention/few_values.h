// Last steps on a few query rows: product with the values chunk by chunk, before it second
// convolution and second head mix; then the sum over all chunks.
#ifndef HEDDLE_MULTI_TOKEN_ATTENTION_FEW_VALUES_H_
#define HEDDLE_MULTI_TOKEN_ATTENTION_FEW_VALUES_H_

#include "multi_token_attention/few_softmax.h"
#include "multi_token_attention/values.h"

namespace heddle::HEDDLE_ISA {

/// Adds the values of one chunk to its context, the heads of one key head.
/// @param weights of the first of them, the first new row and the chunk's first key
/// @param head floats from head to head
/// @param row floats from row to row
/// @param copy of CopySize
static inline void AddChunk(const FewWork& w, const Sequence& s, int64_t kv, int64_t chunk,
                            const float* weights, int64_t head, int64_t row, float* copy) {
  int64_t begin = chunk * kChunk, end = Min(begin + kChunk, s.keys), first = kv * w.group();
  ClearFloats(w.Context(s, chunk, first), w.group() * w.p.q_len * w.packed.features);
  int64_t block = w.narrow() ? kNarrowBlock : kChunk, step = w.packed.ValueStride();
  for (int64_t key = begin; key < end; key += block) {
    int64_t to = Min(key + block, end);
    Ahead ahead{copy, 0};
    if (w.narrow()) {
      CopyRows(w, s, kv, key, to - key, true, copy);
      ahead = NarrowAhead(w, s, kv, key, w.p.narrow_past_value, step);
    } else {
      ahead = Ahead{w.packed.Value(s, kv, key) + kAhead, step};
    }
    for (int64_t n = 0; n < w.group(); ++n) {
      ValueSum(w.packed, s, first + n, w.Context(s, chunk, first + n),
               w.narrow() ? copy - key * step : nullptr)
          .Add(s.out_begin, w.NewRows(s), key, to, weights + n * head + key - begin, row, ahead);
      ahead.step = 0;
    }
  }
}

/// Complete rows: division, convolution, mix, product with the values.
class FewValues {
 public:
  /// @param window [weights.rows][weights.stride]
  /// @param totals [unit heads][rows]
  /// @param convolved, mixed [unit heads][Padded(q_len)][kChunkStride]
  /// @param copy of CopySize
  FewValues(const FewSegment& segment, float* window, FewTotal* totals, float* convolved,
            float* mixed, float* copy)
      : w_(segment.w),
        p_(w_.p),
        s_(segment.s),
        unit_(segment.head),
        window_(window),
        totals_(totals),
        convolved_(convolved),
        mixed_(mixed),
        copy_(copy) {
    for (int64_t at = 0; at < w_.unit * w_.rows; ++at) {
      totals_[at] = FewTotal::Of(w_, s_, unit_ + at / w_.rows, at % w_.rows);
    }
  }

  static int64_t HeadStride(const FewWork& w) { return FewWork::Padded(w.p.q_len) * kChunkStride; }

  void Chunk(int64_t chunk) const {
    int64_t keys = RoundUp(Min(kChunk, s_.keys - chunk * kChunk), kBlock);
    for (int64_t h = 0; h < w_.unit; ++h) {
      Convolve(h, chunk, keys);
    }
    for (int64_t h = 0; h < w_.unit && p_.post_mix; h += w_.packed.group) {
      Mix(h, Min(keys, RoundUp(s_.keys - chunk * kChunk, kSpan)));
    }
    const float* weights = p_.post_mix ? mixed_ : convolved_;
    for (int64_t h = 0; h < w_.unit; h += w_.group()) {
      AddChunk(w_, s_, (unit_ + h) / w_.group(), chunk, weights + h * HeadStride(w_),
               HeadStride(w_), kChunkStride, copy_);
    }
  }

 private:
  /// New rows of one head, through the convolution if there is one.
  void Convolve(int64_t h, int64_t chunk, int64_t keys) const {
    const FewWindow& window = w_.weights;
    const ScoreKernel& kernel = p_.post_kernel;
    float* out = convolved_ + h * HeadStride(w_);
    if (!kernel) {
      Divide(h, chunk * kChunk, keys, out, kChunkStride);
      return;
    }
    Divide(h, chunk * kChunk - window.before, window.before + keys + window.after, window_,
           window.stride);
    ConvolveFew(kernel, w_.packed.post + (unit_ + h) * kernel.rows * kernel.columns,
                window_ + window.before, window.stride, w_.NewRows(s_), keys, out, kChunkStride);
  }

  /// All rows of one head divided by their sums; `from` and `count` are whole vectors.
  void Divide(int64_t h, int64_t from, int64_t count, float* out, int64_t stride) const {
    int64_t begin = w_.FirstKey(s_), end = RoundUp(s_.keys, kSpan);
    for (int64_t r = 0; r < w_.WeightRows(s_); ++r, out += stride) {
      if (!w_.Present(s_, w_.Position(s_, r))) {
        ClearFloats(out, count);
        continue;
      }
      int64_t key = Min(Max(from, begin), from + count);
      ClearFloats(out, key - from);
      while (key < Min(from + count, end)) {
        int64_t next = Min(RoundDown(key, kSpan) + kSpan, from + count);
        DivideSpan(h, r, key, next - key, out + key - from);
        key = next;
      }
      ClearFloats(out + key - from, from + count - key);
    }
  }

  void DivideSpan(int64_t h, int64_t r, int64_t key, int64_t count, float* out) const {
    const FewTotal& total = totals_[h * w_.rows + r];
    float here = *w_.SpanLargest(s_, key, unit_ + h, r);
    ScalePart(Factor(total.inverse, here - total.largest), w_.Mask(w_.Position(s_, r), key),
              w_.Weights(s_, unit_ + h, r) + key, count, out);
  }

  /// Mixes the heads of one mix.
  void Mix(int64_t h, int64_t keys) const {
    int64_t size = p_.post_mix.size;
    const float* mix = w_.packed.post_mix + (unit_ + h) * size;
    for (int64_t r = 0; r < w_.NewRows(s_); ++r) {
      for (int64_t x = 0; x < keys; x += kSpan) {
        int64_t at = h * HeadStride(w_) + r * kChunkStride + x;
        MixWeights(MixInput{convolved_ + at, HeadStride(w_), mix, size}, w_.packed.group,
                   mixed_ + at, HeadStride(w_));
      }
    }
  }

  const FewWork& w_;
  const AttentionParams& p_;
  const Sequence& s_;
  const int64_t unit_;
  float* const window_;
  FewTotal* const totals_;
  float* const convolved_;
  float* const mixed_;
  float* const copy_;
};

/// Context of one head: the sum over the chunks, in order.
static inline void FinishContext(const FewWork& w, int64_t index) {
  const Sequence& s = w.sequences[index / w.p.heads];
  int64_t h = index % w.p.heads, features = w.packed.features;
  for (int64_t r = 0; r < w.NewRows(s); ++r) {
    // If streamed, each chunk is relative to a largest score of its own, and not divided yet.
    FewTotal total{0, 1};
    if (w.streamed) {
      total = FewTotal::Of(w, s, h, r);
    }
    float* row = w.Context(s, 0, h) + r * features;
    for (int64_t chunk = 0; chunk < w.chunks; ++chunk) {
      float* part = w.Context(s, chunk, h) + r * features;
      float behind = w.streamed ? w.largest.data()[w.State(s, chunk, h, r)] - total.largest : 0;
      Vec factor = Splat(Factor(total.inverse, behind));
      for (int64_t x = 0; x < features; x += kLanes) {
        Vec sum = chunk == 0 ? Zero() : Load(row + x);
        Store(row + x, MulAdd(factor, Load(part + x), sum));
      }
    }
    FinishRow(w.packed, s, h, s.out_begin + r, row);
  }
}

}  // namespace heddle::HEDDLE_ISA

#endif  // HEDDLE_MULTI_TOKEN_ATTENTION_FEW_VALUES_H_
