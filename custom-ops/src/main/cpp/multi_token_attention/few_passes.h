// The tasks on a few query rows: one segment each.
#ifndef HEDDLE_MULTI_TOKEN_ATTENTION_FEW_PASSES_H_
#define HEDDLE_MULTI_TOKEN_ATTENTION_FEW_PASSES_H_

#include "multi_token_attention/few_scores.h"
#include "multi_token_attention/few_softmax.h"
#include "multi_token_attention/few_values.h"

namespace heddle::HEDDLE_ISA {

/// First pass over a segment; with streamed values the only one.
class FewFirstPass {
 public:
  explicit FewFirstPass(const FewSegment& segment)
      : g_(segment),
        w_(segment.w),
        p_(w_.p),
        s_(segment.s),
        sizes_(w_),
        memory_(w_.executor, sizes_.total),
        scores_(segment, memory_.data(), memory_.data() + sizes_.copy),
        softmax_(segment, memory_.data() + sizes_.sums) {}

  void Run() const {
    bool fresh = true;
    for (int64_t chunk = g_.begin; chunk < g_.end; ++chunk) {
      if (w_.Skips(s_, chunk)) {
        Skip(chunk);
        continue;
      }
      Scores(chunk, fresh);
      fresh = false;
      FewExponentials to = Exponentials(chunk);
      if (p_.pre_kernel) {
        softmax_.Chunk(chunk, memory_.data() + sizes_.convolved, w_.rows * kChunkStride,
                       kChunkStride, to);
      } else {
        softmax_.Chunk(chunk, scores_.At(g_.head), w_.scores.head, w_.scores.stride, to);
      }
      if (w_.streamed) {
        softmax_.Settle(chunk, to);
        Values(chunk, to);
      }
    }
  }

 private:
  /// Offsets into a task's memory, in floats.
  struct Sizes {
    int64_t convolved, exponentials, span_largest, sums, copy, total;

    explicit Sizes(const FewWork& w) {
      int64_t plane = w.unit * w.rows * kChunkStride, states = w.unit * w.rows;
      convolved = w.unit * w.scores.head + 16;
      exponentials = convolved + (w.p.pre_kernel ? plane : 0) + 16;
      span_largest = exponentials + (w.streamed ? plane : 0) + 16;
      sums = span_largest + (w.streamed ? states * kChunkSpans : 0) + 16;
      copy = sums + states * kLanes + 16;
      total = copy + w.CopySize();
    }
  };

  void Skip(int64_t chunk) const {
    softmax_.Skip(chunk);
    if (w_.streamed) {
      ClearFloats(w_.Context(s_, chunk, g_.head), w_.unit * p_.q_len * w_.packed.features);
    }
  }

  void Scores(int64_t chunk, bool fresh) const {
    const ScoreKernel& kernel = p_.pre_kernel;
    int64_t group = w_.group();
    int64_t first = g_.head / group, end = (g_.head + w_.unit) / group;
    int64_t keys = RoundUp(Min(kChunk, s_.keys - chunk * kChunk), kBlock);
    for (int64_t kv = first; kv < end; ++kv) {
      scores_.Chunk(kv, chunk, fresh);
      for (int64_t h = kv * group; h < (kv + 1) * group && kernel; ++h) {
        ConvolveFew(kernel, w_.packed.pre + h * kernel.rows * kernel.columns, scores_.At(h),
                    w_.scores.stride, w_.WeightRows(s_), keys,
                    memory_.data() + sizes_.convolved + (h - g_.head) * w_.rows * kChunkStride,
                    kChunkStride);
      }
    }
  }

  FewExponentials Exponentials(int64_t chunk) const {
    if (w_.streamed) {
      return FewExponentials{memory_.data() + sizes_.exponentials, w_.rows * kChunkStride,
                             kChunkStride, memory_.data() + sizes_.span_largest, w_.unit};
    }
    int64_t key = chunk * kChunk;
    return FewExponentials{w_.Weights(s_, g_.head, 0) + key, w_.rows * w_.weight_stride,
                           w_.weight_stride, w_.SpanLargest(s_, key, g_.head, 0), p_.heads};
  }

  void Values(int64_t chunk, const FewExponentials& weights) const {
    for (int64_t h = 0; h < w_.unit; h += w_.group()) {
      AddChunk(w_, s_, (g_.head + h) / w_.group(), chunk, weights.at + h * weights.head,
               weights.head, weights.row, memory_.data() + sizes_.copy);
    }
  }

  const FewSegment& g_;
  const FewWork& w_;
  const AttentionParams& p_;
  const Sequence& s_;
  const Sizes sizes_;
  const Scratch memory_;
  const FewScores scores_;
  const FewSoftmax softmax_;
};

/// Second pass over a segment, when the sums of all chunks are known.
static inline void FewSecondPass(const FewSegment& g) {
  const FewWork& w = g.w;
  int64_t totals = RoundUp(w.unit * w.rows * 2, 16), plane = w.unit * FewValues::HeadStride(w) + 16;
  int64_t window = RoundUp(w.weights.head, 16);
  Scratch memory(w.executor, totals + 2 * plane + window + w.CopySize());
  float* at = memory.data();
  FewValues values(g, at + totals + 2 * plane, reinterpret_cast<FewTotal*>(at), at + totals,
                   at + totals + plane, at + totals + 2 * plane + window);
  for (int64_t chunk = g.begin; chunk < g.end; ++chunk) {
    if (w.Skips(g.s, chunk)) {
      ClearFloats(w.Context(g.s, chunk, g.head), w.unit * w.p.q_len * w.packed.features);
    } else {
      values.Chunk(chunk);
    }
  }
}

}  // namespace heddle::HEDDLE_ISA

#endif  // HEDDLE_MULTI_TOKEN_ATTENTION_FEW_PASSES_H_
