// Scores of a tile: products of queries and keys, read straight from memory into the registers of
// matrix products.
//
//   plane[h, i, j] = q[h, i] . k[h / sharing, j] * scale / ln 2, 0 where i does not see j
//
// A warp computes 32 rows x 32 keys of one head. Lane 4 g + t reads 16 bytes of rows g, g + 8, ...,
// the four lanes of a row side by side; heads that share keys lie next to each other in the order
// of work, so that keys come from memory once.
#ifndef HEDDLE_MULTI_TOKEN_ATTENTION_CUDA_SCORES_CUH_
#define HEDDLE_MULTI_TOKEN_ATTENTION_CUDA_SCORES_CUH_

#include "multi_token_attention/cuda_tile.cuh"

namespace heddle {

inline constexpr int kScoreTiles = 4;  ///< of 8 keys

/// The part of one warp.
struct ScoreTask {
  int head, row, column;
};

/// Rows and keys beyond the ends give scores that are dropped, so any row may stand for them.
/// @tparam kWhole rows are whole vectors
/// @tparam kSteps rows are whole steps of 4 vectors
template <bool kWhole, bool kSteps, class T, bool kOutside>
__device__ inline void MultiplyRows(const Tile<T, kOutside>& tile, const Plane& plane,
                                    const ScoreTask& task, float (&c)[2][kScoreTiles][4]) {
  Lane at;
  const T* rows[4];
  const T* keys[kScoreTiles];
  Rows<T> queries = tile.Queries(task.head);
  Rows<T> all_keys = tile.Keys(tile.p->past_key, tile.p->key, task.head);
#pragma unroll
  for (int i = 0; i < 4; ++i) {
    rows[i] = queries.Nearest(plane.row + task.row + 8 * i + at.g);
  }
#pragma unroll
  for (int n = 0; n < kScoreTiles; ++n) {
    keys[n] = all_keys.Nearest(plane.key + task.column + 8 * n + at.g);
  }
  int size = all_keys.size;
  constexpr int kCount = kVectorElements<T>;
#pragma unroll 1  // two steps at once have no registers
  for (int from = 0; from < size; from += 4 * kCount) {
    int x = from + at.t * kCount, end = kSteps ? INT32_MAX : size;
    Vector a[4];
#pragma unroll
    for (int i = 0; i < 4; ++i) {
      a[i] = LoadVector<kWhole>(rows[i], x, end);
    }
    Vector b[kScoreTiles];
#pragma unroll
    for (int n = 0; n < kScoreTiles; ++n) {
      b[n] = LoadVector<kWhole>(keys[n], x, end);
    }
#pragma unroll
    for (int n = 0; n < kScoreTiles; ++n) {
      MmaRows<T>(c[0][n], a[0], a[1], b[n]);
      MmaRows<T>(c[1][n], a[2], a[3], b[n]);
    }
  }
}

/// @tparam kAll all cells are seen
/// @tparam kRounded a convolution or mix reads them
template <bool kAll, bool kRounded, class T, bool kOutside>
__device__ inline void StoreScores(const Tile<T, kOutside>& tile, const Plane& plane,
                                   const ScoreTask& task, const float (&c)[2][kScoreTiles][4]) {
  Lane at;
  float factor = tile.p->scale * 1.44269504088896f;
#pragma unroll
  for (int i = 0; i < 4; ++i) {
    int r = task.row + 8 * i + at.g;
    if (r >= plane.rows) {
      continue;
    }
    float* row = plane.Row(task.head, r) + task.column + 2 * at.t;
    SeenColumns seen = kAll ? SeenColumns{} : tile.Seen(plane, r);
#pragma unroll
    for (int n = 0; n < kScoreTiles; ++n) {
      int column = task.column + 8 * n + 2 * at.t;
      float low = factor * c[i / 2][n][i % 2 * 2], high = factor * c[i / 2][n][i % 2 * 2 + 1];
      if (!kAll) {
        low = seen.Has(column) ? low : 0;
        high = seen.Has(column + 1) ? high : 0;
      }
      // Rows have room for whole tiles of 8.
      if (kAll || column < plane.columns) {
        *reinterpret_cast<float2*>(row + 8 * n) = float2{Cell<kRounded>(low), Cell<kRounded>(high)};
      }
    }
  }
}

template <class T, bool kOutside>
__device__ inline void Score(const Tile<T, kOutside>& tile, const Plane& plane) {
  Lane at;
  int heads = tile.arguments->plan.group;
  int row_tasks = CeilDiv(plane.rows, 32), column_tasks = CeilDiv(plane.columns, 8 * kScoreTiles);
  for (int task = at.warp; task < heads * row_tasks * column_tasks; task += at.warps) {
    ScoreTask part{task % heads, task / heads % row_tasks * 32,
                   task / heads / row_tasks * 8 * kScoreTiles};
    float c[2][kScoreTiles][4] = {};
    // Above the diagonal and before the window nothing is visible.
    int first_row = plane.row + part.row, first_key = plane.key + part.column;
    if (first_key < tile.p->visible.End(first_row + 31) &&
        first_key + 8 * kScoreTiles > tile.p->visible.First(Max(first_row, 0))) {
      int size = static_cast<int>(tile.p->head_dim);
      if (size % (4 * kVectorElements<T>) == 0) {
        MultiplyRows<true, true>(tile, plane, part, c);
      } else if (WholeVectors<T>(size)) {
        MultiplyRows<true, false>(tile, plane, part, c);
      } else {
        MultiplyRows<false, false>(tile, plane, part, c);
      }
    }
    bool all = tile.SeesAll(plane, part.row, 32, part.column, 8 * kScoreTiles);
    constexpr bool kRounded = !kExactProducts<T>;
    if (!(tile.p->pre_kernel || tile.p->pre_mix)) {
      StoreScores<false, false>(tile, plane, part, c);
    } else if (all) {
      StoreScores<true, kRounded>(tile, plane, part, c);
    } else {
      StoreScores<false, kRounded>(tile, plane, part, c);
    }
  }
}

}  // namespace heddle

#endif  // HEDDLE_MULTI_TOKEN_ATTENTION_CUDA_SCORES_CUH_
