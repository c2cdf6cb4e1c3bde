// Score convolution and head mix of a tile as matrix products (float32 read as tf32; for float32
// models three products of parts), from one plane into another.
#ifndef HEDDLE_MULTI_TOKEN_ATTENTION_CUDA_STAGES_CUH_
#define HEDDLE_MULTI_TOKEN_ATTENTION_CUDA_STAGES_CUH_

#include "multi_token_attention/cuda_tile.cuh"

namespace heddle {

template <class T>
inline constexpr bool kExactProducts = sizeof(T) == 4;

inline constexpr int kConvolutionTiles = 6;  ///< of 8 keys that a warp computes at once
inline constexpr int kBand = 3;              ///< tiles of 8 keys that 16 weights and 8 keys touch

/// Up to 16 columns of one row of a kernel.
template <class T>
struct KernelRow {
  const T* weight;
  int count;

  __device__ float At(int c) const { return c >= 0 && c < count ? ToFloat(weight[c]) : 0; }
};

/// The products of one kernel row: along the keys a convolution is a product with a band matrix,
/// band[k, n] = weight[k - n]. Column 2 t + e of a tile is step t + 4 e of the sum.
template <class T>
__device__ inline void AddKernelRow(const KernelRow<T>& kernel, const float* row, const float* row8,
                                    int columns, int tiles, float (&c)[kConvolutionTiles][4]) {
  Lane at;
  float band[kBand][2];
#pragma unroll
  for (int s = 0; s < kBand; ++s) {
    band[s][0] = kernel.At(8 * s + 2 * at.t - at.g);
    band[s][1] = kernel.At(8 * s + 2 * at.t + 1 - at.g);
  }
  int steps = CeilDiv(kernel.count + 7, 8);
#pragma unroll
  for (int k = 0; k < kConvolutionTiles + kBand - 1; ++k) {
    if (8 * k < columns && k < tiles + steps - 1) {
      float2 low = *reinterpret_cast<const float2*>(row + 8 * k + 2 * at.t);
      float2 high = *reinterpret_cast<const float2*>(row8 + 8 * k + 2 * at.t);
      float a[4] = {low.x, high.x, low.y, high.y};
#pragma unroll
      for (int s = 0; s < kBand; ++s) {
        int n = k - s;
        if (n >= 0 && n < kConvolutionTiles && n < tiles && s < steps) {
          MmaFloat<kExactProducts<T>>(c[n], a, band[s][0], band[s][1]);
        }
      }
    }
  }
}

/// out[i, j] = sum over a, c of weight[a, c] in[i + a, j + c], rows and columns within the planes.
/// A warp computes 16 rows x 48 keys of one head.
/// @param masked cells that are not visible become 0
template <class T>
__device__ inline void Convolve(const Tile<T>& tile, const ScoreKernelOf<T>& kernel,
                                const Plane& in, const Plane& out, bool masked) {
  constexpr int kColumns = 8 * kConvolutionTiles;
  Lane at;
  int row_tasks = CeilDiv(out.rows, 16), column_tasks = CeilDiv(out.columns, kColumns);
  int tasks = tile.arguments->plan.group * row_tasks * column_tasks;
  int kernel_rows = static_cast<int>(kernel.rows),
      kernel_columns = static_cast<int>(kernel.columns);
  for (int task = at.warp; task < tasks; task += at.warps) {
    int column = task % column_tasks * kColumns, row = task / column_tasks % row_tasks * 16;
    int head = task / column_tasks / row_tasks;
    int tiles = Min(CeilDiv(out.columns - column, 8), kConvolutionTiles);
    const T* weight = kernel.weight + (tile.head0 + head) * kernel.rows * kernel.columns;
    float c[kConvolutionTiles][4] = {};
    for (int a = 0; a < kernel_rows; ++a) {
      const float* in_row = in.Row(head, Min(row + at.g + a, in.rows - 1));
      const float* in_row8 = in.Row(head, Min(row + at.g + 8 + a, in.rows - 1));
      for (int from = 0; from < kernel_columns; from += 16) {
        KernelRow<T> part{weight + a * kernel_columns + from, Min(kernel_columns - from, 16)};
        int start = column + from;
        AddKernelRow(part, in_row + start, in_row8 + start, in.stride - start, tiles, c);
      }
    }
#pragma unroll
    for (int n = 0; n < kConvolutionTiles; ++n) {
#pragma unroll
      for (int e = 0; e < 4; ++e) {
        int r = row + at.g + e / 2 * 8, j = column + 8 * n + 2 * at.t + e % 2;
        if (r < out.rows && j < out.columns) {
          bool kept = !masked || tile.SeesKey(out.row + r, out.key + j);
          out.Row(head, r)[j] = kept ? c[n][e] : 0;
        }
      }
    }
  }
}

/// out[h] = sum over the heads n of h's mix group of weight[h, n] in[n], cell by cell. A warp
/// computes 64 keys of one row for 8 heads: rows of the product are keys, columns are heads.
template <class T>
__device__ inline void MixHeads(const Tile<T>& tile, const HeadMixOf<T>& mix, const Plane& in,
                                const Plane& out) {
  constexpr int kTiles = 4;
  Lane at;
  int size = static_cast<int>(mix.size), head_tasks = CeilDiv(size, 8);
  int groups = tile.arguments->plan.group / size;
  int column_tasks = CeilDiv(out.columns, 16 * kTiles);
  int tasks = groups * head_tasks * out.rows * column_tasks;
  for (int task = at.warp; task < tasks; task += at.warps) {
    int head8 = task % head_tasks * 8, first = task / head_tasks % groups * size;
    int rest = task / head_tasks / groups;
    int row = rest % out.rows, column = rest / out.rows * 16 * kTiles;
    const T* weight = mix.weight + static_cast<int64_t>(tile.head0 + first) * size;
    // Heads t and t + 4 are neighbours in the result, so that stores fall into different banks.
    int out_head = head8 + at.g / 2 + at.g % 2 * 4;
    float c[kTiles][4] = {};
    for (int from = 0; from < size; from += 8) {
      int n0 = from + at.t, n4 = n0 + 4;
      bool inside = out_head < size;
      float b0 = inside && n0 < size ? ToFloat(weight[out_head * size + n0]) : 0;
      float b1 = inside && n4 < size ? ToFloat(weight[out_head * size + n4]) : 0;
      const float* low = in.Row(first + Min(n0, size - 1), row) + column + at.g;
      const float* high = in.Row(first + Min(n4, size - 1), row) + column + at.g;
#pragma unroll
      for (int m = 0; m < kTiles; ++m) {
        if (column + 16 * m < out.columns) {
          float a[4] = {low[16 * m], low[16 * m + 8], high[16 * m], high[16 * m + 8]};
          MmaFloat<kExactProducts<T>>(c[m], a, b0, b1);
        }
      }
    }
#pragma unroll
    for (int m = 0; m < kTiles; ++m) {
#pragma unroll
      for (int e = 0; e < 4; ++e) {
        int head = head8 + at.t + e % 2 * 4, j = column + 16 * m + at.g + e / 2 * 8;
        if (head < size && j < out.columns) {
          out.Row(first + head, row)[j] = c[m][e];
        }
      }
    }
  }
}

}  // namespace heddle

#endif  // HEDDLE_MULTI_TOKEN_ATTENTION_CUDA_STAGES_CUH_
