// Second step of a strip: head mix and exponential in one pass over registers.
#ifndef HEDDLE_MULTI_TOKEN_ATTENTION_STRIP_SOFTMAX_H_
#define HEDDLE_MULTI_TOKEN_ATTENTION_STRIP_SOFTMAX_H_

#include "multi_token_attention/strip_layout.h"

namespace heddle::HEDDLE_ISA {

/// Exponentials are written once, relative to a largest score that is raised only when it must be;
/// each span remembers what it is relative to.
class StripSoftmax {
 public:
  explicit StripSoftmax(const StripWork& work) : w_(work), l_(work.layout) {}

  void Begin() const {
    int64_t count = w_.packed.group * l_.rows;
    memset(Sums(0), 0, static_cast<size_t>(count * kLanes) * sizeof(float));
    for (int64_t at = 0; at < count; ++at) {
      Largest(0)[at] = ContextLargest(0)[at] = kLowest;
    }
  }

  /// Plane to Weights, all heads.
  void Block(const StripRows& rows, int64_t key) const {
    for (int64_t r = 0; r < rows.count; ++r) {
      Row(rows, r, key);
    }
  }

  /// Makes one head's exponentials of a block and its context relative to the same score.
  void Settle(const StripRows& rows, int64_t h, int64_t key) const {
    for (int64_t r = 0; r < rows.count; ++r) {
      float largest = Largest(h)[r], before = ContextLargest(h)[r];
      if (before == largest) {
        continue;  // it only rises: the same for all spans
      }
      for (int64_t span = key; span < key + l_.block; span += kSpan) {
        float* weights = w_.Weights(h, key) + r * l_.weight_stride + span - key;
        float factor = Factor(1, w_.SpanLargest(h, span)[r] - largest);
        if (factor == 1) {
          continue;  // most spans of a row's first block
        }
        ScalePart(factor, w_.Mask(rows.first + r, span), weights, kSpan, weights);
      }
      ScaleRow(Exp2(Splat(before - largest))[0], w_.Context(h, r), w_.packed.features);
      ContextLargest(h)[r] = largest;
    }
  }

  /// After the last block: the sums are complete.
  void Finish() const {
    for (int64_t at = 0; at < w_.packed.group * l_.rows; ++at) {
      Inverse(0)[at] = 1 / Sum(Load(Sums(0) + at * kLanes));
    }
  }

  /// Divides one head's context by the sums.
  void DivideContext(const StripRows& rows, int64_t h) const {
    for (int64_t r = 0; r < rows.count; ++r) {
      ScaleRow(Inverse(h)[r], w_.Context(h, r), w_.packed.features);
    }
  }

  /// Divides one head's weights of a block by the sums.
  void Divide(const StripRows& rows, int64_t h, int64_t key) const {
    for (int64_t span = key; span < key + l_.block; span += kSpan) {
      const float *largest = Largest(h), *inverse = Inverse(h);
      const float* span_largest = w_.SpanLargest(h, span);
      Rows weights{w_.Weights(h, key) + span - key, l_.weight_stride};
      for (int64_t r = 0; r < rows.count; ++r) {
        float factor = Factor(inverse[r], span_largest[r] - largest[r]);
        float* row = weights.at + r * weights.stride;
        ScalePart(factor, w_.Mask(rows.first + r, span), row, kSpan, row);
      }
    }
  }

 private:
  void Row(const StripRows& rows, int64_t r, int64_t key) const {
    const HeadMix& mix = w_.p.pre_mix;
    MixInput input{w_.Plane(0) + r * l_.plane_stride, l_.plane_head,
                   mix ? w_.packed.pre_mix + w_.first_head * mix.size : nullptr, mix.size};
    RowState row{w_.Weights(0, key) + r * l_.weight_stride,
                 l_.weight_head,
                 Sums(0) + r * kLanes,
                 Largest(0) + r,
                 w_.SpanLargest(0, key) + r,
                 l_.rows,
                 w_.packed.group * l_.rows};
    Exponentiate(input, w_.Mask(rows.first + r, key), row, w_.packed.group, l_.block / kSpan);
  }

  float* Sums(int64_t h) const { return w_.memory + l_.sums + h * l_.rows * kLanes; }
  float* Largest(int64_t h) const { return w_.memory + l_.largest + h * l_.rows; }
  float* Inverse(int64_t h) const { return w_.memory + l_.inverse + h * l_.rows; }
  /// What the context so far is relative to.
  float* ContextLargest(int64_t h) const { return w_.memory + l_.context_largest + h * l_.rows; }

  const StripWork& w_;
  const StripLayout& l_;
};

}  // namespace heddle::HEDDLE_ISA

#endif  // HEDDLE_MULTI_TOKEN_ATTENTION_STRIP_SOFTMAX_H_
