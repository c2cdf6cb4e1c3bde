// Score convolution and head mix of a tile as matrix products (float32 read as tf32; for float32
// models three products of parts), from one plane into another.
#ifndef HEDDLE_MULTI_TOKEN_ATTENTION_CUDA_STAGES_CUH_
#define HEDDLE_MULTI_TOKEN_ATTENTION_CUDA_STAGES_CUH_

#include "multi_token_attention/cuda_tile.cuh"

namespace heddle {

inline constexpr int kConvolutionTiles = 8;  ///< of 8 keys that a warp computes at once
/// Up to 16 columns of one row of a kernel.
template <class T>
struct KernelRow {
  const T* weight;
  int count;

  __device__ float At(int c) const {
    return static_cast<unsigned>(c) < static_cast<unsigned>(count) ? ToFloat(weight[c]) : 0;
  }
};

/// Where this lane reads tiles of 16 rows x 8 cells. Rows beyond the last one are read as that one;
/// their results are dropped.
template <bool kOutside>
struct CellRows {
  const float* first;
  const float* second;  ///< planes outside only

  __device__ CellRows(const Plane& plane, int head, int row, int column) {
    Lane at;
    int last = plane.rows - 1;
    if (kOutside) {
      first = plane.Row(head, Min(row + at.g, last)) + column + at.t;
      second = plane.Row(head, Min(row + at.g + 8, last)) + column + at.t;
    } else {
      first = plane.Row(head, Min(row + at.lane % 16, last)) + column + at.lane / 16 * 4;
    }
  }

  /// The tile from `cell` on, as MmaTf32 wants it.
  __device__ void Load(float (&a)[4], int cell) const {
    if constexpr (kOutside) {
      a[0] = first[cell];
      a[1] = second[cell];
      a[2] = first[cell + 4];
      a[3] = second[cell + 4];
    } else {
      LoadTile(a, first + cell);
    }
  }
};

/// The products of one kernel row: along the keys a convolution is a product with a band matrix,
/// band[k, n] = weight[k - n].
/// @tparam kBand tiles of 8 keys that the weights and 8 keys touch
template <int kBand, bool kOutside, class T>
__device__ inline void AddKernelRow(const KernelRow<T>& kernel, const CellRows<kOutside>& rows,
                                    float (&c)[kConvolutionTiles][4]) {
  Lane at;
  float band[kBand][2];
#pragma unroll
  for (int s = 0; s < kBand; ++s) {
    band[s][0] = kernel.At(8 * s + at.t - at.g);
    band[s][1] = kernel.At(8 * s + 4 + at.t - at.g);
  }
  // Whole tiles, also beyond the last column: what is read there meets weights of 0 or is dropped.
#pragma unroll
  for (int k = 0; k < kConvolutionTiles + kBand - 1; ++k) {
    float a[4];
    rows.Load(a, 8 * k);
#pragma unroll
    for (int s = 0; s < kBand; ++s) {
      int n = k - s;
      if (n >= 0 && n < kConvolutionTiles) {
        MmaFloat<kExactProducts<T>>(c[n], a, band[s][0], band[s][1]);
      }
    }
  }
}

/// Where 16 rows of cells of one head begin.
struct CellTask {
  int head, row, column;
};

/// @tparam kMasked cells that are not visible become 0
/// @tparam kRounded a mix reads them
template <bool kMasked, bool kRounded, class T, bool kOutside>
__device__ inline void StoreCells(const Tile<T, kOutside>& tile, const Plane& out,
                                  const CellTask& task, const float (&c)[kConvolutionTiles][4]) {
  Lane at;
#pragma unroll
  for (int i = 0; i < 2; ++i) {
    int r = task.row + at.g + 8 * i;
    if (r >= out.rows) {
      continue;
    }
    float* row = out.Row(task.head, r);
    SeenColumns seen = kMasked ? tile.Seen(out, r) : SeenColumns{};
#pragma unroll
    for (int n = 0; n < kConvolutionTiles; ++n) {
      int j = task.column + 8 * n + 2 * at.t;
      // Rows have room for whole tiles of 8.
      if (j < out.columns) {
        float low = !kMasked || seen.Has(j) ? c[n][2 * i] : 0;
        float high = !kMasked || seen.Has(j + 1) ? c[n][2 * i + 1] : 0;
        *reinterpret_cast<float2*>(row + j) = float2{Cell<kRounded>(low), Cell<kRounded>(high)};
      }
    }
  }
}

/// out[i, j] = sum over a, c of weight[a, c] in[i + a, j + c], rows and columns within the planes.
/// A warp computes 16 rows x 64 keys of one head.
/// @tparam kMasked cells that are not visible become 0
/// @param rounded a mix reads the result
template <bool kMasked, class T, bool kOutside>
__device__ inline void Convolve(const Tile<T, kOutside>& tile, const ScoreKernelOf<T>& kernel,
                                const Plane& in, const Plane& out, bool rounded) {
  constexpr int kColumns = 8 * kConvolutionTiles;
  Lane at;
  int row_tasks = CeilDiv(out.rows, 16), column_tasks = CeilDiv(out.columns, kColumns);
  int tasks = tile.arguments->plan.group * row_tasks * column_tasks;
  int kernel_rows = static_cast<int>(kernel.rows),
      kernel_columns = static_cast<int>(kernel.columns);
  for (int task = at.warp; task < tasks; task += at.warps) {
    int column = task % column_tasks * kColumns, row = task / column_tasks % row_tasks * 16;
    int head = task / column_tasks / row_tasks;
    const T* weight = kernel.weight + (tile.place.head0 + head) * kernel.rows * kernel.columns;
    float c[kConvolutionTiles][4] = {};
    for (int a = 0; a < kernel_rows; ++a) {
      for (int from = 0; from < kernel_columns; from += 16) {
        KernelRow<T> part{weight + a * kernel_columns + from, Min(kernel_columns - from, 16)};
        CellRows<kOutside> rows(in, head, row + a, column + from);
        if (part.count > 9) {
          AddKernelRow<3>(part, rows, c);
        } else {
          AddKernelRow<2>(part, rows, c);
        }
      }
    }
    if (rounded && !kExactProducts<T>) {
      StoreCells<kMasked, true>(tile, out, CellTask{head, row, column}, c);
    } else {
      StoreCells<kMasked, false>(tile, out, CellTask{head, row, column}, c);
    }
  }
}

/// out[h] = sum over the heads n of h's mix group of weight[h, n] in[n], cell by cell. A warp
/// computes 64 keys of one row for 8 heads: rows of the product are keys, columns are heads.
template <class T, bool kOutside>
__device__ inline void MixHeads(const Tile<T, kOutside>& tile, const HeadMixOf<T>& mix,
                                const Plane& in, const Plane& out) {
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
    const T* weight = mix.weight + static_cast<int64_t>(tile.place.head0 + first) * size;
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
