// Register tiles of MultiTokenAttention: products and head mixes. All memory is row-major, strides
// in floats.
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

template <int ROWS, int VECTORS>
HEDDLE_INLINE void ClearTile(Vec (&c)[ROWS][VECTORS]) {
  HEDDLE_UNROLL for (int r = 0; r < ROWS; ++r) {
    HEDDLE_UNROLL for (int n = 0; n < VECTORS; ++n) { c[r][n] = Zero(); }
  }
}

template <int ROWS, int VECTORS>
HEDDLE_INLINE void LoadTile(const float* o, int64_t ldo, Vec (&c)[ROWS][VECTORS]) {
  HEDDLE_UNROLL for (int r = 0; r < ROWS; ++r) {
    HEDDLE_UNROLL for (int n = 0; n < VECTORS; ++n) { c[r][n] = Load(o + r * ldo + n * kLanes); }
  }
}

template <int ROWS, int VECTORS>
HEDDLE_INLINE void StoreTile(const Vec (&c)[ROWS][VECTORS], float* o, int64_t ldo) {
  HEDDLE_UNROLL for (int r = 0; r < ROWS; ++r) {
    HEDDLE_UNROLL for (int n = 0; n < VECTORS; ++n) { Store(o + r * ldo + n * kLanes, c[r][n]); }
  }
}

/// c[r][n] += ROWS queries (stride ldq) times a panel [d][kPanel].
template <int ROWS>
HEDDLE_INLINE void MultiplyPanel(const float* q, int64_t ldq, const float* panel, int64_t d,
                                 Ahead ahead, Vec (&c)[ROWS][2]) {
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
}

/// s = ROWS queries times a panel.
template <int ROWS>
static __attribute__((noinline)) void ScoreTile(const float* q, int64_t ldq, const float* panel,
                                                int64_t d, Ahead ahead, float* s, int64_t lds) {
  Vec c[ROWS][2];
  ClearTile(c);
  MultiplyPanel<ROWS>(q, ldq, panel, d, ahead, c);
  StoreTile(c, s, lds);
}

/// c[o][n] = sum_h mix[h][o] in[h][n]; `size` heads that lie `stride` apart, weights [in][size].
template <int HEADS>
HEDDLE_INLINE void MixTile(const float* in, int64_t stride, const float* mix, int64_t size,
                           Vec (&c)[HEADS][kMixVectors]) {
  ClearTile(c);
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
  LoadTile(o, ldo, c);
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
  StoreTile(c, o, ldo);
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

}  // namespace heddle::HEDDLE_ISA

#endif  // HEDDLE_MULTI_TOKEN_ATTENTION_TILES_H_
