// Products of a tile's weights with values, summed in registers over all steps.
//
// A warp has kTasks tasks of 16 rows x 64 features of one head. Lane 4 g + t reads
// features 8 g .. 8 g + 7 of the keys that its part of the product needs, so rows of values are
// read in whole lines; column g of product m is feature 8 g + m.
#ifndef HEDDLE_MULTI_TOKEN_ATTENTION_CUDA_VALUES_CUH_
#define HEDDLE_MULTI_TOKEN_ATTENTION_CUDA_VALUES_CUH_

#include "multi_token_attention/cuda_softmax.cuh"
#include "multi_token_attention/cuda_tile.cuh"

namespace heddle {

inline constexpr int kProducts = kTaskFeatures / 8;
template <int kTasks>
using ContextSums = float[kTasks][kProducts][4];

/// Head, first row and first feature, and which share of the keys; head -1 = nothing to do.
struct ValueTask {
  int head, row, feature, share;
};

template <int kTasks, class T, bool kOutside>
__device__ inline ValueTask TaskOfWarp(const Tile<T, kOutside>& tile, int i) {
  Lane at;
  const StripPlan& plan = tile.arguments->plan;
  int slices = CeilDiv(static_cast<int>(tile.p->head_dim), kTaskFeatures);
  int row_tasks = CeilDiv(plan.rows, 16);
  int sharing = at.warps / plan.shares, share = at.warp / sharing;
  int task = (tile.place.part * sharing + at.warp % sharing) * kTasks + i;
  if (task >= plan.group * row_tasks * slices || share >= plan.shares) {
    return ValueTask{-1, 0, 0, 0};
  }
  return ValueTask{task / slices / row_tasks, task / slices % row_tasks * 16,
                   task % slices * kTaskFeatures, share};
}

/// This lane's part of 16 keys of 16-bit values: keys 2 t, 2 t + 1, 2 t + 8 and 2 t + 9.
template <bool kWhole, class T>
__device__ inline void LoadKeys16(const Rows<T>& values, int key, int feature, Vector (&v)[4]) {
  Lane at;
  int first = key + 2 * at.t;
  // Keys that lie together and are all there have one address to compute.
  bool together = key + 16 <= values.end && (key >= values.border || key + 16 <= values.border);
  if (kWhole && together) {
    const T* row = values.At(first);
#pragma unroll
    for (int i = 0; i < 4; ++i) {
      v[i] = LoadVector<kWhole>(row + (i % 2 + i / 2 * 8) * values.size, feature, values.size);
    }
    return;
  }
#pragma unroll
  for (int i = 0; i < 4; ++i) {
    int position = first + i % 2 + i / 2 * 8;
    v[i] = LoadVector<kWhole>(values.At(position), feature, values.size, values.Has(position));
  }
}

/// 16 keys of 16-bit values.
template <bool kWhole, class T>
__device__ inline void AddKeys16(const Rows<T>& values, const float* row, const float* row8,
                                 int key, int feature, float (&c)[kProducts][4]) {
  Lane at;
  float2 low = *reinterpret_cast<const float2*>(row + 2 * at.t);
  float2 low8 = *reinterpret_cast<const float2*>(row8 + 2 * at.t);
  float2 high = *reinterpret_cast<const float2*>(row + 8 + 2 * at.t);
  float2 high8 = *reinterpret_cast<const float2*>(row8 + 8 + 2 * at.t);
  uint32_t a[4] = {PackPair<T>(low.x, low.y), PackPair<T>(low8.x, low8.y),
                   PackPair<T>(high.x, high.y), PackPair<T>(high8.x, high8.y)};
  Vector v[4];
  LoadKeys16<kWhole>(values, key, feature + 8 * at.g, v);
#pragma unroll
  for (int m = 0; m < kProducts; ++m) {
    uint32_t b0 = PairHalves(v[0].word[m / 2], v[1].word[m / 2], m % 2);
    uint32_t b1 = PairHalves(v[2].word[m / 2], v[3].word[m / 2], m % 2);
    Mma16(T{}, c[m], a, b0, b1);
  }
}

/// 8 keys of float32 values; key 2 t + e is step t + 4 e of the sum.
template <bool kWhole>
__device__ inline void AddKeys32(const Rows<float>& values, const float* row, const float* row8,
                                 int key, int feature, float (&c)[kProducts][4]) {
  Lane at;
  float2 low = *reinterpret_cast<const float2*>(row + 2 * at.t);
  float2 low8 = *reinterpret_cast<const float2*>(row8 + 2 * at.t);
  float a[4] = {low.x, low8.x, low.y, low8.y};
  Vector v[2][2];
#pragma unroll
  for (int i = 0; i < 4; ++i) {
    int position = key + 2 * at.t + i / 2;
    v[i / 2][i % 2] = LoadVector<kWhole>(values.At(position), feature + 8 * at.g + i % 2 * 4,
                                         values.size, values.Has(position));
  }
#pragma unroll
  for (int m = 0; m < kProducts; ++m) {
    MmaFloat<true>(c[m], a, FromBits(v[0][m / 4].word[m % 4]), FromBits(v[1][m / 4].word[m % 4]));
  }
}

/// Adds this task's keys of one step.
template <bool kWhole, class T, bool kOutside>
__device__ inline void AddKeys(const Tile<T, kOutside>& tile, const Plane& plane,
                               const ValueTask& task, float (&c)[kProducts][4]) {
  constexpr int kKeys = sizeof(T) == 2 ? 16 : 8;
  Lane at;
  Rows<T> values = tile.Keys(tile.p->past_value, tile.p->value, task.head);
  // Cells beyond the step's last key are whatever was there before.
  values.end = Min(values.end, plane.key + plane.columns);
  const float* row = plane.Row(task.head, Min(task.row + at.g, plane.rows - 1));
  const float* row8 = plane.Row(task.head, Min(task.row + at.g + 8, plane.rows - 1));
  int stride = kKeys * tile.arguments->plan.shares;
  for (int k = kKeys * task.share; k < plane.columns; k += stride) {
    if constexpr (sizeof(T) == 2) {
      AddKeys16<kWhole>(values, row + k, row8 + k, plane.key + k, task.feature, c);
    } else {
      AddKeys32<kWhole>(values, row + k, row8 + k, plane.key + k, task.feature, c);
    }
  }
}

/// Adds the keys of one step; `online`: what was summed before shrinks first.
template <int kTasks, class T, bool kOutside>
__device__ inline void AddValues(const Tile<T, kOutside>& tile, const Plane& plane, bool online,
                                 const RowStatistics& known, ContextSums<kTasks>& sums) {
  Lane at;
#pragma unroll
  for (int i = 0; i < kTasks; ++i) {
    ValueTask task = TaskOfWarp<kTasks>(tile, i);
    if (task.head < 0) {
      continue;
    }
    const float* factors = known.factor + task.head * plane.rows;
    float factor = online ? factors[Min(task.row + at.g, plane.rows - 1)] : 1;
    float factor8 = online ? factors[Min(task.row + at.g + 8, plane.rows - 1)] : 1;
    float c[kProducts][4];
#pragma unroll
    for (int m = 0; m < kProducts; ++m) {
      c[m][0] = sums[i][m][0] * factor;
      c[m][1] = sums[i][m][1] * factor;
      c[m][2] = sums[i][m][2] * factor8;
      c[m][3] = sums[i][m][3] * factor8;
    }
    if (WholeVectors<T>(static_cast<int>(tile.p->head_dim))) {
      AddKeys<true>(tile, plane, task, c);
    } else {
      AddKeys<false>(tile, plane, task, c);
    }
#pragma unroll
    for (int m = 0; m < kProducts; ++m) {
#pragma unroll
      for (int e = 0; e < 4; ++e) {
        sums[i][m][e] = c[m][e];
      }
    }
  }
}

/// Sums of this block's keys to memory.
template <int kTasks, class T, bool kOutside>
__device__ inline void StoreSums(const Tile<T, kOutside>& tile, int64_t split,
                                 const ContextSums<kTasks>& sums) {
  Lane at;
  const AttentionParamsOf<T>& p = *tile.p;
  int d = static_cast<int>(p.head_dim);
#pragma unroll
  for (int i = 0; i < kTasks; ++i) {
    ValueTask task = TaskOfWarp<kTasks>(tile, i);
#pragma unroll
    for (int e = 0; e < 4; ++e) {
      int64_t position = tile.place.row_begin + task.row + at.g + e / 2 * 8;
      if (task.head < 0 || position >= tile.place.row_end) {
        continue;
      }
      int64_t sums_of = split * tile.arguments->plan.shares + task.share;
      int64_t head = (sums_of * p.batch + tile.place.b) * p.heads + tile.place.head0 + task.head;
      float* out =
          tile.arguments->context + (head * p.q_len + position - tile.place.run.out_begin) * d;
      int feature = task.feature + 8 * (2 * at.t + e % 2);
#pragma unroll
      for (int m = 0; m < kProducts; ++m) {
        if (feature + m < d) {
          out[feature + m] = sums[i][m][e];
        }
      }
    }
  }
}

}  // namespace heddle

#endif  // HEDDLE_MULTI_TOKEN_ATTENTION_CUDA_VALUES_CUH_
