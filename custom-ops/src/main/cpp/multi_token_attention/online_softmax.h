// Softmax of rows whose weights meet the values block by block: tiles of scores become exponentials
// while they are in registers. When a row's largest score must be raised, what the row has so far
// is scaled (Milakov and Gimelshein 2018, arXiv 1805.02867).
#ifndef HEDDLE_MULTI_TOKEN_ATTENTION_ONLINE_SOFTMAX_H_
#define HEDDLE_MULTI_TOKEN_ATTENTION_ONLINE_SOFTMAX_H_

#include "multi_token_attention/conv_tiles.h"
#include "multi_token_attention/strip_layout.h"

namespace heddle::HEDDLE_ISA {

/// What the rows of a tile know, from its first row on.
struct OnlineRows {
  const float* largest;
  float* sums;  ///< kLanes partial sums a row
};

/// Replaces the scores of a tile by 2^(score - largest of its row) and adds them to the sums.
/// False: a score exceeds its row's largest by more than kSlack, and nothing was done.
template <int ROWS, int VECTORS>
HEDDLE_INLINE bool ExponentiateTile(const OnlineRows& rows, Vec (&c)[ROWS][VECTORS]) {
  Vec top = Splat(kLowest);
  HEDDLE_UNROLL for (int r = 0; r < ROWS; ++r) {
    HEDDLE_UNROLL for (int n = 0; n < VECTORS; ++n) {
      top = Max(c[r][n] - Splat(rows.largest[r]), top);  // in this order a NaN hides nothing
    }
  }
  if (__builtin_expect(AnyGreater(top, Splat(kSlack)), 0)) {
    return false;
  }
  HEDDLE_UNROLL for (int r = 0; r < ROWS; ++r) {
    Vec sum = Load(rows.sums + r * kLanes);
    HEDDLE_UNROLL for (int n = 0; n < VECTORS; ++n) {
      c[r][n] = Exp2(c[r][n] - Splat(rows.largest[r]));
      sum = sum + c[r][n];
    }
    Store(rows.sums + r * kLanes, sum);
  }
  return true;
}

/// ScoreTile with exponentials; false = o has the scores.
template <int ROWS>
static __attribute__((noinline)) bool ScoreExpTile(const float* q, int64_t ldq, const float* panel,
                                                   int64_t d, Ahead ahead, OnlineRows rows,
                                                   float* o, int64_t ldo) {
  Vec c[ROWS][2];
  ClearTile(c);
  MultiplyPanel<ROWS>(q, ldq, panel, d, ahead, c);
  bool done = ExponentiateTile(rows, c);
  StoreTile(c, o, ldo);
  return done;
}

/// ConvTile with exponentials; false = o has the scores.
template <int KERNEL_ROWS, int ROWS, bool ADD>
static __attribute__((noinline)) bool ConvExpTile(const float* s, int64_t lds, const float* w,
                                                  int64_t columns, OnlineRows rows, float* o,
                                                  int64_t ldo) {
  Vec c[ROWS][1];
  StartTile<ADD>(o, ldo, c);
  ConvolveTile<KERNEL_ROWS>(s, lds, w, columns, c);
  bool done = ExponentiateTile(rows, c);
  StoreTile(c, o, ldo);
  return done;
}

/// Convolve with exponentials; false = o has the scores.
template <int ROWS>
static bool ConvolveExponentials(int64_t kernel_rows, const float* s, int64_t lds,
                                 const float* packed, int64_t columns, OnlineRows rows, float* o,
                                 int64_t ldo) {
  int64_t before = (kernel_rows - 1) / kMaxKernelRows * kMaxKernelRows;
  if (before > 0) {
    Convolve<ROWS, 1>(before, s, lds, packed, columns, o, ldo);
  }
  return ForKernelRows(kernel_rows - before, [&](auto n) {
    constexpr int kRows = decltype(n)::kValue;
    return before == 0
               ? ConvExpTile<kRows, ROWS, false>(s, lds, packed, columns, rows, o, ldo)
               : ConvExpTile<kRows, ROWS, true>(s + before * lds, lds, packed + before * columns,
                                                columns, rows, o, ldo);
  });
}

/// The rows of a strip, all heads of a group.
class OnlineSoftmax {
 public:
  explicit OnlineSoftmax(const StripWork& work) : w_(work), l_(work.layout) {}

  void Begin() const {
    int64_t count = w_.packed.group * l_.rows;
    memset(Sums(0, 0), 0, static_cast<size_t>(count * kLanes) * sizeof(float));
    for (int64_t at = 0; at < count; ++at) {
      Largest(0)[at] = kLowest;
    }
  }

  /// One tile of the block at `key`, `count` rows from r on, the keys [from, to): in registers if
  /// all rows see all of it, else row by row.
  /// @param exponentiate (OnlineRows) -> whether Plane(h) has the exponentials, else it has scores
  /// @param score puts scores to Plane(h)
  template <class Exponentiate, class Score>
  HEDDLE_INLINE_MEMBER void Tile(const StripRows& rows, int64_t h, int64_t key, int64_t r,
                                 int64_t count, int64_t from, int64_t to, Exponentiate exponentiate,
                                 Score score) const {
    bool done = false;
    if (Whole(rows, r, count, from, to)) {
      done = exponentiate(OnlineRows{Largest(h) + r, Sums(h, r)});
    } else {
      score();
    }
    if (!done) {
      RowByRow(rows, h, key, r, r + count, from, to);
    }
  }

  /// After the last block: divides one head's context by the sums.
  void Divide(const StripRows& rows, int64_t h) const {
    for (int64_t r = 0; r < rows.count; ++r) {
      ScaleRow(1 / Sum(Load(Sums(h, r))), w_.Context(h, r), w_.packed.features);
    }
  }

 private:
  /// Whether `count` rows from r on see all of the keys [from, to).
  bool Whole(const StripRows& rows, int64_t r, int64_t count, int64_t from, int64_t to) const {
    const VisibleKeys& visible = w_.p.visible;
    return r + count <= rows.count && to <= visible.End(rows.first + r) &&
           from >= visible.First(rows.first + r + count - 1);
  }

  /// Scores in Plane(h) to exponentials: some rows, the keys [from, to) of the block at `key`, all
  /// keys before them being done.
  void RowByRow(const StripRows& rows, int64_t h, int64_t key, int64_t begin, int64_t end,
                int64_t from, int64_t to) const {
    float *plane = w_.Plane(h) + from - key, *largest = Largest(h), *sums = Sums(h, 0);
    int64_t stride = l_.plane_stride, keys = to - from, last = Min(end, rows.count);
    for (int64_t r = begin; r < last; ++r) {
      SpanMask mask = w_.Mask(rows.first + r, from);
      for (int64_t j = 0; j < keys; j += kLanes) {
        int64_t first = mask.first - j, visible = mask.end - j;
        if (first >= kLanes || visible <= 0) {
          continue;
        }
        float* at = plane + r * stride + j;
        Vec scores = KeepLanes(Load(at), first, visible, Splat(kLowest));
        if (AnyGreater(scores, Splat(largest[r] + kSlack))) {
          Raise(h, r, at - (from + j - key), from + j - key, scores);
        }
        Vec weights = Exp2(scores - Splat(largest[r]));
        weights = KeepLanes(weights, first, visible, Zero());
        Store(at, weights);
        Store(sums + r * kLanes, Load(sums + r * kLanes) + weights);
      }
    }
  }

  /// Raises a row's largest score and scales what it has.
  /// @param weights of the block so far, `count` of them
  void Raise(int64_t h, int64_t r, float* weights, int64_t count, Vec scores) const {
    float &largest = Largest(h)[r], before = largest;
    largest = heddle::HEDDLE_ISA::Largest(scores);
    if (before == kLowest) {
      return;  // it has nothing yet
    }
    float factor = Exp2(Splat(before - largest))[0];
    ScaleRow(factor, weights, count);
    ScaleRow(factor, Sums(h, r), kLanes);
    ScaleRow(factor, w_.Context(h, r), w_.packed.features);
  }

  float* Sums(int64_t h, int64_t r) const {
    return w_.memory + l_.sums + (h * l_.rows + r) * kLanes;
  }
  float* Largest(int64_t h) const { return w_.memory + l_.largest + h * l_.rows; }

  const StripWork& w_;
  const StripLayout& l_;
};

}  // namespace heddle::HEDDLE_ISA

#endif  // HEDDLE_MULTI_TOKEN_ATTENTION_ONLINE_SOFTMAX_H_
