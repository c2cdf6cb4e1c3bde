// What the steps on a few query rows share: sizes, and where things lie.
#ifndef HEDDLE_MULTI_TOKEN_ATTENTION_FEW_WORK_H_
#define HEDDLE_MULTI_TOKEN_ATTENTION_FEW_WORK_H_

#include "common/widen.h"
#include "multi_token_attention/fast.h"
#include "multi_token_attention/plane.h"
#include "multi_token_attention/sequence.h"

namespace heddle::HEDDLE_ISA {

inline constexpr int64_t kChunk = 256;
inline constexpr int64_t kChunkSpans = kChunk / kSpan;
inline constexpr int64_t kChunkStride = kChunk + 16;
inline constexpr int64_t kNarrowBlock = 32;  // 16-bit values widened at a time
inline constexpr int64_t kAhead = 2048;      // floats by which keys and values are fetched ahead
inline constexpr int64_t kFewConvRows = 6;
inline constexpr int kFewConvVectors = kLanes == 16 ? 2 : 1;

/// One plane of a chunk's rows, with the keys beside it that a convolution looks at.
struct FewWindow {
  int64_t rows = 0;               ///< with some below that no one asks for
  int64_t before = 0, after = 0;  ///< keys beside the chunk, whole vectors
  int64_t stride = 0, head = 0;   ///< floats from row to row, from head to head

  static FewWindow Of(const ScoreKernel& kernel, int64_t rows) {
    FewWindow w;
    w.rows = rows;
    w.before = RoundUp(kernel.left, 16);
    w.after = RoundUp(kernel.right(), 16);
    w.stride = w.before + kChunk + w.after + 16;
    w.head = rows * w.stride;
    return w;
  }
};

/// Rows of scores reach further back than rows of weights, those further than the new rows.
///
/// A unit is the heads that one task computes together: those that mixes join and those that share
/// keys. A segment is some consecutive chunks of a unit.
struct FewWork {
  Executor& executor;
  const AttentionParams& p;
  const Packed& packed;
  const Sequence* const sequences;
  const int64_t pre_rows, post_rows;      ///< that the convolutions look back to
  const int64_t weight_rows, score_rows;  ///< at most
  const int64_t rows;                     ///< of a plane of weights
  const int64_t chunks;
  const int64_t unit, units;
  const bool streamed;  ///< nothing but the product with the values follows the softmax
  const FewWindow scores, weights;
  const int64_t weight_stride;  ///< floats from row to row of `all_weights`
  int64_t segments = 1;         ///< of a sequence and unit
  Scratch queries;              ///< [batch, kv_heads, head_dim, query_rows], times scale / ln 2
  Scratch sums, largest;        ///< of a chunk's exponentials, [batch, chunks, heads, rows]
  Scratch span_largest;         ///< [batch, spans, heads, rows]; not if streamed
  Scratch all_weights;          ///< exponentials, [batch, heads, rows, keys]; not if streamed
  Scratch context;              ///< [batch, chunks, heads, q_len, features]

  FewWork(Executor& an_executor, const Packed& a_packed, const Sequence* some_sequences)
      : executor(an_executor),
        p(*a_packed.params),
        packed(a_packed),
        sequences(some_sequences),
        pre_rows(p.pre_kernel.rows - 1),
        post_rows(p.post_kernel.rows - 1),
        weight_rows(p.q_len + post_rows),
        score_rows(weight_rows + pre_rows),
        rows(Max(Padded(p.q_len) + post_rows, Padded(weight_rows))),
        chunks((p.keys() + kChunk - 1) / kChunk),
        unit(JoinedHeads(packed.group, p.heads / p.kv_heads, p.heads)),
        units(p.heads / unit),
        streamed(!p.post_kernel && !p.post_mix),
        scores(FewWindow::Of(p.pre_kernel, rows + pre_rows)),
        weights(FewWindow::Of(p.post_kernel, rows)),
        weight_stride(RoundUp(p.keys(), kBlock) + 16) {
    int64_t heads = p.batch * p.heads;
    queries.Reset(executor, heads * p.head_dim * scores.rows);
    int64_t states = p.batch * chunks * p.heads * rows;
    sums.Reset(executor, states);
    largest.Reset(executor, states);
    span_largest.Reset(executor, streamed ? 0 : states * kChunkSpans);
    all_weights.Reset(executor, streamed ? 0 : heads * rows * weight_stride);
    context.Reset(executor, heads * chunks * p.q_len * packed.features);
  }

  /// Rows that tiles of a convolution fill.
  static int64_t Padded(int64_t rows) { return rows == 1 ? 1 : RoundUp(rows, kFewConvRows); }

  int64_t NewRows(const Sequence& s) const { return s.keys - s.out_begin; }
  /// Rows of weights that some new row needs.
  int64_t WeightRows(const Sequence& s) const { return NewRows(s) + post_rows; }
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

  int64_t State(const Sequence& s, int64_t chunk, int64_t head, int64_t row) const {
    return ((s.b * chunks + chunk) * p.heads + head) * rows + row;
  }
  float* SpanLargest(const Sequence& s, int64_t key, int64_t head, int64_t row) const {
    return span_largest.data() + State(s, 0, head, row) +
           (s.b * chunks * (kChunkSpans - 1) + key / kSpan) * p.heads * rows;
  }
  float* Weights(const Sequence& s, int64_t head, int64_t row) const {
    return all_weights.data() + ((s.b * p.heads + head) * rows + row) * weight_stride;
  }
  float* Context(const Sequence& s, int64_t chunk, int64_t head) const {
    return context.data() + ((s.b * chunks + chunk) * p.heads + head) * p.q_len * packed.features;
  }
  /// Whether past keys and values lie in a 16-bit type.
  bool narrow() const { return p.past_element != Element::kFloat32; }
  /// Floats that CopyRows may write in one call.
  int64_t CopySize() const { return Max(kLanes, narrow() ? kNarrowBlock : 0) * p.head_dim; }
  /// Rows of scores of the heads that share keys.
  int64_t QueryRows() const { return group() * scores.rows; }
  int64_t group() const { return p.heads / p.kv_heads; }
};

/// What one task works on.
struct FewSegment {
  const FewWork& w;
  const Sequence& s;
  const int64_t head;        ///< the first of the unit
  const int64_t begin, end;  ///< chunks

  static FewSegment Of(const FewWork& w, int64_t index) {
    int64_t segment = index % w.segments, unit = index / w.segments % w.units;
    return FewSegment{w, w.sequences[index / w.segments / w.units], unit * w.unit,
                      w.chunks * segment / w.segments, w.chunks * (segment + 1) / w.segments};
  }
};

static inline void ClearFloats(float* to, int64_t count) {
  memset(to, 0, static_cast<size_t>(count) * sizeof(float));
}

/// Keys or values of one key head as float32, from a key on.
static inline void CopyRows(const FewWork& w, const Sequence& s, int64_t kv, int64_t key,
                            int64_t count, bool values, float* out) {
  const AttentionParams& p = w.p;
  int64_t d = p.head_dim, past = p.PastLen(s.b) - s.first_slot - key, n = 0;
  if (w.narrow() && past > 0) {
    n = Min(count, past);
    const uint16_t* from = values ? p.narrow_past_value : p.narrow_past_key;
    WidenVectors(p.past_element, p.NarrowRow(from, s.b, kv, s.first_slot + key), n * d, out);
  }
  for (; n < count; ++n) {
    int64_t slot = s.first_slot + key + n;
    memcpy(out + n * d, values ? p.ValueRow(s.b, kv, slot) : p.KeyRow(s.b, kv, slot),
           static_cast<size_t>(d) * sizeof(float));
  }
}

/// What follows kAhead further on in a 16-bit type, half a step for each float.
static inline Ahead NarrowAhead(const FewWork& w, const Sequence& s, int64_t kv, int64_t key,
                                const uint16_t* past, int64_t step) {
  const uint16_t* row = w.p.NarrowRow(past, s.b, kv, s.first_slot + key);
  return Ahead{reinterpret_cast<const float*>(row + kAhead), step / 2};
}

/// Rows [0, rows) of `keys` convolved keys, whole blocks.
static inline void ConvolveFew(const ScoreKernel& kernel, const float* packed, const float* in,
                               int64_t stride, int64_t rows, int64_t keys, float* out,
                               int64_t out_stride) {
  in -= kernel.left;
  if (rows == 1) {
    for (int64_t j = 0; j < keys; j += kMixVectors * kLanes) {
      Convolve<1, kMixVectors>(kernel.rows, in + j, stride, packed, kernel.columns, out + j,
                               out_stride);
    }
    return;
  }
  for (int64_t g = 0; g < rows; g += kFewConvRows) {
    for (int64_t j = 0; j < keys; j += kFewConvVectors * kLanes) {
      Convolve<kFewConvRows, kFewConvVectors>(kernel.rows, in + g * stride + j, stride, packed,
                                              kernel.columns, out + g * out_stride + j, out_stride);
    }
  }
}

}  // namespace heddle::HEDDLE_ISA

#endif  // HEDDLE_MULTI_TOKEN_ATTENTION_FEW_WORK_H_
