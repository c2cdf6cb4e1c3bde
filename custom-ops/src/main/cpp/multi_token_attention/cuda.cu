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
#include <stdexcept>
#include <string>

#include "common/launch.cuh"
#include "multi_token_attention/cuda.h"
#include "multi_token_attention/cuda_finish.cuh"
#include "multi_token_attention/cuda_passage.cuh"
#include "multi_token_attention/cuda_plan.h"
#include "multi_token_attention/cuda_softmax.cuh"
#include "multi_token_attention/cuda_values.cuh"

namespace heddle {
namespace {

/// Statistics of a tile's rows at its start.
template <class T, bool kOutside>
__device__ void StartStatistics(const Tile<T, kOutside>& tile, const RowStatistics& known) {
  const StripArguments<T>& a = *tile.arguments;
  int64_t rows = int64_t{a.plan.group} * a.plan.logit_rows();
  for (int64_t i = threadIdx.x; i < rows; i += blockDim.x) {
    known.largest[i] = -INFINITY;
    known.sum[i] = 0;
    if (a.pass == Pass::kOutput) {
      float2 all = JoinStatistics(a.statistics + tile.place.index * rows + i, a.plan.splits,
                                  a.plan.tiles * rows);
      known.largest[i] = all.x;
      known.sum[i] = all.y == 0 ? 0 : 1 / all.y;
    }
  }
}

/// A decoding step waits for memory, so what a step will read is asked for before it computes: the
/// values of these keys, and the next keys.
template <class T, bool kOutside>
__device__ void PrefetchStep(const Tile<T, kOutside>& tile, int key, int step, int end) {
  const StripArguments<T>& a = *tile.arguments;
  bool first = a.pass == Pass::kStatistics, kept = a.logits != nullptr && !first;
  for (int head = 0; head < a.plan.group; head += a.plan.sharing) {
    if (!first) {
      PrefetchRows(tile.Keys(a.p.past_value, a.p.value, head), key, Min(step, end - key));
    }
    if (!kept) {
      int next = key + step;
      PrefetchRows(tile.Keys(a.p.past_key, a.p.key, head), next, Min(step, end - next));
    }
  }
}

/// One block's share of a tile: keys [begin, end) in steps.
template <int kTasks, class T, bool kOutside>
__device__ void Steps(const Tile<T, kOutside>& tile, PlanePair& pair, const RowStatistics& known,
                      int begin, int end, ContextSums<kTasks>& sums) {
  const StripArguments<T>& a = *tile.arguments;
  const StripPlan& plan = a.plan;
  int first_row = static_cast<int>(tile.place.row_begin), row = first_row - plan.post.rows;
  bool first = a.pass == Pass::kStatistics;
  int step = first ? plan.logit_columns() : plan.columns;
  for (int key = begin; key < end; key += step) {
    if (a.p.q_len <= kFewRowsOnDevice) {
      PrefetchStep(tile, key, step, end);
    }
    int logit_key = first ? key : key - plan.post.left;
    Plane plane;
    if (!first && a.logits != nullptr) {
      pair.now = 0;
      plane = PlaneAt(tile, pair, 0, plan.logit_rows(), plan.logit_columns(), row, logit_key);
      KeptLogits<T, kOutside>{tile}.ForEach(
          plane, static_cast<int>(tile.place.run.keys),
          [](float& cell, const float* kept) { cell = kept == nullptr ? 0 : *kept; });
      __syncthreads();
    } else {
      plane = Logits(tile, pair, plan.logit_rows(), plan.logit_columns(), row, logit_key);
    }
    if (a.pass == Pass::kOutput) {
      if (tile.place.real == nullptr) {
        Weigh<false>(tile, plane, known);
      } else {
        Weigh<true>(tile, plane, known);
      }
    } else {
      // The next split has the keys beyond the end.
      plane.columns = Min(plane.columns, end - key);
      if (tile.place.real == nullptr) {
        AddToStatistics<false>(tile, plane, !first, known);
      } else {
        AddToStatistics<true>(tile, plane, !first, known);
      }
    }
    if (first && a.logits != nullptr) {
      KeptLogits<T, kOutside>{tile}.ForEach(plane, end, [](float& cell, float* kept) {
        if (kept != nullptr) {
          *kept = cell;
        }
      });
    }
    __syncthreads();
    if (!first) {
      plane = AfterSoftmax(tile, pair, plane, first_row, key);
      plane.columns = Min(plan.columns, end - key);
      AddValues<kTasks>(tile, plane, a.pass == Pass::kOnline, known, sums);
      __syncthreads();
    }
  }
}

/// Tile `index` of the call; tiles with most keys come first.
template <class T>
__device__ TilePlace PlaceOf(const StripArguments<T>& a, int64_t index, int part) {
  int64_t groups = a.p.heads / a.plan.group;
  int64_t row_tile = a.plan.row_tiles - 1 - index / (a.p.batch * groups);
  TilePlace place;
  place.index = index;
  place.b = index / groups % a.p.batch;
  place.head0 = static_cast<int>(index % groups) * a.plan.group;
  place.run = a.runs[place.b];
  place.real = place.run.holes ? a.real + place.b * a.mask_columns + place.run.first_slot : nullptr;
  place.row_begin = place.run.out_begin + row_tile * a.plan.rows;
  place.row_end = Min(place.row_begin + a.plan.rows, place.run.keys);
  place.part = part;
  return place;
}

template <class T, bool kOutside>
__device__ void StoreStatistics(const Tile<T, kOutside>& tile, int64_t split,
                                const RowStatistics& known) {
  const StripArguments<T>& a = *tile.arguments;
  int64_t rows = int64_t{a.plan.group} * a.plan.logit_rows();
  float2* out = a.statistics + (split * a.plan.tiles + tile.place.index) * rows;
  for (int64_t i = threadIdx.x; i < rows; i += blockDim.x) {
    out[i] = float2{known.largest[i], known.sum[i]};
  }
}

template <int kTasks, class T, bool kOutside>
__device__ void RunTile(const Tile<T, kOutside>& tile, PlanePair& pair, const RowStatistics& known,
                        int64_t split) {
  const StripArguments<T>& a = *tile.arguments;
  StartStatistics(tile, known);
  __syncthreads();
  int64_t oldest = Max(tile.place.row_begin - a.plan.post.rows, tile.place.run.row_begin);
  int64_t begin = tile.p->visible.First(oldest);
  int64_t end = Min(tile.p->visible.End(tile.place.row_end - 1), tile.place.run.keys);
  int64_t step = a.pass == Pass::kStatistics ? a.plan.logit_columns() : a.plan.columns;
  int64_t share = CeilDiv(CeilDiv(end - begin, a.plan.splits), step) * step;
  begin += split * share;
  end = Min(begin + share, end);
  // The other stages need the registers more.
  alignas(16) ContextSums<kTasks> sums = {};
  KeepInMemory(sums);
  Steps<kTasks>(tile, pair, known, static_cast<int>(begin), static_cast<int>(end), sums);
  if (a.pass != Pass::kStatistics) {
    StoreSums<kTasks>(tile, split, sums);
  }
  if (a.pass != Pass::kOutput && tile.place.part == 0) {
    StoreStatistics(tile, split, known);
  }
}

/// Threads of a block, at most.
template <int kTasks>
inline constexpr int kStripThreads = kTasks == 1 ? 256 : 512;
/// Blocks that share a processor: while one waits at a barrier or for memory, another one works.
template <int kTasks>
inline constexpr int kStripBlocks = kTasks == 1 ? 2 : 1;

/// One task for each warp: few warps. Two: twice as many, so that the heads of a large group fit a
/// block.
/// @tparam kOutside planes in scratch memory
template <class T, int kTasks, bool kOutside>
__global__ void __launch_bounds__(kStripThreads<kTasks>, kStripBlocks<kTasks>)
    StripKernel(const __grid_constant__ StripArguments<T> a) {
  const StripPlan& plan = a.plan;
  int64_t floats = plan.plane[0].floats + plan.plane[1].floats;
  int64_t rows = int64_t{plan.group} * plan.logit_rows();
  static_assert(sizeof(TilePlace) <= kTileBytes);
  TilePlace& place = *reinterpret_cast<TilePlace*>(SharedMemory());
  Tile<T, kOutside> tile{&a, &a.p, place};
  float* shared = SharedMemory() + kTileBytes / sizeof(float);
  PlanePair pair;
  pair.first = kOutside ? a.planes + blockIdx.x * floats : shared;
  pair.second = pair.first + plan.plane[0].floats;
  float* known_memory = kOutside ? shared : shared + floats;
  RowStatistics known{known_memory, known_memory + rows, known_memory + 2 * rows};
  // Products read a little beyond what was written; there must be numbers.
  for (int64_t i = threadIdx.x; i < floats; i += blockDim.x) {
    pair.first[i] = 0;
  }
  int parts = a.pass == Pass::kStatistics ? 1 : plan.parts;
  for (int64_t unit = blockIdx.x; unit < plan.tiles * parts * plan.splits; unit += gridDim.x) {
    if (threadIdx.x == 0) {
      place = PlaceOf(a, unit / (parts * plan.splits), static_cast<int>(unit % parts));
    }
    __syncthreads();
    if (place.row_begin < place.row_end) {
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
  auto kernel = a.plan.planes_outside    ? StripKernel<T, 2, true>
                : a.plan.warp_tasks == 1 ? StripKernel<T, 1, false>
                                         : StripKernel<T, 2, false>;
  Launch("MultiTokenAttention", kernel, grid, device, a);
}

}  // namespace

namespace {

/// Kernels count positions and features with int.
template <class T>
void CheckLength(const AttentionParamsOf<T>& p) {
  constexpr int64_t kMost = int64_t{1} << 30;
  if (p.keys() > kMost || p.past_capacity > kMost || p.head_dim > kMost) {
    throw std::runtime_error("MultiTokenAttention: expected at most " + std::to_string(kMost) +
                             " keys and features on CUDA, got " + std::to_string(p.keys()) +
                             " and " + std::to_string(p.head_dim));
  }
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
  CheckLength(p);
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
