// The last step: joins the sums that blocks left in memory, then norm, gate and the copy to the
// context. A warp takes a row of one head.
#ifndef HEDDLE_MULTI_TOKEN_ATTENTION_CUDA_FINISH_CUH_
#define HEDDLE_MULTI_TOKEN_ATTENTION_CUDA_FINISH_CUH_

#include "common/launch.cuh"
#include "multi_token_attention/cuda_softmax.cuh"
#include "multi_token_attention/cuda_tile.cuh"

namespace heddle {

template <class T>
struct FinishArguments {
  StripArguments<T> a;
  bool online;  ///< sums are relative to the statistics of each split
};

/// Where one row's statistics lie.
template <class T>
__device__ inline const float2* StatisticsOf(const StripArguments<T>& a, int64_t b, int64_t head,
                                             int64_t i) {
  int64_t groups = a.p.heads / a.plan.group, row_tile = i / a.plan.rows;
  int64_t tile = ((a.plan.row_tiles - 1 - row_tile) * a.p.batch + b) * groups + head / a.plan.group;
  int64_t row = tile * a.plan.group + head % a.plan.group;
  return a.statistics + row * a.plan.logit_rows() + a.plan.post.rows + i % a.plan.rows;
}

template <class T>
__device__ inline void JoinSums(const FinishArguments<T>& f, int64_t b, int64_t head, int64_t i,
                                float* row) {
  Lane at;
  const AttentionParamsOf<T>& p = f.a.p;
  const StripPlan& plan = f.a.plan;
  const float2* known = StatisticsOf(f.a, b, head, i);
  int64_t stride = plan.tiles * plan.group * plan.logit_rows();
  float2 all = f.online ? JoinStatistics(known, plan.splits, stride) : float2{0, 1};
  for (int64_t x = at.lane; x < p.head_dim; x += 32) {
    float sum = 0;
    for (int64_t s = 0; s < plan.splits * plan.shares; ++s) {
      float largest = f.online ? known[s / plan.shares * stride].x : 0;
      float part =
          f.a.context[(((s * p.batch + b) * p.heads + head) * p.q_len + i) * p.head_dim + x];
      sum += largest == -INFINITY ? 0 : part * Exp2(largest - all.x);
    }
    row[x] = all.y == 0 ? 0 : sum / all.y;
  }
}

template <class T>
__device__ inline void NormRow(const AttentionParamsOf<T>& p, float* row) {
  Lane at;
  float squares = 0;
  for (int64_t x = at.lane; x < p.head_dim; x += 32) {
    squares += row[x] * row[x];
  }
  squares = WarpSum(squares);
  float factor = p.norm_scale / sqrtf(squares / static_cast<float>(p.head_dim) + p.norm_epsilon);
  for (int64_t x = at.lane; x < p.head_dim; x += 32) {
    row[x] *= factor * ToFloat(p.norm_weight[x]);
  }
}

template <class T>
__device__ inline float GateOf(const AttentionParamsOf<T>& p, const float* row, int64_t g) {
  Lane at;
  float sum = 0;
  for (int64_t x = at.lane; x < p.head_dim; x += 32) {
    sum += ToFloat(p.gate_weight[g * p.head_dim + x]) * row[x];
  }
  sum = WarpSum(sum) + ToFloat(p.gate_bias[g]);
  return 1 / (1 + Exp2(sum * -1.44269504088896f));
}

template <class T>
__device__ inline void StoreRow(const AttentionParamsOf<T>& p, const float* row, T* out) {
  Lane at;
  bool full = p.gate_weight != nullptr && p.gate_rows > 1;
  float gate = p.gate_weight != nullptr && !full ? GateOf(p, row, 0) : 1;
  if (!full) {
    for (int64_t x = at.lane; x < p.head_dim; x += 32) {
      out[x] = FromFloat<T>(row[x] * gate);
    }
    return;
  }
  for (int64_t x = 0; x < p.head_dim; ++x) {
    gate = GateOf(p, row, x);
    if (x % 32 == at.lane) {
      out[x] = FromFloat<T>(row[x] * gate);
    }
  }
}

/// Four rows a block, each in its part of shared memory.
template <class T>
__global__ void FinishKernel(FinishArguments<T> f) {
  Lane at;
  const AttentionParamsOf<T>& p = f.a.p;
  int64_t index = int64_t{blockIdx.x} * at.warps + at.warp;
  int64_t head = index % p.heads, slot = index / p.heads % p.q_len, b = index / p.heads / p.q_len;
  float* row = SharedMemory() + at.warp * p.head_dim;
  bool inside = b < p.batch;
  TokenRun run = f.a.runs[inside ? b : 0];
  int64_t position = run.past_len + slot - run.first_slot;
  bool real = inside && position >= run.out_begin && position < run.keys;
  if (real) {
    JoinSums(f, b, head, position - run.out_begin, row);
  }
  // Other lanes read what this one wrote.
  __syncthreads();
  if (real && p.norm_weight != nullptr) {
    NormRow(p, row);
  }
  __syncthreads();
  if (inside) {
    T* out = p.context + ((b * p.q_len + slot) * p.heads + head) * p.head_dim;
    if (real) {
      StoreRow(p, row, out);
    } else {
      for (int64_t x = at.lane; x < p.head_dim; x += 32) {
        out[x] = FromFloat<T>(0);
      }
    }
  }
}

template <class T>
void Finish(const StripArguments<T>& a, bool online, Device& device) {
  constexpr int kWarps = 4;
  int64_t rows = a.p.batch * a.p.q_len * a.p.heads;
  Grid grid{CeilDiv<int64_t>(rows, kWarps), 32 * kWarps,
            sizeof(float) * static_cast<size_t>(kWarps * a.p.head_dim)};
  Launch("MultiTokenAttention finish", FinishKernel<T>, grid, device,
         FinishArguments<T>{a, online});
}

}  // namespace heddle

#endif  // HEDDLE_MULTI_TOKEN_ATTENTION_CUDA_FINISH_CUH_
