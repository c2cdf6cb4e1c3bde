// What the steps on a few query rows share: sizes, and where things lie.
#ifndef HEDDLE_MULTI_TOKEN_ATTENTION_FEW_WORK_H_
#define HEDDLE_MULTI_TOKEN_ATTENTION_FEW_WORK_H_

#include "multi_token_attention/plane.h"
#include "multi_token_attention/sequence.h"

namespace heddle::HEDDLE_ISA {

inline constexpr int64_t kFewRows = 16;  // new rows, at most
inline constexpr int64_t kChunk = 256;
inline constexpr int64_t kChunkSpans = kChunk / kSpan;
inline constexpr int64_t kFewConvRows = 6;
inline constexpr int kFewConvVectors = kLanes == 16 ? 2 : 1;
inline constexpr int64_t kBlockStride = kBlock + 16;
inline constexpr int64_t kAhead = 2048;  // floats by which keys and values are fetched ahead

/// A plane [batch, heads, rows, keys] with zeros beside the keys, as a convolution reads it.
struct FewPlane {
  int64_t rows = 0;  ///< with some below that no one asks for
  int64_t margin = 0, stride = 0;
  Scratch memory;

  void Reset(Executor& executor, int64_t heads, const ScoreKernel& kernel, int64_t keys) {
    margin = RoundUp(kernel.left, 16);
    stride = margin + RoundUp(keys, kBlock) + RoundUp(kernel.right(), 16) + 48;
    memory.Reset(executor, heads * Head());
  }
  int64_t Head() const { return rows * stride; }
  float* Row(int64_t head, int64_t row) const {
    return memory.data() + head * Head() + row * stride + margin;
  }
  /// Everything beside the keys [0, keys).
  void ClearBeside(int64_t head, int64_t row, int64_t keys) const {
    float* at = Row(head, row);
    ClearFloats(at - margin, margin);
    ClearFloats(at + keys, stride - margin - keys);
  }
  static void ClearFloats(float* to, int64_t count) {
    memset(to, 0, static_cast<size_t>(count) * sizeof(float));
  }
};

/// Rows of scores reach further back than rows of weights, those further than the new rows.
struct FewWork {
  Executor& executor;
  const AttentionParams& p;
  const Packed& packed;
  const Sequence* const sequences;
  const int64_t pre_rows, post_rows;      ///< that the convolutions look back to
  const int64_t weight_rows, score_rows;  ///< at most
  const int64_t query_lanes;              ///< rows of scores, whole vectors
  const int64_t chunks, groups;
  FewPlane scores, weights;
  Scratch queries;  ///< [batch, heads, head_dim, query_lanes], times scale / ln 2
  /// What is known of a row: [batch, chunks, heads, rows] (largest and sums of a chunk) and
  /// [batch, spans, heads, rows].
  Scratch sums, largest, span_largest;
  Scratch context;  ///< [batch, chunks, heads, q_len, features]

  FewWork(Executor& an_executor, const Packed& a_packed, const Sequence* some_sequences)
      : executor(an_executor),
        p(*a_packed.params),
        packed(a_packed),
        sequences(some_sequences),
        pre_rows(p.pre_kernel.rows - 1),
        post_rows(p.post_kernel.rows - 1),
        weight_rows(p.q_len + post_rows),
        score_rows(weight_rows + pre_rows),
        query_lanes(RoundUp(score_rows, kLanes)),
        chunks((p.keys() + kChunk - 1) / kChunk),
        groups(p.heads / packed.group) {
    int64_t heads = p.batch * p.heads;
    weights.rows = Max(Padded(p.q_len) + post_rows, Padded(weight_rows));
    scores.rows = weights.rows + pre_rows;
    scores.Reset(executor, heads, p.pre_kernel, p.keys());
    weights.Reset(executor, heads, p.post_kernel, p.keys());
    queries.Reset(executor, heads * p.head_dim * query_lanes);
    int64_t states = p.batch * chunks * StateRows();
    sums.Reset(executor, states * kLanes);
    largest.Reset(executor, states);
    span_largest.Reset(executor, states * kChunkSpans);
    context.Reset(executor, heads * chunks * p.q_len * packed.features);
  }

  /// Rows that tiles of a convolution fill.
  static int64_t Padded(int64_t rows) { return rows == 1 ? 1 : RoundUp(rows, kFewConvRows); }

  int64_t NewRows(const Sequence& s) const { return s.keys - s.out_begin; }
  /// Position of a weight row; rows of scores start pre_rows earlier.
  int64_t Position(const Sequence& s, int64_t weight_row) const {
    return s.out_begin - post_rows + weight_row;
  }
  bool Present(const Sequence& s, int64_t position) const {
    return position >= s.row_begin && position < s.keys;
  }
  /// Keys that no row sees, nor looks at through a convolution, are left out.
  int64_t FirstKey(const Sequence& s) const {
    int64_t oldest = Max(Position(s, 0) - pre_rows, s.row_begin);
    return RoundDown(Max(p.visible.First(oldest) - p.pre_kernel.left - p.post_kernel.left, 0),
                     kChunk);
  }
  bool Skips(const Sequence& s, int64_t chunk) const {
    return chunk * kChunk < FirstKey(s) || chunk * kChunk >= s.keys || NewRows(s) == 0;
  }
  SpanMask Mask(int64_t position, int64_t key) const {
    return SpanMask{p.visible.First(position) - key, p.visible.End(position) - key};
  }

  int64_t StateRows() const { return p.heads * weights.rows; }
  int64_t State(const Sequence& s, int64_t chunk, int64_t head, int64_t row) const {
    return (s.b * chunks + chunk) * StateRows() + head * weights.rows + row;
  }
  int64_t SpanState(const Sequence& s, int64_t key, int64_t head, int64_t row) const {
    return (s.b * chunks * kChunkSpans + key / kSpan) * StateRows() + head * weights.rows + row;
  }
  float* Context(const Sequence& s, int64_t chunk, int64_t head) const {
    return context.data() + ((s.b * chunks + chunk) * p.heads + head) * p.q_len * packed.features;
  }
};

/// Rows [0, rows) of kBlock convolved keys.
static inline void ConvolveFew(const ScoreKernel& kernel, const float* packed, const float* in,
                               int64_t stride, int64_t rows, float* out) {
  in -= kernel.left;
  if (rows == 1) {
    for (int64_t j = 0; j < kBlock; j += kMixVectors * kLanes) {
      Convolve<1, kMixVectors>(kernel.rows, in + j, stride, packed, kernel.columns, out + j,
                               kBlockStride);
    }
    return;
  }
  for (int64_t g = 0; g < rows; g += kFewConvRows) {
    for (int64_t j = 0; j < kBlock; j += kFewConvVectors * kLanes) {
      Convolve<kFewConvRows, kFewConvVectors>(kernel.rows, in + g * stride + j, stride, packed,
                                              kernel.columns, out + g * kBlockStride + j,
                                              kBlockStride);
    }
  }
}

}  // namespace heddle::HEDDLE_ISA

#endif  // HEDDLE_MULTI_TOKEN_ATTENTION_FEW_WORK_H_
