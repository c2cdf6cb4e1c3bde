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

template <class T>
__device__ inline void MultiplyRows(const Tile<T>& tile, const Plane& plane, const ScoreTask& task,
                                    float (&c)[2][kScoreTiles][4]) {
  Lane at;
  const T* rows[4];
  const T* keys[kScoreTiles];
  Rows<T> queries = tile.Queries(task.head);
  Rows<T> all_keys = tile.Keys(tile.p->past_key, tile.p->key, task.head);
#pragma unroll
  for (int i = 0; i < 4; ++i) {
    rows[i] = queries.At(plane.row + task.row + 8 * i + at.g);
  }
#pragma unroll
  for (int n = 0; n < kScoreTiles; ++n) {
    bool inside = task.column + 8 * n < plane.columns;
    keys[n] = inside ? all_keys.At(plane.key + task.column + 8 * n + at.g) : nullptr;
  }
  int size = all_keys.size;
  constexpr int kCount = kVectorElements<T>;
  for (int from = 0; from < size; from += 4 * kCount) {
    int x = from + at.t * kCount;
    Vector a[4];
#pragma unroll
    for (int i = 0; i < 4; ++i) {
      a[i] = LoadVector(rows[i], x, size);
    }
#pragma unroll
    for (int n = 0; n < kScoreTiles; ++n) {
      Vector b = LoadVector(keys[n], x, size);
      MmaRows<T>(c[0][n], a[0], a[1], b);
      MmaRows<T>(c[1][n], a[2], a[3], b);
    }
  }
}

template <class T>
__device__ inline void StoreScores(const Tile<T>& tile, const Plane& plane, const ScoreTask& task,
                                   const float (&c)[2][kScoreTiles][4]) {
  Lane at;
  float factor = tile.p->scale * 1.44269504088896f;
#pragma unroll
  for (int i = 0; i < 4; ++i) {
    int r = task.row + 8 * i + at.g;
    if (r >= plane.rows) {
      continue;
    }
    float* row = plane.Row(task.head, r);
#pragma unroll
    for (int n = 0; n < kScoreTiles; ++n) {
#pragma unroll
      for (int e = 0; e < 2; ++e) {
        int column = task.column + 8 * n + 2 * at.t + e;
        if (column < plane.columns) {
          bool seen = tile.SeesKey(plane.row + r, plane.key + column);
          row[column] = seen ? factor * c[i / 2][n][i % 2 * 2 + e] : 0;
        }
      }
    }
  }
}

template <class T>
__device__ inline void Score(const Tile<T>& tile, const Plane& plane) {
  Lane at;
  int heads = tile.arguments->plan.group;
  int row_tasks = CeilDiv(plane.rows, 32), column_tasks = CeilDiv(plane.columns, 8 * kScoreTiles);
  for (int task = at.warp; task < heads * row_tasks * column_tasks; task += at.warps) {
    ScoreTask part{task % heads, task / heads % row_tasks * 32,
                   task / heads / row_tasks * 8 * kScoreTiles};
    float c[2][kScoreTiles][4] = {};
    // Above the diagonal and before the window nothing is visible.
    int64_t first_row = plane.row + part.row, first_key = plane.key + part.column;
    if (first_key < tile.p->visible.End(first_row + 31) &&
        first_key + 8 * kScoreTiles > tile.p->visible.First(Max<int64_t>(first_row, 0))) {
      MultiplyRows(tile, plane, part, c);
    }
    StoreScores(tile, plane, part, c);
  }
}

}  // namespace heddle

#endif  // HEDDLE_MULTI_TOKEN_ATTENTION_CUDA_SCORES_CUH_
