// KVShift on CUDA.
//
//   y[b,g,t] = sum_c weight[g,c] * x[b,g,t - (taps - 1) + c]
//
// Rows before the first come from `last`, pad rows of x count as 0. Xu et al. 2024 (arXiv
// 2411.19574), section 2.2. A thread computes 16 bytes of a few rows of y, one after the other.
// Sums in float32.
#include <cstdint>
#include <stdexcept>
#include <string>

#include "common/launch.cuh"
#include "common/warp_math.cuh"
#include "kv_shift/cuda.h"

namespace heddle {
namespace {

constexpr int kThreads = 256;
constexpr int kRows = 4;  ///< that a thread computes
constexpr int64_t kMostRows = int64_t{1} << 30;

template <class T>
struct LastArguments {
  ShiftParamsOf<T> p;
  T* new_last;
};

template <bool kWhole, class T>
__device__ void StoreVector(T* row, int x, int size, const float (&values)[kVectorElements<T>]) {
  alignas(16) T element[kVectorElements<T>];
#pragma unroll
  for (int i = 0; i < kVectorElements<T>; ++i) {
    element[i] = FromFloat<T>(values[i]);
  }
  if constexpr (kWhole) {
    *reinterpret_cast<Vector*>(row + x) = *reinterpret_cast<const Vector*>(element);
  } else {
#pragma unroll
    for (int i = 0; i < kVectorElements<T>; ++i) {
      if (x + i < size) {
        row[x + i] = element[i];
      }
    }
  }
}

template <class T>
struct ShiftArguments {
  ShiftParamsOf<T> p;
  int vectors;  ///< of a row
  int lanes;    ///< threads side by side along a row
  int groups;   ///< of so many threads in a block
  int blocks;   ///< for a head
};

/// Rows of one head, numbered as TapRows does.
template <class T>
struct RawRows {
  const T *last, *x;
  const bool* real;
  uint32_t older, size;  ///< rows of `last`; elements of a row

  __device__ RawRows(const ShiftParamsOf<T>& p, int head) {
    older = static_cast<uint32_t>(p.taps - 1);
    size = static_cast<uint32_t>(p.head_dim);
    last = p.last == nullptr ? nullptr : p.last + head * (p.taps - 1) * p.head_dim;
    x = p.x + head * p.q_len * p.head_dim;
    real = p.real + head / static_cast<int>(p.kv_heads) * p.q_len;
  }

  /// Elements from `from` on; 0 where the row does not count. It is read before it is known whether
  /// it is a pad, so that one read does not wait for the other.
  template <bool kWhole>
  __device__ Vector Load(uint32_t row, int from) const {
    bool is_last = row < older;
    uint32_t t = row - older;
    const T* begin = is_last ? last + uint64_t{row} * size : x + uint64_t{t} * size;
    Vector v = LoadVector<kWhole>(begin, from, static_cast<int>(size), !is_last || last != nullptr);
    return is_last || real[t] ? v : Vector{};
  }
};

/// y += w v
template <class T>
__device__ void AddVector(float w, const Vector& v, float (&y)[kVectorElements<T>]) {
  const T* element = reinterpret_cast<const T*>(v.word);
#pragma unroll
  for (int i = 0; i < kVectorElements<T>; ++i) {
    y[i] += w * ToFloat(element[i]);
  }
}

/// Elements from x on of rows [t, t + kRows), those before `end`.
template <bool kWhole, int kTaps, class T>
__device__ void ShiftVectors(const ShiftParamsOf<T>& p, const RawRows<T>& rows, const T* weight,
                             T* y, int t, int end, int x) {
  int size = static_cast<int>(p.head_dim);
  float sums[kRows][kVectorElements<T>] = {};
  if constexpr (kTaps > 0) {
    // All reads are under way before the first is used; each row is read once.
    Vector v[kRows + kTaps - 1];
#pragma unroll
    for (int j = 0; j < kRows + kTaps - 1; ++j) {
      v[j] = rows.template Load<kWhole>(static_cast<uint32_t>(Min(t + j, end + kTaps - 2)), x);
    }
#pragma unroll
    for (int c = 0; c < kTaps; ++c) {
      float w = ToFloat(weight[c]);
#pragma unroll
      for (int k = 0; k < kRows; ++k) {
        AddVector<T>(w, v[k + c], sums[k]);
      }
    }
  } else {
    for (int c = 0; c < static_cast<int>(p.taps); ++c) {
      float w = ToFloat(weight[c]);
#pragma unroll
      for (int k = 0; k < kRows; ++k) {
        uint32_t row = static_cast<uint32_t>(Min(t + k, end - 1) + c);
        AddVector<T>(w, rows.template Load<kWhole>(row, x), sums[k]);
      }
    }
  }
#pragma unroll
  for (int k = 0; k < kRows; ++k) {
    if (t + k < end) {
      StoreVector<kWhole>(y + int64_t{t + k} * size, x, size, sums[k]);
    }
  }
}

/// A thread computes kRows rows, for what it needs to know once is as much work as a few rows.
/// @tparam kWhole rows are whole vectors
/// @tparam kTaps number of taps; 0 = any
template <bool kWhole, int kTaps, class T>
__global__ void __launch_bounds__(kThreads)
    ShiftKernel(const __grid_constant__ ShiftArguments<T> a) {
  const ShiftParamsOf<T>& p = a.p;
  // Divisions of 32 bits: those of 64 take longer than the memory.
  int head = static_cast<int>(blockIdx.x) / a.blocks, thread = static_cast<int>(threadIdx.x);
  int lane = thread % a.lanes, group = thread / a.lanes, end = static_cast<int>(p.q_len);
  int t = (static_cast<int>(blockIdx.x) % a.blocks * a.groups + group) * kRows;
  if (group >= a.groups || t >= end) {
    return;
  }
  RawRows<T> rows(p, head);
  const T* weight = p.weight + head % static_cast<int>(p.kv_heads) * p.taps;
  T* y = p.y + head * p.q_len * p.head_dim;
  for (int v = lane; v < a.vectors; v += a.lanes) {
    ShiftVectors<kWhole, kTaps>(p, rows, weight, y, t, end, v * kVectorElements<T>);
  }
}

/// A block for each head.
template <class T>
__global__ void LastKernel(LastArguments<T> a) {
  const ShiftParamsOf<T>& p = a.p;
  int* end = reinterpret_cast<int*>(SharedMemory());
  int64_t head = blockIdx.x, b = head / p.kv_heads;
  if (threadIdx.x == 0) {
    *end = 0;
  }
  __syncthreads();
  int mine = 0;
  for (int64_t t = threadIdx.x; t < p.q_len; t += blockDim.x) {
    mine = p.real[b * p.q_len + t] ? static_cast<int>(t) + 1 : mine;
  }
  atomicMax(end, mine);
  __syncthreads();
  for (int64_t i = threadIdx.x; i < (p.taps - 1) * p.head_dim; i += blockDim.x) {
    const T* row = p.RawRow(head, *end + i / p.head_dim);
    a.new_last[head * (p.taps - 1) * p.head_dim + i] =
        row == nullptr ? FromFloat<T>(0) : row[i % p.head_dim];
  }
}

}  // namespace

template <class T>
void ShiftOnDevice(const ShiftParamsOf<T>& p, Device& device) {
  int64_t vectors = CeilDiv<int64_t>(p.head_dim, kVectorElements<T>);
  int64_t lanes = Max<int64_t>(Min<int64_t>(vectors, kThreads), 1), groups = kThreads / lanes;
  int64_t blocks = CeilDiv(p.q_len, groups * kRows), heads = p.batch * p.kv_heads;
  if (p.q_len + p.taps > kMostRows) {
    throw std::runtime_error("KVShift: expected at most " + std::to_string(kMostRows) +
                             " rows on CUDA, got " + std::to_string(p.q_len));
  }
  bool whole = WholeVectors<T>(static_cast<int>(p.head_dim)), two = p.taps == 2;
  auto kernel = whole ? (two ? ShiftKernel<true, 2, T> : ShiftKernel<true, 0, T>)
                      : (two ? ShiftKernel<false, 2, T> : ShiftKernel<false, 0, T>);
  Launch("KVShift", kernel, Grid{heads * blocks, kThreads}, device,
         ShiftArguments<T>{p, static_cast<int>(vectors), static_cast<int>(lanes),
                           static_cast<int>(groups), static_cast<int>(blocks)});
}

template <class T>
void LastOnDevice(const ShiftParamsOf<T>& p, T* new_last, Device& device) {
  Launch("KVShift state", LastKernel<T>, Grid{p.batch * p.kv_heads, kThreads, sizeof(int)}, device,
         LastArguments<T>{p, new_last});
}

template void ShiftOnDevice(const ShiftParamsOf<float>&, Device&);
template void ShiftOnDevice(const ShiftParamsOf<Float16>&, Device&);
template void ShiftOnDevice(const ShiftParamsOf<Bfloat16>&, Device&);
template void LastOnDevice(const ShiftParamsOf<float>&, float*, Device&);
template void LastOnDevice(const ShiftParamsOf<Float16>&, Float16*, Device&);
template void LastOnDevice(const ShiftParamsOf<Bfloat16>&, Bfloat16*, Device&);

}  // namespace heddle
