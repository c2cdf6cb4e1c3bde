// Steps on one row of the (query row, key) planes of several heads: head mix, exponential, mask. A
// span is kSpan keys.
#ifndef HEDDLE_MULTI_TOKEN_ATTENTION_PLANE_H_
#define HEDDLE_MULTI_TOKEN_ATTENTION_PLANE_H_

#include "multi_token_attention/params.h"
#include "multi_token_attention/tiles.h"

namespace heddle::HEDDLE_ISA {

inline constexpr int64_t kBlock = 64;
inline constexpr int64_t kSpan =
    kMixVectors * kLanes;  // keys of a mix tile, with one largest score
inline constexpr float kLowest = -1e30f;
inline constexpr float kSlack =
    40;  // how far (powers of 2) a score may exceed the largest one so far

/// Heads that a mix joins, in memory: the first of them all, floats from head to head, weights
/// [groups][in][out] from that head on.
struct MixInput {
  const float* in;
  int64_t stride;
  const float* mix;  ///< null = no mix
  int64_t size;
};

/// Which keys of a span the row sees.
struct SpanMask {
  int64_t first, end;

  HEDDLE_INLINE_MEMBER bool Empty() const { return first >= kSpan || end <= 0; }
  HEDDLE_INLINE_MEMBER bool Partial() const { return first > 0 || end < kSpan; }
};

template <int HEADS>
HEDDLE_INLINE void LoadMixed(const MixInput& input, int64_t h, Vec (&c)[HEADS][kMixVectors]) {
  if (input.mix != nullptr) {
    int64_t start = h / input.size * input.size;
    MixTile<HEADS>(input.in + start * input.stride, input.stride,
                   input.mix + start * input.size + h - start, input.size, c);
    return;
  }
  HEDDLE_UNROLL for (int o = 0; o < HEADS; ++o) {
    HEDDLE_UNROLL for (int v = 0; v < kMixVectors; ++v) {
      c[o][v] = Load(input.in + (h + o) * input.stride + v * kLanes);
    }
  }
}

template <int HEADS>
HEDDLE_INLINE void MaskSpan(const SpanMask& mask, float other, Vec (&c)[HEADS][kMixVectors]) {
  if (mask.Partial()) {
    for (int o = 0; o < HEADS; ++o) {
      for (int v = 0; v < kMixVectors; ++v) {
        c[o][v] = KeepLanes(c[o][v], mask.first - v * kLanes, mask.end - v * kLanes, Splat(other));
      }
    }
  }
}

/// Where the exponentials of a row go, and what is known of the row so far; strides are from head
/// to head.
struct RowState {
  float* out;
  int64_t out_stride;
  float* sums;  ///< kLanes partial sums, relative to `largest`
  float* largest;
  float* span_largest;  ///< what the exponentials of this span are relative to
  int64_t stride;       ///< of largest and span_largest; sums have kLanes times that
};

/// Mixed scores of HEADS heads from h on, as 2^(score - largest).
template <int HEADS>
static __attribute__((noinline)) void ExponentiateHeads(const MixInput& input, const SpanMask& mask,
                                                        const RowState& row, int64_t h) {
  Vec c[HEADS][kMixVectors];
  LoadMixed<HEADS>(input, h, c);
  MaskSpan<HEADS>(mask, kLowest, c);
  HEDDLE_UNROLL for (int o = 0; o < HEADS; ++o) {
    int64_t at = (h + o) * row.stride;
    Vec top = c[o][0];
    HEDDLE_UNROLL for (int v = 1; v < kMixVectors; ++v) { top = Max(top, c[o][v]); }
    Vec sums = Load(row.sums + at * kLanes);
    float* largest = row.largest + at;
    if (__builtin_expect(AnyGreater(top, Splat(*largest + kSlack)), 0)) {
      float raised = Largest(top);
      sums = sums * Exp2(Splat(*largest - raised));
      *largest = raised;
    }
    row.span_largest[at] = *largest;
    Vec base = Splat(*largest);
    HEDDLE_UNROLL for (int v = 0; v < kMixVectors; ++v) { c[o][v] = Exp2(c[o][v] - base); }
    if (mask.Partial()) {
      for (int v = 0; v < kMixVectors; ++v) {
        c[o][v] = KeepLanes(c[o][v], mask.first - v * kLanes, mask.end - v * kLanes, Zero());
      }
    }
    HEDDLE_UNROLL for (int v = 0; v < kMixVectors; ++v) {
      sums = sums + c[o][v];
      Store(row.out + (h + o) * row.out_stride + v * kLanes, c[o][v]);
    }
    Store(row.sums + at * kLanes, sums);
  }
}

/// All heads of a group.
static inline void Exponentiate(const MixInput& input, const SpanMask& mask, const RowState& row,
                                int64_t heads) {
  if (mask.Empty()) {
    for (int64_t h = 0; h < heads; ++h) {
      row.span_largest[h * row.stride] = row.largest[h * row.stride];
      memset(row.out + h * row.out_stride, 0, kSpan * sizeof(float));
    }
    return;
  }
  if (input.mix != nullptr && input.size % 4 == 0) {
    for (int64_t h = 0; h < heads; h += 4) {
      ExponentiateHeads<4>(input, mask, row, h);
    }
    return;
  }
  for (int64_t h = 0; h < heads; ++h) {
    ExponentiateHeads<1>(input, mask, row, h);
  }
}

template <int HEADS>
static __attribute__((noinline)) void MixHeads(const MixInput& input, const SpanMask& mask,
                                               int64_t h, float* out, int64_t out_stride) {
  Vec c[HEADS][kMixVectors];
  LoadMixed<HEADS>(input, h, c);
  MaskSpan<HEADS>(mask, 0, c);
  HEDDLE_UNROLL for (int o = 0; o < HEADS; ++o) {
    HEDDLE_UNROLL for (int v = 0; v < kMixVectors; ++v) {
      Store(out + (h + o) * out_stride + v * kLanes, c[o][v]);
    }
  }
}

/// Mixed weights of all heads of a group, invisible cells 0.
static inline void MixWeights(const MixInput& input, const SpanMask& mask, int64_t heads,
                              float* out, int64_t out_stride) {
  if (mask.Empty()) {
    for (int64_t h = 0; h < heads; ++h) {
      memset(out + h * out_stride, 0, kSpan * sizeof(float));
    }
    return;
  }
  int64_t step = input.mix != nullptr && input.size % 4 == 0 ? 4 : 1;
  for (int64_t h = 0; h < heads; h += step) {
    if (step == 4) {
      MixHeads<4>(input, mask, h, out, out_stride);
    } else {
      MixHeads<1>(input, mask, h, out, out_stride);
    }
  }
}

HEDDLE_INLINE bool IsFinite(float x) { return x - x == 0; }

/// One row of a span times factor * 2^behind.
HEDDLE_INLINE void ScaleSpan(float factor, float behind, float* weights) {
  Vec f = Splat(factor);
  if (__builtin_expect(behind != 0, 0)) {
    f = f * Exp2(Splat(behind));
  }
  HEDDLE_UNROLL for (int v = 0; v < kMixVectors; ++v) {
    Store(weights + v * kLanes, f * Load(weights + v * kLanes));
  }
}

/// Cells that the row does not see, back to 0: NaN and infinity as a factor have spread to them.
static inline void ClearInvisible(const SpanMask& mask, float* weights) {
  for (int v = 0; v < kMixVectors; ++v) {
    float* at = weights + v * kLanes;
    Store(at, KeepLanes(Load(at), mask.first - v * kLanes, mask.end - v * kLanes, Zero()));
  }
}

}  // namespace heddle::HEDDLE_ISA

#endif  // HEDDLE_MULTI_TOKEN_ATTENTION_PLANE_H_
