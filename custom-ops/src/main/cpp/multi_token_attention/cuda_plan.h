// How the work of one call is cut into blocks of a GPU.
#ifndef HEDDLE_MULTI_TOKEN_ATTENTION_CUDA_PLAN_H_
#define HEDDLE_MULTI_TOKEN_ATTENTION_CUDA_PLAN_H_

#include <cstddef>
#include <cstdint>

#include "multi_token_attention/params.h"

namespace heddle {

/// Features of a task, besides its 16 rows: what a warp sums in registers.
inline constexpr int kTaskFeatures = 64;
/// What a block knows of its tile, at the start of shared memory.
inline constexpr size_t kTileBytes = 256;
/// Up to so many query rows are a decoding step.
inline constexpr int64_t kFewRowsOnDevice = 16;

/// Rows and columns that a score convolution reads around a cell, 0 without one.
struct Halo {
  int rows = 0, columns = 0, left = 0;
};

/// What a plan depends on.
struct StripShape {
  int64_t batch, heads, kv_heads, head_dim, q_len;
  int64_t keys;                   ///< of the longest sequence, at most
  int64_t pre_group, post_group;  ///< heads that a mix joins, 1 without one
  Halo pre, post;
  bool two_passes;  ///< something comes after the softmax
};

struct DeviceLimits {
  int64_t shared_bytes;  ///< of a block
  int64_t processors;
};

/// Cells (query row, key) of several heads in memory.
struct PlaneShape {
  int rows = 0, columns = 0;
  int stride = 0;  ///< floats from row to row; whole vectors of 4, against conflicts an odd number
  int64_t head_stride = 0;  ///< 8 more than a multiple of 16, against conflicts
  int64_t floats = 0;       ///< of all heads
};

/// A tile = `rows` query rows of `group` heads of one sequence. A block steps through its keys,
/// `columns` at a time.
struct StripPlan {
  int group = 1;
  int sharing = 1;  ///< heads that share keys
  int rows = 0, columns = 0;
  Halo pre, post;
  PlaneShape plane[2];  ///< stages read one and write the other
  int64_t row_tiles = 0, tiles = 0;
  int threads = 0;
  int warp_tasks = 1;           ///< tasks of a warp, 1 or 2
  int parts = 1;                ///< blocks that share a tile's heads and features
  int64_t splits = 1;           ///< blocks that share a tile's keys
  int shares = 1;               ///< warps that share a task's keys; each leaves its own sums
  bool keep_logits = false;     ///< written by the first pass, read by the second
  bool planes_outside = false;  ///< too large for shared memory: in scratch memory of each block
  int64_t blocks = 0;
  size_t shared_bytes = 0;
  int64_t keys = 0;

  HEDDLE_HD int logit_rows() const { return rows + post.rows; }
  HEDDLE_HD int logit_columns() const { return columns + post.columns; }
};

/// @param p with past_len = slots that a sequence's past has at most
template <class T>
StripShape ShapeOf(const AttentionParamsOf<T>& p) {
  StripShape s{};
  s.batch = p.batch;
  s.heads = p.heads;
  s.kv_heads = p.kv_heads;
  s.head_dim = p.head_dim;
  s.q_len = p.q_len;
  s.keys = p.keys();
  s.pre_group = p.pre_mix ? p.pre_mix.size : 1;
  s.post_group = p.post_mix ? p.post_mix.size : 1;
  s.pre = Halo{static_cast<int>(p.pre_kernel.rows - 1), static_cast<int>(p.pre_kernel.columns - 1),
               static_cast<int>(p.pre_kernel.left)};
  s.post = Halo{static_cast<int>(p.post_kernel.rows - 1),
                static_cast<int>(p.post_kernel.columns - 1), static_cast<int>(p.post_kernel.left)};
  s.two_passes = p.post_kernel || p.post_mix;
  return s;
}

/// Of the current GPU.
DeviceLimits LimitsOfDevice();

StripPlan PlanStrips(const StripShape& shape, const DeviceLimits& limits);

}  // namespace heddle

#endif  // HEDDLE_MULTI_TOKEN_ATTENTION_CUDA_PLAN_H_
