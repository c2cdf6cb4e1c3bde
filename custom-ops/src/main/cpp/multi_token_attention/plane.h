// Steps on one row of the (query row, key) planes of several heads: head mix, exponential, mask. A
// span is kSpan keys.
#ifndef HEDDLE_MULTI_TOKEN_ATTENTION_PLANE_H_
#define HEDDLE_MULTI_TOKEN_ATTENTION_PLANE_H_

#include "multi_token_attention/params.h"
#include "multi_token_attention/rows.h"
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

/// Which keys the row sees, counted from the first key of a span.
struct SpanMask {
  int64_t first, end;

  HEDDLE_INLINE_MEMBER bool Empty() const { return first >= kSpan || end <= 0; }
  HEDDLE_INLINE_MEMBER bool Partial() const { return first > 0 || end < kSpan; }
  HEDDLE_INLINE_MEMBER SpanMask From(int64_t key) const { return SpanMask{first - key, end - key}; }
};

/// Mixed scores or weights of HEADS heads from h on, of the span `key` floats further on.
/// @param start first head that is mixed with them
template <int HEADS>
HEDDLE_INLINE void LoadMixed(const MixInput& input, int64_t start, int64_t h, int64_t key,
                             Vec (&c)[HEADS][kMixVectors]) {
  if (input.mix != nullptr) {
    MixTile<HEADS>(input.in + start * input.stride + key, input.stride,
                   input.mix + start * input.size + h - start, input.size, c);
    return;
  }
  HEDDLE_UNROLL for (int o = 0; o < HEADS; ++o) {
    HEDDLE_UNROLL for (int v = 0; v < kMixVectors; ++v) {
      c[o][v] = Load(input.in + (h + o) * input.stride + key + v * kLanes);
    }
  }
}

/// Scores that the row does not see become kLowest.
template <int HEADS>
HEDDLE_INLINE void MaskSpan(const SpanMask& mask, Vec (&c)[HEADS][kMixVectors]) {
  if (mask.Partial()) {
    HEDDLE_UNROLL for (int o = 0; o < HEADS; ++o) {
      HEDDLE_UNROLL for (int v = 0; v < kMixVectors; ++v) {
        c[o][v] =
            KeepLanes(c[o][v], mask.first - v * kLanes, mask.end - v * kLanes, Splat(kLowest));
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
  float* span_largest;  ///< what the exponentials of the first span are relative to
  int64_t stride;       ///< of largest and span_largest; sums have kLanes times that
  int64_t span_stride;  ///< of span_largest, from span to span
};

/// Replaces scores by 2^(score - largest), raising `largest` if it must be; adds to the sums.
HEDDLE_INLINE void ExponentiateSpan(const SpanMask& mask, Vec (&c)[kMixVectors], Vec& sums,
                                    float& largest) {
  Vec top = c[0];
  HEDDLE_UNROLL for (int v = 1; v < kMixVectors; ++v) { top = Max(top, c[v]); }
  if (__builtin_expect(AnyGreater(top, Splat(largest + kSlack)), 0)) {
    float raised = Largest(top);
    sums = sums * Exp2(Splat(largest - raised));
    largest = raised;
  }
  Vec base = Splat(largest);
  HEDDLE_UNROLL for (int v = 0; v < kMixVectors; ++v) { c[v] = Exp2(c[v] - base); }
  if (mask.Partial()) {
    HEDDLE_UNROLL for (int v = 0; v < kMixVectors; ++v) {
      c[v] = KeepLanes(c[v], mask.first - v * kLanes, mask.end - v * kLanes, Zero());
    }
  }
  HEDDLE_UNROLL for (int v = 0; v < kMixVectors; ++v) { sums = sums + c[v]; }
}

/// Mixed scores of HEADS heads from h on, as 2^(score - largest), some spans of one row.
template <int HEADS>
static __attribute__((noinline)) void ExponentiateHeads(const MixInput& input, const SpanMask& mask,
                                                        const RowState& row, int64_t start,
                                                        int64_t h, int64_t spans) {
  float* out = row.out + h * row.out_stride;
  float* span_largest = row.span_largest + h * row.stride;
  Vec sums[HEADS];
  float largest[HEADS];
  HEDDLE_UNROLL for (int o = 0; o < HEADS; ++o) {
    sums[o] = Load(row.sums + (h + o) * row.stride * kLanes);
    largest[o] = row.largest[(h + o) * row.stride];
  }
  for (int64_t s = 0; s < spans; ++s) {
    SpanMask here = mask.From(s * kSpan);
    Vec c[HEADS][kMixVectors] = {};
    if (!here.Empty()) {
      LoadMixed<HEADS>(input, start, h, s * kSpan, c);
      MaskSpan<HEADS>(here, c);
      HEDDLE_UNROLL for (int o = 0; o < HEADS; ++o) {
        ExponentiateSpan(here, c[o], sums[o], largest[o]);
      }
    }
    HEDDLE_UNROLL for (int o = 0; o < HEADS; ++o) {
      span_largest[o * row.stride] = largest[o];
      HEDDLE_UNROLL for (int v = 0; v < kMixVectors; ++v) {
        Store(out + o * row.out_stride + v * kLanes, c[o][v]);
      }
    }
    out += kSpan;
    span_largest += row.span_stride;
  }
  HEDDLE_UNROLL for (int o = 0; o < HEADS; ++o) {
    Store(row.sums + (h + o) * row.stride * kLanes, sums[o]);
    row.largest[(h + o) * row.stride] = largest[o];
  }
}

/// Calls four(first head of the mix, first of four heads) or one(first head of the mix, head).
template <class Wide, class Narrow>
HEDDLE_INLINE void ForHeads(const MixInput& input, int64_t heads, Wide four, Narrow one) {
  int64_t size = input.mix != nullptr ? input.size : heads;
  bool wide = input.mix != nullptr && size % 4 == 0;
  for (int64_t start = 0; start < heads; start += size) {
    for (int64_t h = start; h < start + size; h += wide ? 4 : 1) {
      wide ? four(start, h) : one(start, h);
    }
  }
}

/// All heads of a group, some spans of one row.
static inline void Exponentiate(const MixInput& input, const SpanMask& mask, const RowState& row,
                                int64_t heads, int64_t spans) {
  ForHeads(
      input, heads,
      [&](int64_t start, int64_t h) { ExponentiateHeads<4>(input, mask, row, start, h, spans); },
      [&](int64_t start, int64_t h) { ExponentiateHeads<1>(input, mask, row, start, h, spans); });
}

template <int HEADS>
static __attribute__((noinline)) void MixHeads(const MixInput& input, int64_t start, int64_t h,
                                               float* out, int64_t out_stride) {
  Vec c[HEADS][kMixVectors];
  LoadMixed<HEADS>(input, start, h, 0, c);
  HEDDLE_UNROLL for (int o = 0; o < HEADS; ++o) {
    HEDDLE_UNROLL for (int v = 0; v < kMixVectors; ++v) {
      Store(out + (h + o) * out_stride + v * kLanes, c[o][v]);
    }
  }
}

/// Mixed weights of all heads of a group, one span; there is a mix. What the row does not see is
/// not set to 0: values do not meet it.
static inline void MixWeights(const MixInput& input, int64_t heads, float* out,
                              int64_t out_stride) {
  ForHeads(
      input, heads,
      [&](int64_t start, int64_t h) { MixHeads<4>(input, start, h, out, out_stride); },
      [&](int64_t start, int64_t h) { MixHeads<1>(input, start, h, out, out_stride); });
}

/// factor * 2^behind; behind is mostly 0.
HEDDLE_INLINE float Factor(float factor, float behind) {
  return behind == 0 ? factor : factor * Exp2(Splat(behind))[0];
}

/// A part of a span times a factor. What the row does not see stays 0, also if the factor is not
/// finite.
/// @param mask counted from the first key of the part
HEDDLE_INLINE void ScalePart(float factor, const SpanMask& mask, const float* in, int64_t keys,
                             float* out) {
  for (int64_t x = 0; x < keys; x += kLanes) {
    Store(out + x, Splat(factor) * Load(in + x));
  }
  if (__builtin_expect(!(factor - factor == 0), 0)) {
    for (int64_t x = 0; x < keys; x += kLanes) {
      Store(out + x, KeepLanes(Load(out + x), mask.first - x, mask.end - x, Zero()));
    }
  }
}

}  // namespace heddle::HEDDLE_ISA

#endif  // HEDDLE_MULTI_TOKEN_ATTENTION_PLANE_H_
