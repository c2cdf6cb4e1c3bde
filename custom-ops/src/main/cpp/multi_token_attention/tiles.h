// Register tiles of MultiTokenAttention: products, convolutions, head mixes. All memory is
// row-major, strides in floats.
//
// A tile keeps its results in registers over the whole inner loop. Sizes fit 32 registers of
// AVX-512 or 16 of the others.
#ifndef HEDDLE_MULTI_TOKEN_ATTENTION_TILES_H_
#define HEDDLE_MULTI_TOKEN_ATTENTION_TILES_H_

#include "common/simd.h"

#define HEDDLE_UNROLL _Pragma("GCC unroll 32")

namespace heddle::HEDDLE_ISA {

#if HEDDLE_LANES == 16
inline constexpr int kStripRows = 64;  // rows of a strip of one head, whole tiles
inline constexpr int kGroupRows = 32;  // rows of a strip of all heads of a group
inline constexpr int kLowRows = 16;    // the same where rows are long
inline constexpr int kScoreRows = 8;   // rows of a score tile, times 2 vectors of keys
inline constexpr int kConvRows = 16;   // rows of a convolution tile, times 1 vector of keys
inline constexpr int kMixVectors = 4;  // vectors of keys of a mix tile, times up to 4 heads
inline constexpr int kSumRows = 4;     // rows of a value tile
inline constexpr int kSumVectors = 4;  // vectors of features of a value tile
inline constexpr int kKeyRows = 12;    // rows of a tile of keys as they lie, times 1 vector of keys
#else
inline constexpr int kStripRows = 48;
inline constexpr int kGroupRows = 48;
inline constexpr int kLowRows = 30;
inline constexpr int kScoreRows = 6;
inline constexpr int kConvRows = 16;
inline constexpr int kMixVectors = 2;
inline constexpr int kSumRows = 6;
inline constexpr int kSumVectors = 2;
inline constexpr int kKeyRows = 6;
#endif
inline constexpr int kPanel = 2 * kLanes;  // keys of a packed panel
inline constexpr int kMaxKernelRows = 8;   // taller kernels are added up in parts

/// Memory that will be needed soon; a tile fetches `step` floats of it with every turn of its loop.
struct Ahead {
  const float* at;
  int64_t step;

  template <int LINES = 1>
  HEDDLE_INLINE_MEMBER void Fetch(int64_t turn) const {
    HEDDLE_UNROLL for (int n = 0; n < LINES; ++n) {
      __builtin_prefetch(at + turn * step + n * 16, 0, 3);
    }
  }
};

/// ROWS queries (stride ldq) times a panel [d][kPanel].
template <int ROWS>
static __attribute__((noinline)) void ScoreTile(const float* q, int64_t ldq, const float* panel,
                                                int64_t d, Ahead ahead, float* s, int64_t lds) {
  Vec c[ROWS][2];
  HEDDLE_UNROLL for (int r = 0; r < ROWS; ++r) { c[r][0] = c[r][1] = Zero(); }
#pragma GCC unroll 4
  for (int64_t x = 0; x < d; ++x) {
    ahead.Fetch(x);
    Vec k0 = Load(panel + x * kPanel);
    Vec k1 = Load(panel + x * kPanel + kLanes);
    HEDDLE_UNROLL for (int r = 0; r < ROWS; ++r) {
      Vec a = Splat(q[r * ldq + x]);
      c[r][0] = MulAdd(a, k0, c[r][0]);
      c[r][1] = MulAdd(a, k1, c[r][1]);
    }
  }
  HEDDLE_UNROLL for (int r = 0; r < ROWS; ++r) {
    Store(s + r * lds, c[r][0]);
    Store(s + r * lds + kLanes, c[r][1]);
  }
}

/// o[r][j] = sum_b sum_a w[b][a] s[r + a][j + b]: ROWS rows, VECTORS vectors of keys; ADD: onto o.
template <int KERNEL_ROWS, int ROWS, int VECTORS, bool ADD>
static __attribute__((noinline)) void ConvTile(const float* s, int64_t lds, const float* w,
                                               int64_t columns, float* o, int64_t ldo) {
  Vec c[ROWS][VECTORS];
  HEDDLE_UNROLL for (int r = 0; r < ROWS; ++r) {
    HEDDLE_UNROLL for (int n = 0; n < VECTORS; ++n) {
      c[r][n] = ADD ? Load(o + r * ldo + n * kLanes) : Zero();
    }
  }
#pragma GCC unroll 1
  for (int64_t b = 0; b < columns; ++b) {
    Vec wb[KERNEL_ROWS];
    HEDDLE_UNROLL for (int a = 0; a < KERNEL_ROWS; ++a) { wb[a] = Splat(w[b * KERNEL_ROWS + a]); }
    const float* row = s + b;
    HEDDLE_UNROLL for (int x = 0; x < ROWS + KERNEL_ROWS - 1; ++x) {
      HEDDLE_UNROLL for (int n = 0; n < VECTORS; ++n) {
        Vec v = Load(row + n * kLanes);
        HEDDLE_UNROLL for (int a = KERNEL_ROWS - 1; a >= 0; --a) {
          if (x - a >= 0 && x - a < ROWS) {
            c[x - a][n] = MulAdd(wb[a], v, c[x - a][n]);
          }
        }
      }
      row += lds;
    }
  }
  HEDDLE_UNROLL for (int r = 0; r < ROWS; ++r) {
    HEDDLE_UNROLL for (int n = 0; n < VECTORS; ++n) { Store(o + r * ldo + n * kLanes, c[r][n]); }
  }
}

template <int ROWS, int VECTORS, bool ADD>
static void ConvPart(int64_t kernel_rows, const float* s, int64_t lds, const float* w,
                     int64_t columns, float* o, int64_t ldo) {
  switch (kernel_rows) {
    case 1:
      return ConvTile<1, ROWS, VECTORS, ADD>(s, lds, w, columns, o, ldo);
    case 2:
      return ConvTile<2, ROWS, VECTORS, ADD>(s, lds, w, columns, o, ldo);
    case 3:
      return ConvTile<3, ROWS, VECTORS, ADD>(s, lds, w, columns, o, ldo);
    case 4:
      return ConvTile<4, ROWS, VECTORS, ADD>(s, lds, w, columns, o, ldo);
    case 5:
      return ConvTile<5, ROWS, VECTORS, ADD>(s, lds, w, columns, o, ldo);
    case 6:
      return ConvTile<6, ROWS, VECTORS, ADD>(s, lds, w, columns, o, ldo);
    case 7:
      return ConvTile<7, ROWS, VECTORS, ADD>(s, lds, w, columns, o, ldo);
    default:
      return ConvTile<8, ROWS, VECTORS, ADD>(s, lds, w, columns, o, ldo);
  }
}

/// A kernel of any height; `packed` holds parts of at most kMaxKernelRows rows, each [columns][rows
/// of the part].
template <int ROWS, int VECTORS>
static void Convolve(int64_t kernel_rows, const float* s, int64_t lds, const float* packed,
                     int64_t columns, float* o, int64_t ldo) {
  ConvPart<ROWS, VECTORS, false>(Min(kernel_rows, kMaxKernelRows), s, lds, packed, columns, o, ldo);
  for (int64_t a = kMaxKernelRows; a < kernel_rows; a += kMaxKernelRows) {
    ConvPart<ROWS, VECTORS, true>(Min(kernel_rows - a, kMaxKernelRows), s + a * lds, lds,
                                  packed + a * columns, columns, o, ldo);
  }
}

/// c[o][n] = sum_h mix[h][o] in[h][n]; `size` heads that lie `stride` apart, weights [in][size].
template <int HEADS>
HEDDLE_INLINE void MixTile(const float* in, int64_t stride, const float* mix, int64_t size,
                           Vec (&c)[HEADS][kMixVectors]) {
  HEDDLE_UNROLL for (int o = 0; o < HEADS; ++o) {
    HEDDLE_UNROLL for (int n = 0; n < kMixVectors; ++n) { c[o][n] = Zero(); }
  }
#pragma GCC unroll 2
  for (int64_t h = 0; h < size; ++h) {
    Vec x[kMixVectors];
    HEDDLE_UNROLL for (int n = 0; n < kMixVectors; ++n) {
      x[n] = Load(in + h * stride + n * kLanes);
    }
    HEDDLE_UNROLL for (int o = 0; o < HEADS; ++o) {
      Vec w = Splat(mix[h * size + o]);
      HEDDLE_UNROLL for (int n = 0; n < kMixVectors; ++n) { c[o][n] = MulAdd(w, x[n], c[o][n]); }
    }
  }
}

/// o[r][x] += sum_k p[r][k] v[k][x]: kSumRows rows, VECTORS vectors of features.
template <int ROWS, int VECTORS>
static __attribute__((noinline)) void ValueTile(const float* p, int64_t ldp, const float* v,
                                                int64_t ldv, int64_t keys, Ahead ahead, float* o,
                                                int64_t ldo) {
  Vec c[ROWS][VECTORS];
  HEDDLE_UNROLL for (int r = 0; r < ROWS; ++r) {
    HEDDLE_UNROLL for (int n = 0; n < VECTORS; ++n) { c[r][n] = Load(o + r * ldo + n * kLanes); }
  }
#pragma GCC unroll 2
  for (int64_t k = 0; k < keys; ++k) {
    ahead.template Fetch<ROWS == 1 ? (VECTORS * kLanes + 15) / 16 : 1>(k);
    Vec b[VECTORS];
    HEDDLE_UNROLL for (int n = 0; n < VECTORS; ++n) { b[n] = Load(v + k * ldv + n * kLanes); }
    HEDDLE_UNROLL for (int r = 0; r < ROWS; ++r) {
      Vec a = Splat(p[r * ldp + k]);
      HEDDLE_UNROLL for (int n = 0; n < VECTORS; ++n) { c[r][n] = MulAdd(a, b[n], c[r][n]); }
    }
  }
  HEDDLE_UNROLL for (int r = 0; r < ROWS; ++r) {
    HEDDLE_UNROLL for (int n = 0; n < VECTORS; ++n) { Store(o + r * ldo + n * kLanes, c[r][n]); }
  }
}

/// All features (a multiple of kLanes) of ROWS rows.
template <int ROWS>
static void ValueRows(const float* p, int64_t ldp, const float* v, int64_t ldv, int64_t keys,
                      int64_t features, Ahead ahead, float* o, int64_t ldo) {
  int64_t x = 0;
  for (; x + kSumVectors * kLanes <= features; x += kSumVectors * kLanes) {
    ValueTile<ROWS, kSumVectors>(p, ldp, v + x, ldv, keys, Ahead{ahead.at + x, ahead.step}, o + x,
                                 ldo);
  }
  for (; x < features; x += kLanes) {
    ValueTile<ROWS, 1>(p, ldp, v + x, ldv, keys, Ahead{ahead.at + x, ahead.step}, o + x, ldo);
  }
}

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

#endif  // HEDDLE_MULTI_TOKEN_ATTENTION_TILES_H_
