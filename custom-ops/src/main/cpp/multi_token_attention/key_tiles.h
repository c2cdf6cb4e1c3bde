// Register tiles that turn keys: products with keys as they lie, and the packing of panels.
#ifndef HEDDLE_MULTI_TOKEN_ATTENTION_KEY_TILES_H_
#define HEDDLE_MULTI_TOKEN_ATTENTION_KEY_TILES_H_

#include "multi_token_attention/tiles.h"

namespace heddle::HEDDLE_ISA {

/// In each pair of blocks of S x S lanes that lie diagonally, swaps them.
template <int S>
HEDDLE_INLINE void SwapBlocks(Vec (&r)[kLanes]) {
  IntVec lane = LaneNumbers();
  IntVec upper = (lane & S) != 0;
  HEDDLE_UNROLL for (int i = 0; i < kLanes; ++i) {
    if ((i & S) == 0) {
      Vec a = r[i], b = r[i + S];
      r[i] = __builtin_shuffle(a, b, upper ? lane - S + kLanes : lane);
      r[i + S] = __builtin_shuffle(a, b, upper ? lane + kLanes : lane + S);
    }
  }
}

HEDDLE_INLINE void Transpose(Vec (&r)[kLanes]) {
#if HEDDLE_LANES == 16
  SwapBlocks<8>(r);
#endif
#if HEDDLE_LANES >= 8
  SwapBlocks<4>(r);
#endif
  SwapBlocks<2>(r);
  SwapBlocks<1>(r);
}

#if HEDDLE_LANES == 16
/// kLanes columns of kLanes rows (stride ld).
///
/// Shuffles and half of the products need the same unit of the processor; so half of the work is
/// done by loads, and what is left has no operands that would take registers.
HEDDLE_INLINE void LoadColumns(const float* rows, int64_t ld, Vec (&columns)[kLanes]) {
  HEDDLE_UNROLL for (int q = 0; q < kLanes; q += 4) {
    Vec r[4];
    HEDDLE_UNROLL for (int i = 0; i < 4; ++i) {
      const float* at = rows + i * ld + q;
      r[i] = _mm512_castps128_ps512(_mm_loadu_ps(at));
      r[i] = _mm512_insertf32x4(r[i], _mm_loadu_ps(at + 4 * ld), 1);
      r[i] = _mm512_insertf32x4(r[i], _mm_loadu_ps(at + 8 * ld), 2);
      r[i] = _mm512_insertf32x4(r[i], _mm_loadu_ps(at + 12 * ld), 3);
    }
    __m512d a = _mm512_castps_pd(_mm512_unpacklo_ps(r[0], r[1]));
    __m512d b = _mm512_castps_pd(_mm512_unpackhi_ps(r[0], r[1]));
    __m512d c = _mm512_castps_pd(_mm512_unpacklo_ps(r[2], r[3]));
    __m512d d = _mm512_castps_pd(_mm512_unpackhi_ps(r[2], r[3]));
    columns[q] = _mm512_castpd_ps(_mm512_unpacklo_pd(a, c));
    columns[q + 1] = _mm512_castpd_ps(_mm512_unpackhi_pd(a, c));
    columns[q + 2] = _mm512_castpd_ps(_mm512_unpacklo_pd(b, d));
    columns[q + 3] = _mm512_castpd_ps(_mm512_unpackhi_pd(b, d));
  }
}
#else
/// kLanes columns of kLanes rows (stride ld).
HEDDLE_INLINE void LoadColumns(const float* rows, int64_t ld, Vec (&columns)[kLanes]) {
  HEDDLE_UNROLL for (int i = 0; i < kLanes; ++i) { columns[i] = Load(rows + i * ld); }
  Transpose(columns);
}
#endif

/// Scores of kLanes keys (stride ldk) and ROWS queries that lie side by side, [d] with stride ldq:
/// s[query][key].
template <int ROWS>
static __attribute__((noinline)) void KeyTile(const float* k, int64_t ldk, const float* q,
                                              int64_t ldq, int64_t d, Ahead ahead, float* s,
                                              int64_t lds) {
  Vec c[ROWS];
  HEDDLE_UNROLL for (int r = 0; r < ROWS; ++r) { c[r] = Zero(); }
  int64_t x = 0;
  for (; x + kLanes <= d; x += kLanes) {
    Vec features[kLanes];
    LoadColumns(k + x, ldk, features);
    HEDDLE_UNROLL for (int i = 0; i < kLanes; ++i) {
      ahead.Fetch(x + i);
      HEDDLE_UNROLL for (int r = 0; r < ROWS; ++r) {
        c[r] = MulAdd(Splat(q[(x + i) * ldq + r]), features[i], c[r]);
      }
    }
  }
  for (; x < d; ++x) {
    Vec feature = Zero();
    HEDDLE_UNROLL for (int i = 0; i < kLanes; ++i) { feature[i] = k[i * ldk + x]; }
    HEDDLE_UNROLL for (int r = 0; r < ROWS; ++r) {
      c[r] = MulAdd(Splat(q[x * ldq + r]), feature, c[r]);
    }
  }
  HEDDLE_UNROLL for (int r = 0; r < ROWS; ++r) { Store(s + r * lds, c[r]); }
}

/// KeyTile for any number of rows.
template <int ROWS = kKeyRows>
static void KeyTiles(const float* k, int64_t ldk, const float* q, int64_t ldq, int64_t d,
                     Ahead ahead, int64_t rows, float* s, int64_t lds) {
  for (; rows >= ROWS; rows -= ROWS) {
    KeyTile<ROWS>(k, ldk, q, ldq, d, ahead, s, lds);
    q += ROWS;
    s += ROWS * lds;
    ahead.step = 0;
  }
  if constexpr (ROWS > 1) {
    if (rows > 0) {
      KeyTiles<ROWS - 1>(k, ldk, q, ldq, d, ahead, rows, s, lds);
    }
  }
}

/// A panel [d][kPanel] of `count` (at most kPanel) rows of d, times a factor; other columns are 0.
static inline void PackPanel(const float* rows, int64_t count, int64_t d, float factor,
                             float* panel) {
  int64_t x = 0;
  for (; x + kLanes <= d && count == kPanel; x += kLanes) {
    for (int half = 0; half < 2; ++half) {
      Vec r[kLanes];
      HEDDLE_UNROLL for (int i = 0; i < kLanes; ++i) {
        r[i] = Splat(factor) * Load(rows + (half * kLanes + i) * d + x);
      }
      Transpose(r);
      HEDDLE_UNROLL for (int i = 0; i < kLanes; ++i) {
        Store(panel + (x + i) * kPanel + half * kLanes, r[i]);
      }
    }
  }
  for (; x < d; ++x) {
    for (int64_t j = 0; j < count; ++j) {
      panel[x * kPanel + j] = factor * rows[j * d + x];
    }
    for (int64_t j = count; j < kPanel; ++j) {
      panel[x * kPanel + j] = 0;
    }
  }
}

}  // namespace heddle::HEDDLE_ISA

#endif  // HEDDLE_MULTI_TOKEN_ATTENTION_KEY_TILES_H_
