// What all stages of a tile share: its place in the sequence, its planes of cells, what is visible.
#ifndef HEDDLE_MULTI_TOKEN_ATTENTION_CUDA_TILE_CUH_
#define HEDDLE_MULTI_TOKEN_ATTENTION_CUDA_TILE_CUH_

#include "common/warp_math.cuh"
#include "multi_token_attention/cuda.h"
#include "multi_token_attention/cuda_plan.h"

namespace heddle {

enum class Pass {
  kOnline,      ///< nothing comes after the softmax: one pass, statistics on the way
  kStatistics,  ///< first of two passes: largest score and sum of each row
  kOutput       ///< second one: weights, what comes after the softmax, products with values
};

template <class T>
struct StripArguments {
  AttentionParamsOf<T> p;
  const TokenRun* runs;
  const bool* real;  ///< dynamic cache: [batch, past_len + q_len], rows mask_columns apart
  int64_t mask_columns;
  StripPlan plan;
  Pass pass;
  float* planes;       ///< [blocks][both planes]; null = shared memory
  float2* statistics;  ///< [splits][tiles][group][logit_rows]: largest, sum
  float* logits;       ///< [tiles][group][logit_rows][keys]; null = not kept
  float* context;      ///< [splits][shares][batch][heads][q_len][head_dim], from out_begin on
};

/// Cells [group][rows][columns] of one stage; cell (0, 0) is (row, key) of the sequence.
struct Plane {
  float* cells;
  int rows, columns, stride;
  int64_t head_stride;
  int64_t row, key;

  __device__ float* Row(int head, int r) const { return cells + head * head_stride + r * stride; }
};

/// Rows of keys, values or queries of one head, by position.
template <class T>
struct Rows {
  const T* past;  ///< where position 0 would be
  const T* now;
  int64_t border, begin, end;  ///< first new position; positions that are there
  int size;

  __device__ const T* At(int64_t position) const {
    if (position < begin || position >= end) {
      return nullptr;
    }
    return position < border ? past + position * size : now + (position - border) * size;
  }
};

/// Where a warp's lane stands in matrix products: 4 lanes along a row.
struct Lane {
  int warp = static_cast<int>(threadIdx.x) / 32, warps = static_cast<int>(blockDim.x) / 32;
  int lane = static_cast<int>(threadIdx.x) % 32;
  int g = lane / 4, t = lane % 4;

  __device__ Lane() {}
};

/// One tile; heads are numbered within its group.
template <class T>
struct Tile {
  const StripArguments<T>* arguments;
  const AttentionParamsOf<T>* p;
  TokenRun run;
  const bool* real;  ///< by position; null = no pads among them
  int64_t index, b;
  int head0;                   ///< first head of the group
  int64_t row_begin, row_end;  ///< positions of its query rows
  int part;

  __device__ bool SeesKey(int64_t row, int64_t key) const {
    bool there = row >= run.row_begin && row < run.keys && key >= 0 && key < run.keys &&
                 p->visible.Sees(row, key);
    return there && (real == nullptr || (real[row] && real[key]));
  }

  __device__ Rows<T> Keys(const T* past, const T* now, int head) const {
    int64_t kv = b * p->kv_heads + (head0 + head) / (p->heads / p->kv_heads);
    int64_t before = run.past_len - run.first_slot;
    return Rows<T>{past + (kv * p->past_capacity + run.first_slot) * p->head_dim,
                   now + (kv * p->q_len - Min<int64_t>(before, 0)) * p->head_dim,
                   Max<int64_t>(before, 0),
                   0,
                   run.keys,
                   static_cast<int>(p->head_dim)};
  }
  __device__ Rows<T> Queries(int head) const {
    int64_t h = b * p->heads + head0 + head;
    int64_t before = run.past_len - run.first_slot;
    return Rows<T>{p->past_query + (h * p->past_rows + p->past_rows - before) * p->head_dim,
                   p->query + (h * p->q_len - Min<int64_t>(before, 0)) * p->head_dim,
                   Max<int64_t>(before, 0),
                   run.row_begin,
                   run.keys,
                   static_cast<int>(p->head_dim)};
  }
};

}  // namespace heddle

#endif  // HEDDLE_MULTI_TOKEN_ATTENTION_CUDA_TILE_CUH_
