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
/// Positions are int: registers are scarce, and AttendOnDevice refuses longer sequences.
struct Plane {
  float* cells;
  int rows, columns, stride;
  int64_t head_stride;
  int row, key;

  __device__ float* Row(int head, int r) const { return cells + head * head_stride + r * stride; }
};

/// Columns of a plane that one of its rows sees. Made once for a row: for each cell it would cost
/// more than the products.
struct SeenColumns {
  int begin, count;
  const bool* real;  ///< by column; null = no pads among them

  __device__ bool Has(int column) const {
    bool inside = static_cast<unsigned>(column - begin) < static_cast<unsigned>(count);
    return inside && (real == nullptr || real[column]);
  }
};

/// Rows of keys, values or queries of one head, by position.
template <class T>
struct Rows {
  const T *past, *now;     ///< where position 0 would be
  int border, begin, end;  ///< first new position; positions that are there
  int size;

  __device__ bool Has(int position) const { return position >= begin && position < end; }
  __device__ const T* At(int position) const {
    return (position < border ? past : now) +
           uint64_t{static_cast<uint32_t>(position)} * static_cast<uint32_t>(size);
  }
  /// The row itself if it is there, else the nearest one that is.
  __device__ const T* Nearest(int position) const { return At(Max(Min(position, end - 1), begin)); }
};

/// Asks for rows [key, key + count) to be brought near. All threads of the block take part.
template <class T>
__device__ inline void PrefetchRows(const Rows<T>& rows, int key, int count) {
  constexpr int kBytes = 32;
  int parts = CeilDiv(rows.size * static_cast<int>(sizeof(T)), kBytes);
  for (int i = static_cast<int>(threadIdx.x); i < count * parts;
       i += static_cast<int>(blockDim.x)) {
    int position = key + i / parts;
    if (rows.Has(position)) {
      Prefetch(reinterpret_cast<const char*>(rows.At(position)) + i % parts * kBytes);
    }
  }
}

/// Where a warp's lane stands in matrix products: 4 lanes along a row.
struct Lane {
  int warp = static_cast<int>(threadIdx.x) / 32, warps = static_cast<int>(blockDim.x) / 32;
  int lane = static_cast<int>(threadIdx.x) % 32;
  int g = lane / 4, t = lane % 4;

  __device__ Lane() {}
};

/// What tells one tile from another. In shared memory, not in the registers of each thread, which
/// are scarce.
struct TilePlace {
  TokenRun run;
  const bool* real;  ///< by position; null = no pads among them
  int64_t index, b;
  int head0;                   ///< first head of the group
  int64_t row_begin, row_end;  ///< positions of its query rows
  int part;
};

/// One tile; heads are numbered within its group.
/// @tparam kOutside planes are not in shared memory
template <class T, bool kOutside>
struct Tile {
  const StripArguments<T>* arguments;
  const AttentionParamsOf<T>* p;
  const TilePlace& place;

  __device__ SeenColumns Seen(const Plane& plane, int r) const {
    int row = plane.row + r;
    if (row < place.run.row_begin || row >= place.run.keys ||
        (place.real != nullptr && !place.real[row])) {
      return SeenColumns{0, 0, nullptr};
    }
    int64_t begin = Max<int64_t>(p->visible.First(row) - plane.key, 0);
    int64_t end = Min<int64_t>(Min(p->visible.End(row), place.run.keys) - plane.key, plane.columns);
    return SeenColumns{static_cast<int>(Min<int64_t>(begin, plane.columns)),
                       static_cast<int>(Max<int64_t>(end - begin, 0)),
                       place.real == nullptr ? nullptr : place.real + plane.key};
  }

  /// Whether the cells [r, r + rows) x [column, column + columns) are seen, all of them that are in
  /// the plane's rows; far from the diagonal they are.
  __device__ bool SeesAll(const Plane& plane, int r, int rows, int column, int columns) const {
    int first = plane.row + r, last = plane.row + Min(r + rows, plane.rows) - 1;
    int key = plane.key + column, end = key + columns;
    return place.real == nullptr && first >= place.run.row_begin && last < place.run.keys &&
           key >= p->visible.First(last) && end <= p->visible.End(first) &&
           column + columns <= plane.columns;
  }

  /// @param past, now rows of position 0 and of the first new slot
  __device__ Rows<T> RowsFrom(const T* past, const T* now, int64_t begin) const {
    int64_t border = place.run.past_len - place.run.first_slot;
    return Rows<T>{past,
                   now - border * p->head_dim,
                   static_cast<int>(Max<int64_t>(border, 0)),
                   static_cast<int>(begin),
                   static_cast<int>(place.run.keys),
                   static_cast<int>(p->head_dim)};
  }
  __device__ Rows<T> Keys(const T* past, const T* now, int head) const {
    int64_t kv = place.b * p->kv_heads + (place.head0 + head) / arguments->plan.sharing;
    return RowsFrom(past + (kv * p->past_capacity + place.run.first_slot) * p->head_dim,
                    now + kv * p->q_len * p->head_dim, 0);
  }
  __device__ Rows<T> Queries(int head) const {
    int64_t h = place.b * p->heads + place.head0 + head;
    int64_t before = place.run.past_len - place.run.first_slot;
    return RowsFrom(p->past_query + (h * p->past_rows + p->past_rows - before) * p->head_dim,
                    p->query + h * p->q_len * p->head_dim, place.run.row_begin);
  }
};

}  // namespace heddle

#endif  // HEDDLE_MULTI_TOKEN_ATTENTION_CUDA_TILE_CUH_
