// Register tiles of score convolutions.
#ifndef HEDDLE_MULTI_TOKEN_ATTENTION_CONV_TILES_H_
#define HEDDLE_MULTI_TOKEN_ATTENTION_CONV_TILES_H_

#include "multi_token_attention/tiles.h"

namespace heddle::HEDDLE_ISA {

inline constexpr int kMaxKernelRows = 8;  // taller kernels are added up in parts

/// c[r][j] += sum_b sum_a w[b][a] s[r + a][j + b]: ROWS rows, VECTORS vectors of keys.
template <int KERNEL_ROWS, int ROWS, int VECTORS>
HEDDLE_INLINE void ConvolveTile(const float* s, int64_t lds, const float* w, int64_t columns,
                                Vec (&c)[ROWS][VECTORS]) {
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
}

template <bool ADD, int ROWS, int VECTORS>
HEDDLE_INLINE void StartTile(const float* o, int64_t ldo, Vec (&c)[ROWS][VECTORS]) {
  if constexpr (ADD) {
    LoadTile(o, ldo, c);
  } else {
    ClearTile(c);
  }
}

/// o = the convolution; ADD: onto o.
template <int KERNEL_ROWS, int ROWS, int VECTORS, bool ADD>
static __attribute__((noinline)) void ConvTile(const float* s, int64_t lds, const float* w,
                                               int64_t columns, float* o, int64_t ldo) {
  Vec c[ROWS][VECTORS];
  StartTile<ADD>(o, ldo, c);
  ConvolveTile<KERNEL_ROWS>(s, lds, w, columns, c);
  StoreTile(c, o, ldo);
}

template <int N>
struct KernelRows {
  static constexpr int kValue = N;
};

/// Calls f with a constant for the rows of a kernel's part, 1 to kMaxKernelRows.
template <class F>
HEDDLE_INLINE auto ForKernelRows(int64_t rows, F f) {
  switch (rows) {
    case 1:
      return f(KernelRows<1>{});
    case 2:
      return f(KernelRows<2>{});
    case 3:
      return f(KernelRows<3>{});
    case 4:
      return f(KernelRows<4>{});
    case 5:
      return f(KernelRows<5>{});
    case 6:
      return f(KernelRows<6>{});
    case 7:
      return f(KernelRows<7>{});
    default:
      return f(KernelRows<8>{});
  }
}

template <int ROWS, int VECTORS, bool ADD>
static void ConvPart(int64_t kernel_rows, const float* s, int64_t lds, const float* w,
                     int64_t columns, float* o, int64_t ldo) {
  ForKernelRows(kernel_rows, [&](auto n) {
    ConvTile<decltype(n)::kValue, ROWS, VECTORS, ADD>(s, lds, w, columns, o, ldo);
  });
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

}  // namespace heddle::HEDDLE_ISA

#endif  // HEDDLE_MULTI_TOKEN_ATTENTION_CONV_TILES_H_
