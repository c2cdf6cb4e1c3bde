// MultiTokenAttention on CUDA.
//
//   S = q k^T * scale; S = pre_mix(pre_conv(mask0(S))); A = softmax(S); A =
//   post_mix(mask0(post_conv(A))); context = gate(norm(A v))
//
// Golovneva et al. 2025 (arXiv 2504.00927), section 3.3. Shapes and layout: params.h.
//
// A block computes some query rows of the heads that mixes join, in steps along the keys; the cells
// of a step lie in shared memory, with a halo of rows and columns for the convolutions, and go from
// one of two planes to the other in each stage. Nothing after the softmax: one pass, the softmax is
// corrected as it goes. Else two: statistics of the rows first. With few blocks the keys are split
// among several, and FinishKernel joins what they found. Accumulates in float32.
#include "common/launch.cuh"
#include "multi_token_attention/cuda.h"
#include "multi_token_attention/cuda_finish.cuh"
#include "multi_token_attention/cuda_plan.h"
#include "multi_token_attention/cuda_scores.cuh"
#include "multi_token_attention/cuda_softmax.cuh"
#include "multi_token_attention/cuda_stages.cuh"
#include "multi_token_attention/cuda_values.cuh"

namespace heddle {
namespace {

/// The planes of a block; the one that holds the cells now, and the other one.
struct PlanePair {
  float* cells[2];
  int now = 0;
};

template <class T>
__device__ Plane PlaneAt(const Tile<T>& tile, const PlanePair& pair, int which, int rows,
                         int columns, int64_t row, int64_t key) {
  const PlaneShape& shape = tile.arguments->plan.plane[which];
  return Plane{pair.cells[which], rows, columns, shape.stride, shape.head_stride, row, key};
}

/// Scores after the pre stages, of rows and keys that `rows`, `columns`, `row` and `key` tell.
template <class T>
__device__ Plane Logits(const Tile<T>& tile, PlanePair& pair, int rows, int columns, int64_t row,
                        int64_t key) {
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
    Convolve(tile, p.pre_kernel, plane, out, false);
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
template <class T>
__device__ Plane AfterSoftmax(const Tile<T>& tile, PlanePair& pair, Plane plane, int64_t row,
                              int64_t key) {
  const AttentionParamsOf<T>& p = *tile.p;
  const StripPlan& plan = tile.arguments->plan;
  if (p.post_kernel) {
    pair.now ^= 1;
    Plane out = PlaneAt(tile, pair, pair.now, plan.rows, plan.columns, row, key);
    Convolve(tile, p.post_kernel, plane, out, true);
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
template <class T>
struct KeptLogits {
  const Tile<T>& tile;

  template <class Cell>
  __device__ void ForEach(const Plane& plane, int64_t end, Cell cell) const {
    const StripArguments<T>& a = *tile.arguments;
    Lane at;
    int rows = a.plan.group * plane.rows;
    float* kept = a.logits + tile.index * rows * a.plan.keys;
    for (int row = at.warp; row < rows; row += at.warps) {
      float* mine = plane.Row(row / plane.rows, row % plane.rows);
      for (int j = at.lane; j < plane.columns; j += 32) {
        int64_t key = plane.key + j;
        cell(mine[j], key >= 0 && key < end ? kept + row * a.plan.keys + key : nullptr);
      }
    }
  }
};

/// Statistics of a tile's rows at its start.
template <class T>
__device__ void StartStatistics(const Tile<T>& tile, const RowStatistics& known) {
  const StripArguments<T>& a = *tile.arguments;
  int64_t rows = int64_t{a.plan.group} * a.plan.logit_rows();
  for (int64_t i = threadIdx.x; i < rows; i += blockDim.x) {
    known.largest[i] = -INFINITY;
    known.sum[i] = 0;
    if (a.pass == Pass::kOutput) {
      float2 all =
          JoinStatistics(a.statistics + tile.index * rows + i, a.plan.splits, a.plan.tiles * rows);
      known.largest[i] = all.x;
      known.sum[i] = all.y > 0 ? 1 / all.y : 0;
    }
  }
}

/// One block's share of a tile: keys [begin, end) in steps.
template <int kTasks, class T>
__device__ void Steps(const Tile<T>& tile, PlanePair& pair, const RowStatistics& known,
                      int64_t begin, int64_t end, ContextSums<kTasks>& sums) {
  const StripArguments<T>& a = *tile.arguments;
  const StripPlan& plan = a.plan;
  int64_t row = tile.row_begin - plan.post.rows;
  bool first = a.pass == Pass::kStatistics;
  int step = first ? plan.logit_columns() : plan.columns;
  for (int64_t key = begin; key < end; key += step) {
    int64_t logit_key = first ? key : key - plan.post.left;
    Plane plane;
    if (!first && a.logits != nullptr) {
      pair.now = 0;
      plane = PlaneAt(tile, pair, 0, plan.logit_rows(), plan.logit_columns(), row, logit_key);
      KeptLogits<T>{tile}.ForEach(plane, tile.run.keys, [](float& cell, const float* kept) {
        cell = kept == nullptr ? 0 : *kept;
      });
      __syncthreads();
    } else {
      plane = Logits(tile, pair, plan.logit_rows(), plan.logit_columns(), row, logit_key);
    }
    if (a.pass == Pass::kOutput) {
      Weigh(tile, plane, known);
    } else {
      // The next split has the keys beyond the end.
      plane.columns = static_cast<int>(Min<int64_t>(plane.columns, end - key));
      AddToStatistics(tile, plane, !first, known);
    }
    if (first && a.logits != nullptr) {
      KeptLogits<T>{tile}.ForEach(plane, end, [](float& cell, float* kept) {
        if (kept != nullptr) {
          *kept = cell;
        }
      });
    }
    __syncthreads();
    if (!first) {
      plane = AfterSoftmax(tile, pair, plane, tile.row_begin, key);
      plane.columns = static_cast<int>(Min<int64_t>(plan.columns, end - key));
      AddValues<kTasks>(tile, plane, a.pass == Pass::kOnline, known, sums);
      __syncthreads();
    }
  }
}

/// Tile `index` of the call; tiles with most keys come first.
template <class T>
__device__ Tile<T> MakeTile(const StripArguments<T>& a, int64_t index, int part) {
  int64_t groups = a.p.heads / a.plan.group;
  int64_t row_tile = a.plan.row_tiles - 1 - index / (a.p.batch * groups);
  Tile<T> tile;
  tile.arguments = &a;
  tile.p = &a.p;
  tile.index = index;
  tile.b = index / groups % a.p.batch;
  tile.head0 = static_cast<int>(index % groups) * a.plan.group;
  tile.run = a.runs[tile.b];
  tile.real = tile.run.holes ? a.real + tile.b * a.mask_columns + tile.run.first_slot : nullptr;
  tile.row_begin = tile.run.out_begin + row_tile * a.plan.rows;
  tile.row_end = Min(tile.row_begin + a.plan.rows, tile.run.keys);
  tile.part = part;
  return tile;
}

template <class T>
__device__ void StoreStatistics(const Tile<T>& tile, int64_t split, const RowStatistics& known) {
  const StripArguments<T>& a = *tile.arguments;
  int64_t rows = int64_t{a.plan.group} * a.plan.logit_rows();
  float2* out = a.statistics + (split * a.plan.tiles + tile.index) * rows;
  for (int64_t i = threadIdx.x; i < rows; i += blockDim.x) {
    out[i] = float2{known.largest[i], known.sum[i]};
  }
}

template <int kTasks, class T>
__device__ void RunTile(const Tile<T>& tile, PlanePair& pair, const RowStatistics& known,
                        int64_t split) {
  const StripArguments<T>& a = *tile.arguments;
  StartStatistics(tile, known);
  __syncthreads();
  int64_t oldest = Max(tile.row_begin - a.plan.post.rows, tile.run.row_begin);
  int64_t begin = tile.p->visible.First(oldest);
  int64_t end = Min(tile.p->visible.End(tile.row_end - 1), tile.run.keys);
  int64_t step = a.pass == Pass::kStatistics ? a.plan.logit_columns() : a.plan.columns;
  int64_t share = CeilDiv(CeilDiv(end - begin, a.plan.splits), step) * step;
  begin += split * share;
  end = Min(begin + share, end);
  ContextSums<kTasks> sums = {};
  Steps<kTasks>(tile, pair, known, begin, end, sums);
  if (a.pass != Pass::kStatistics) {
    StoreSums<kTasks>(tile, split, sums);
  }
  if (a.pass != Pass::kOutput && tile.part == 0) {
    StoreStatistics(tile, split, known);
  }
}

/// One task for each warp: few warps, which keep all they know in registers. Two: twice as many, so
/// that the heads of a large group fit a block.
template <class T, int kTasks>
__global__ void __launch_bounds__(kTasks == 1 ? 256 : 512, 1)
    StripKernel(const __grid_constant__ StripArguments<T> a) {
  const StripPlan& plan = a.plan;
  int64_t floats = plan.plane[0].floats + plan.plane[1].floats;
  int64_t rows = int64_t{plan.group} * plan.logit_rows();
  // Shared, not in the registers of each thread, which are scarce.
  static_assert(sizeof(Tile<T>) <= kTileBytes);
  Tile<T>& tile = *reinterpret_cast<Tile<T>*>(SharedMemory());
  float* shared = SharedMemory() + kTileBytes / sizeof(float);
  PlanePair pair;
  pair.cells[0] = plan.planes_outside ? a.planes + blockIdx.x * floats : shared;
  pair.cells[1] = pair.cells[0] + plan.plane[0].floats;
  float* known_memory = plan.planes_outside ? shared : shared + floats;
  RowStatistics known{known_memory, known_memory + rows, known_memory + 2 * rows};
  // Products read a little beyond what was written; there must be numbers.
  for (int64_t i = threadIdx.x; i < floats; i += blockDim.x) {
    pair.cells[0][i] = 0;
  }
  int parts = a.pass == Pass::kStatistics ? 1 : plan.parts;
  for (int64_t unit = blockIdx.x; unit < plan.tiles * parts * plan.splits; unit += gridDim.x) {
    if (threadIdx.x == 0) {
      tile = MakeTile(a, unit / (parts * plan.splits), static_cast<int>(unit % parts));
    }
    __syncthreads();
    if (tile.row_begin < tile.row_end) {
      RunTile<kTasks>(tile, pair, known, unit / parts % plan.splits);
    }
    __syncthreads();
  }
}

/// Launches one pass over all tiles.
template <class T>
void RunPass(Pass pass, StripArguments<T> a, Device& device) {
  a.pass = pass;
  int64_t blocks = a.plan.tiles * a.plan.splits * (pass == Pass::kStatistics ? 1 : a.plan.parts);
  Grid grid{Min(blocks, a.plan.blocks), a.plan.threads, a.plan.shared_bytes};
  auto kernel = a.plan.warp_tasks == 1 ? StripKernel<T, 1> : StripKernel<T, 2>;
  Launch("MultiTokenAttention", kernel, grid, device, a);
}

}  // namespace

DeviceLimits LimitsOfDevice() {
  return DeviceLimits{DeviceAttribute(cudaDevAttrMaxSharedMemoryPerBlockOptin),
                      DeviceAttribute(cudaDevAttrMultiProcessorCount)};
}

template <class T>
void AttendOnDevice(const AttentionParamsOf<T>& p, const MaskColumns& mask, const TokenRun* runs,
                    Device& device) {
  if (p.batch == 0 || p.q_len == 0) {
    return;
  }
  StripShape shape = ShapeOf(p);
  StripPlan plan = PlanStrips(shape, LimitsOfDevice());
  DeviceScratch scratch(device);
  int64_t rows = plan.tiles * plan.group * plan.logit_rows();
  int64_t planes = plan.plane[0].floats + plan.plane[1].floats;
  StripArguments<T> a{
      p,
      runs,
      mask.real + mask.columns - mask.q_len - mask.past_len,
      mask.columns,
      plan,
      Pass::kOnline,
      scratch.Take<float>(plan.planes_outside ? planes * plan.blocks : 0),
      scratch.Take<float2>(plan.splits * rows),
      scratch.Take<float>(plan.keep_logits ? rows * plan.keys : 0),
      scratch.Take<float>(plan.splits * plan.shares * p.batch * p.heads * p.q_len * p.head_dim)};
  if (shape.two_passes) {
    RunPass(Pass::kStatistics, a, device);
    RunPass(Pass::kOutput, a, device);
  } else {
    RunPass(Pass::kOnline, a, device);
  }
  Finish(a, !shape.two_passes, device);
}

template void AttendOnDevice(const AttentionParamsOf<float>&, const MaskColumns&, const TokenRun*,
                             Device&);
template void AttendOnDevice(const AttentionParamsOf<Float16>&, const MaskColumns&, const TokenRun*,
                             Device&);
template void AttendOnDevice(const AttentionParamsOf<Bfloat16>&, const MaskColumns&,
                             const TokenRun*, Device&);

}  // namespace heddle
