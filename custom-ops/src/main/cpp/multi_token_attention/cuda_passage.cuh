// The way of a step's cells through the planes of a block: from scores to logits, from weights to
// what comes after the softmax, and logits kept in memory between passes.
#ifndef HEDDLE_MULTI_TOKEN_ATTENTION_CUDA_PASSAGE_CUH_
#define HEDDLE_MULTI_TOKEN_ATTENTION_CUDA_PASSAGE_CUH_

#include "multi_token_attention/cuda_scores.cuh"
#include "multi_token_attention/cuda_stages.cuh"
#include "multi_token_attention/cuda_tile.cuh"

namespace heddle {

/// The planes of a block, and which of them holds the cells now.
struct PlanePair {
  float* first;
  float* second;
  int now = 0;
};

template <class T, bool kOutside>
__device__ Plane PlaneAt(const Tile<T, kOutside>& tile, const PlanePair& pair, int which, int rows,
                         int columns, int row, int key) {
  const PlaneShape& shape = tile.arguments->plan.plane[which];
  float* cells = which == 0 ? pair.first : pair.second;
  return Plane{cells, rows, columns, shape.stride, shape.head_stride, row, key};
}

/// Scores after the pre stages, of rows and keys that `rows`, `columns`, `row` and `key` tell.
template <class T, bool kOutside>
__device__ Plane Logits(const Tile<T, kOutside>& tile, PlanePair& pair, int rows, int columns,
                        int row, int key) {
  const AttentionParamsOf<T>& p = *tile.p;
  const Halo& halo = tile.arguments->plan.pre;
  pair.now = 0;
  Plane plane = PlaneAt(tile, pair, 0, rows + halo.rows, columns + halo.columns, row - halo.rows,
                        key - halo.left);
  Score(tile, plane);
  __syncthreads();
  if (p.pre_kernel) {
    pair.now = 1;
    Plane out = PlaneAt(tile, pair, 1, rows, columns, row, key);
    Convolve<false>(tile, p.pre_kernel, plane, out, p.pre_mix.weight != nullptr);
    plane = out;
    __syncthreads();
  }
  if (p.pre_mix) {
    pair.now ^= 1;
    Plane out = PlaneAt(tile, pair, pair.now, rows, columns, row, key);
    MixHeads(tile, p.pre_mix, plane, out);
    plane = out;
    __syncthreads();
  }
  return plane;
}

/// What comes after the softmax.
template <class T, bool kOutside>
__device__ Plane AfterSoftmax(const Tile<T, kOutside>& tile, PlanePair& pair, Plane plane, int row,
                              int key) {
  const AttentionParamsOf<T>& p = *tile.p;
  const StripPlan& plan = tile.arguments->plan;
  if (p.post_kernel) {
    pair.now ^= 1;
    Plane out = PlaneAt(tile, pair, pair.now, plan.rows, plan.columns, row, key);
    Convolve<true>(tile, p.post_kernel, plane, out, p.post_mix.weight != nullptr);
    plane = out;
    __syncthreads();
  }
  if (p.post_mix) {
    pair.now ^= 1;
    Plane out = PlaneAt(tile, pair, pair.now, plan.rows, plan.columns, row, key);
    MixHeads(tile, p.post_mix, plane, out);
    plane = out;
    __syncthreads();
  }
  return plane;
}

/// Scores between passes, [group][logit_rows][keys] of this tile.
template <class T, bool kOutside>
struct KeptLogits {
  const Tile<T, kOutside>& tile;

  template <class Cell>
  __device__ void ForEach(const Plane& plane, int end, Cell cell) const {
    const StripArguments<T>& a = *tile.arguments;
    Lane at;
    int rows = a.plan.group * plane.rows;
    float* kept = a.logits + tile.place.index * rows * a.plan.keys;
    for (int row = at.warp; row < rows; row += at.warps) {
      float* mine = plane.Row(row / plane.rows, row % plane.rows);
      for (int j = at.lane; j < plane.columns; j += 32) {
        int key = plane.key + j;
        cell(mine[j], key >= 0 && key < end ? kept + row * a.plan.keys + key : nullptr);
      }
    }
  }
};

}  // namespace heddle

#endif  // HEDDLE_MULTI_TOKEN_ATTENTION_CUDA_PASSAGE_CUH_
