// Softmax of a tile's rows, in powers of 2. A warp takes four rows at a time, 8 lanes for each.
#ifndef HEDDLE_MULTI_TOKEN_ATTENTION_CUDA_SOFTMAX_CUH_
#define HEDDLE_MULTI_TOKEN_ATTENTION_CUDA_SOFTMAX_CUH_

#include <cmath>

#include "multi_token_attention/cuda_tile.cuh"

namespace heddle {

/// What is known of each row [group][logit_rows], in shared memory.
struct RowStatistics {
  float* largest;  ///< score so far; -inf = no visible cell
  float* sum;      ///< of 2^(score - largest); in the last pass its reciprocal
  float* factor;   ///< by which this step's `largest` shrinks older sums
};

inline constexpr int kRowLanes = 8;

/// Where a lane stands in the softmax. The last rows of a warp may not be there: all lanes take
/// part in the sums, such a lane with no columns.
/// @tparam kPads there are pads among the keys
template <bool kPads>
struct RowLane {
  float* row;
  int index;  ///< among the rows of all heads
  bool there;
  SeenColumns seen;
  int first, end;  ///< this lane's columns: 4 side by side from `first` on, and further ones

  template <class T, bool kOutside>
  __device__ RowLane(const Tile<T, kOutside>& tile, const Plane& plane, int from) {
    Lane at;
    int rows = tile.arguments->plan.group * plane.rows, i = from + at.lane / kRowLanes;
    there = i < rows;
    index = Min(i, rows - 1);
    row = plane.Row(index / plane.rows, index % plane.rows);
    seen = tile.Seen(plane, index % plane.rows);
    if (!kPads) {
      seen.real = nullptr;  // known to the compiler from here on
    }
    first = at.lane % kRowLanes * 4;
    end = there ? plane.columns : 0;
  }
};

/// Four cells of a row side by side.
struct alignas(16) Cells {
  float cell[4];
};

/// Cells from column j on; -inf for those that are not seen.
__device__ inline Cells LoadSeen(const float* row, int j, const SeenColumns& seen) {
  Cells cells = *reinterpret_cast<const Cells*>(row + j);
#pragma unroll
  for (int e = 0; e < 4; ++e) {
    cells.cell[e] = seen.Has(j + e) ? cells.cell[e] : -INFINITY;
  }
  return cells;
}

/// Takes a step's scores into the statistics; with `weights` they become 2^(score - largest).
template <bool kPads, class T, bool kOutside>
__device__ inline void AddToStatistics(const Tile<T, kOutside>& tile, const Plane& plane,
                                       bool weights, const RowStatistics& known) {
  constexpr int kRows = 32 / kRowLanes, kStep = 4 * kRowLanes;
  Lane at;
  int rows = tile.arguments->plan.group * plane.rows;
  for (int from = kRows * at.warp; from < rows; from += kRows * at.warps) {
    RowLane<kPads> lane(tile, plane, from);
    float before = lane.there ? known.largest[lane.index] : -INFINITY, largest = before;
#pragma unroll 4
    for (int j = lane.first; j < lane.end; j += kStep) {
      Cells cells = LoadSeen(lane.row, j, lane.seen);
      float low = fmaxf(cells.cell[0], cells.cell[1]), high = fmaxf(cells.cell[2], cells.cell[3]);
      largest = fmaxf(largest, fmaxf(low, high));
    }
    largest = WarpMax<kRowLanes>(largest);
    // Of a row that sees nothing yet all powers are 0.
    float base = largest == -INFINITY ? 0 : largest;
    float sum = 0;
#pragma unroll 4
    for (int j = lane.first; j < lane.end; j += kStep) {
      Cells cells = LoadSeen(lane.row, j, lane.seen);
#pragma unroll
      for (int e = 0; e < 4; ++e) {
        cells.cell[e] = Exp2(cells.cell[e] - base);
        sum += cells.cell[e];
      }
      if (weights) {
        *reinterpret_cast<Cells*>(lane.row + j) = cells;
      }
    }
    sum = WarpSum<kRowLanes>(sum);
    SyncWarp();
    if (lane.there && lane.first == 0) {
      float factor = before == -INFINITY ? 0 : Exp2(before - base);
      known.factor[lane.index] = factor;
      known.sum[lane.index] = known.sum[lane.index] * factor + sum;
      known.largest[lane.index] = largest;
    }
  }
}

/// Scores become weights; the statistics are complete.
template <bool kPads, class T, bool kOutside>
__device__ inline void Weigh(const Tile<T, kOutside>& tile, const Plane& plane,
                             const RowStatistics& known) {
  constexpr int kRows = 32 / kRowLanes, kStep = 4 * kRowLanes;
  Lane at;
  int rows = tile.arguments->plan.group * plane.rows;
  for (int from = kRows * at.warp; from < rows; from += kRows * at.warps) {
    RowLane<kPads> lane(tile, plane, from);
    float largest = known.largest[lane.index], factor = known.sum[lane.index];
    float base = largest == -INFINITY ? 0 : largest;
    for (int j = lane.first; j < lane.end; j += kStep) {
      Cells cells = LoadSeen(lane.row, j, lane.seen);
#pragma unroll
      for (int e = 0; e < 4; ++e) {
        float weight = Exp2(cells.cell[e] - base) * factor;
        cells.cell[e] = Cell<!kExactProducts<T>>(weight);
      }
      *reinterpret_cast<Cells*>(lane.row + j) = cells;
    }
  }
}

/// Joins what the splits of the keys found for one row: the largest score and the sum.
__device__ inline float2 JoinStatistics(const float2* first, int64_t splits, int64_t stride) {
  float largest = -INFINITY, sum = 0;
  for (int64_t s = 0; s < splits; ++s) {
    largest = Max(largest, first[s * stride].x);
  }
  // A sum of 0 is a row that sees nothing; one of NaN stays so.
  float base = largest == -INFINITY ? 0 : largest;
  for (int64_t s = 0; s < splits; ++s) {
    float2 part = first[s * stride];
    sum += part.y == 0 ? 0 : part.y * Exp2(part.x - base);
  }
  return float2{largest, sum};
}

}  // namespace heddle

#endif  // HEDDLE_MULTI_TOKEN_ATTENTION_CUDA_SOFTMAX_CUH_
