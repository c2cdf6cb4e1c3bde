// Second step on a few query rows: head mix and exponential of one chunk.
#ifndef HEDDLE_MULTI_TOKEN_ATTENTION_FEW_SOFTMAX_H_
#define HEDDLE_MULTI_TOKEN_ATTENTION_FEW_SOFTMAX_H_

#include "multi_token_attention/few_work.h"

namespace heddle::HEDDLE_ISA {

/// Where the exponentials of a unit go, one chunk: floats from head to head and from row to row.
struct FewExponentials {
  float* at;
  int64_t head, row;
  float* span_largest;  ///< [spans][heads][rows], what a span is relative to
  int64_t heads;        ///< of span_largest
};

/// Exponentials of one chunk, relative to a largest score of the chunk.
class FewSoftmax {
 public:
  /// @param sums [unit heads][rows][kLanes], for the time of a chunk
  FewSoftmax(const FewSegment& segment, float* sums)
      : w_(segment.w), s_(segment.s), unit_(segment.head), sums_(sums) {}

  /// What is known of a chunk that has nothing.
  void Skip(int64_t chunk) const {
    int64_t state = w_.State(s_, chunk, unit_, 0);
    for (int64_t at = 0; at < w_.unit * w_.rows; ++at) {
      w_.sums.data()[state + at] = 0;
      w_.largest.data()[state + at] = kLowest;
    }
  }

  /// @param scores of the unit's first head; `input.in` to head 0, row 0
  /// @param row floats from row to row of the scores
  void Chunk(int64_t chunk, const float* scores, int64_t head, int64_t row,
             const FewExponentials& out) const {
    Skip(chunk);
    ClearFloats(sums_, w_.unit * w_.rows * kLanes);
    for (int64_t h = 0; h < w_.unit; h += w_.packed.group) {
      for (int64_t r = 0; r < w_.WeightRows(s_); ++r) {
        if (w_.Present(s_, w_.Position(s_, r))) {
          Row(chunk, h, r, scores + h * head + r * row, head, out);
        }
      }
    }
    float* sums = w_.sums.data() + w_.State(s_, chunk, unit_, 0);
    for (int64_t at = 0; at < w_.unit * w_.rows; ++at) {
      sums[at] = Sum(Load(sums_ + at * kLanes));
    }
  }

  /// Makes all spans of a chunk relative to its largest score.
  void Settle(int64_t chunk, const FewExponentials& e) const {
    int64_t begin = chunk * kChunk, end = Min(begin + kChunk, RoundUp(s_.keys, kSpan));
    for (int64_t h = 0; h < w_.unit; ++h) {
      for (int64_t r = 0; r < w_.WeightRows(s_); ++r) {
        if (!w_.Present(s_, w_.Position(s_, r))) {
          continue;
        }
        float largest = w_.largest.data()[w_.State(s_, chunk, unit_ + h, r)];
        for (int64_t key = begin; key < end; key += kSpan) {
          float here = e.span_largest[((key - begin) / kSpan * e.heads + h) * w_.rows + r];
          if (here != largest) {
            float* span = e.at + h * e.head + r * e.row + key - begin;
            ScalePart(Factor(1, here - largest), w_.Mask(w_.Position(s_, r), key), span, kSpan,
                      span);
          }
        }
      }
    }
  }

 private:
  void Row(int64_t chunk, int64_t h, int64_t r, const float* scores, int64_t score_head,
           const FewExponentials& out) const {
    const HeadMix& mix = w_.p.pre_mix;
    int64_t begin = chunk * kChunk;
    int64_t spans = (Min(begin + kChunk, RoundUp(s_.keys, kSpan)) - begin) / kSpan;
    MixInput input{scores, score_head, mix ? w_.packed.pre_mix + (unit_ + h) * mix.size : nullptr,
                   mix.size};
    RowState row{out.at + h * out.head + r * out.row,
                 out.head,
                 sums_ + (h * w_.rows + r) * kLanes,
                 w_.largest.data() + w_.State(s_, chunk, unit_ + h, r),
                 out.span_largest + h * w_.rows + r,
                 w_.rows,
                 out.heads * w_.rows};
    Exponentiate(input, w_.Mask(w_.Position(s_, r), begin), row, w_.packed.group, spans);
  }

  const FewWork& w_;
  const Sequence& s_;
  const int64_t unit_;
  float* const sums_;
};

/// Largest score and inverse sum of all chunks.
struct FewTotal {
  float largest, inverse;

  static FewTotal Of(const FewWork& w, const Sequence& s, int64_t head, int64_t row) {
    float largest = kLowest, sum = 0;
    for (int64_t chunk = 0; chunk < w.chunks; ++chunk) {
      float here = w.largest.data()[w.State(s, chunk, head, row)];
      largest = here > largest ? here : largest;
    }
    for (int64_t chunk = 0; chunk < w.chunks; ++chunk) {
      int64_t state = w.State(s, chunk, head, row);
      sum += Factor(w.sums.data()[state], w.largest.data()[state] - largest);
    }
    return FewTotal{largest, 1 / sum};
  }
};

}  // namespace heddle::HEDDLE_ISA

#endif  // HEDDLE_MULTI_TOKEN_ATTENTION_FEW_SOFTMAX_H_
