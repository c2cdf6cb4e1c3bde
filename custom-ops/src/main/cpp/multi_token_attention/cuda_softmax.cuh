// Softmax of a tile's rows, in powers of 2. A warp takes a row of one head.
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

/// Takes a step's scores into the statistics; with `weights` they become 2^(score - largest).
template <class T>
__device__ inline void AddToStatistics(const Tile<T>& tile, const Plane& plane, bool weights,
                                       const RowStatistics& known) {
  Lane at;
  for (int i = at.warp; i < tile.arguments->plan.group * plane.rows; i += at.warps) {
    int head = i / plane.rows, r = i % plane.rows;
    float* row = plane.Row(head, r);
    float before = known.largest[i], largest = before;
    for (int j = at.lane; j < plane.columns; j += 32) {
      if (tile.SeesKey(plane.row + r, plane.key + j)) {
        largest = Max(largest, row[j]);
      }
    }
    largest = WarpMax(largest);
    float sum = 0;
    for (int j = at.lane; j < plane.columns; j += 32) {
      bool seen = tile.SeesKey(plane.row + r, plane.key + j);
      float power = seen ? Exp2(row[j] - largest) : 0;
      sum += power;
      if (weights) {
        row[j] = power;
      }
    }
    sum = WarpSum(sum);
    SyncWarp();
    if (at.lane == 0) {
      float factor = before == -INFINITY ? 0 : Exp2(before - largest);
      known.factor[i] = factor;
      known.sum[i] = known.sum[i] * factor + sum;
      known.largest[i] = largest;
    }
  }
}

/// Scores become weights; the statistics are complete.
template <class T>
__device__ inline void Weigh(const Tile<T>& tile, const Plane& plane, const RowStatistics& known) {
  Lane at;
  for (int i = at.warp; i < tile.arguments->plan.group * plane.rows; i += at.warps) {
    int head = i / plane.rows, r = i % plane.rows;
    float* row = plane.Row(head, r);
    for (int j = at.lane; j < plane.columns; j += 32) {
      bool seen = tile.SeesKey(plane.row + r, plane.key + j);
      row[j] = seen ? Exp2(row[j] - known.largest[i]) * known.sum[i] : 0;
    }
  }
}

/// Joins what the splits of the keys found for one row: the largest score and the sum.
__device__ inline float2 JoinStatistics(const float2* first, int64_t splits, int64_t stride) {
  float largest = -INFINITY, sum = 0;
  for (int64_t s = 0; s < splits; ++s) {
    largest = Max(largest, first[s * stride].x);
  }
  for (int64_t s = 0; s < splits; ++s) {
    float2 part = first[s * stride];
    sum += part.x == -INFINITY ? 0 : part.y * Exp2(part.x - largest);
  }
  return float2{largest, sum};
}

}  // namespace heddle

#endif  // HEDDLE_MULTI_TOKEN_ATTENTION_CUDA_SOFTMAX_CUH_
