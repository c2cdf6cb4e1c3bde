// What a call of MultiTokenAttention needs around the attention itself: the runs of real tokens,
// and the state for the next call.
#include "common/launch.cuh"
#include "common/warp_math.cuh"
#include "multi_token_attention/cuda.h"

namespace heddle {
namespace {

struct CutArguments {
  MaskColumns mask;
  TokenRun* runs;
};

/// First real column, the end of the real ones and their number among [begin, end); one block.
struct Span {
  int first, end, count;
};

__device__ Span FindSpan(const bool* real, int64_t begin, int64_t end, int* shared) {
  if (threadIdx.x == 0) {
    shared[0] = static_cast<int>(end - begin);
    shared[1] = 0;
    shared[2] = 0;
  }
  __syncthreads();
  int count = 0;
  for (int64_t i = begin + threadIdx.x; i < end; i += blockDim.x) {
    if (real[i]) {
      ++count;
      atomicMin(shared, static_cast<int>(i - begin));
      atomicMax(shared + 1, static_cast<int>(i - begin) + 1);
    }
  }
  atomicAdd(shared + 2, count);
  __syncthreads();
  Span span{shared[0], shared[1], shared[2]};
  __syncthreads();
  return span.count == 0 ? Span{0, 0, 0} : span;
}

__global__ void CutKernel(CutArguments a) {
  const MaskColumns& m = a.mask;
  const bool* real = m.real + blockIdx.x * m.columns;
  int* shared = reinterpret_cast<int*>(SharedMemory());
  int64_t now = m.columns - m.q_len;
  TokenRun run{};
  if (m.max_len > 0) {
    // A host cannot look at the mask: what does not fit is left out here.
    Span past = FindSpan(real, 0, now, shared), fresh = FindSpan(real, now, m.columns, shared);
    run.past_len = Min<int64_t>(past.count, m.max_len);
    int64_t count = Min<int64_t>(fresh.end - fresh.first, m.max_len - run.past_len);
    run.tokens = NewTokens{run.past_len, fresh.first, count};
    run.first_slot = run.past_len > 0 ? 0 : fresh.first;
    run.keys = run.past_len > 0 ? run.past_len + (count > 0 ? fresh.first + count : 0) : count;
  } else {
    Span all = FindSpan(real, now - m.past_len, m.columns, shared);
    run.past_len = m.past_len;
    run.first_slot = all.first;
    run.keys = all.end - all.first;
    run.holes = all.count != run.keys;
  }
  int64_t oldest = run.past_len - m.past_rows - run.first_slot;
  run.row_begin = Min(Max<int64_t>(oldest, 0), run.keys);
  run.out_begin = Min(Max<int64_t>(run.past_len - run.first_slot, 0), run.keys);
  if (threadIdx.x == 0) {
    a.runs[blockIdx.x] = run;
  }
}

/// One column of units in memory.
template <class Unit>
struct Column {
  char* memory;
  int64_t row_bytes, unit;

  __device__ Unit& Row(int64_t row) const {
    return reinterpret_cast<Unit*>(memory + row * row_bytes)[unit];
  }
};

template <class Unit>
__device__ Column<Unit> ColumnOf(const char* memory, int64_t row_bytes, int64_t unit) {
  return Column<Unit>{const_cast<char*>(memory), row_bytes, unit};
}

template <class Unit>
__device__ void CopyColumn(const JoinRows& j, const TokenRun*, int64_t outer, int64_t unit) {
  Column<Unit> past = ColumnOf<Unit>(j.past, j.row_bytes, unit);
  Column<Unit> now = ColumnOf<Unit>(j.now, j.row_bytes, unit);
  Column<Unit> out = ColumnOf<Unit>(j.out, j.row_bytes, unit);
  int64_t skipped = j.past_rows + j.now_rows - j.out_rows;
  for (int64_t r = 0; r < j.out_rows; ++r) {
    int64_t fresh = r + skipped - j.past_rows;
    out.Row(outer * j.out_rows + r) = fresh < 0 ? past.Row((outer + 1) * j.past_rows + fresh)
                                                : now.Row(outer * j.now_rows + fresh);
  }
}

/// The new rows alone; the others are there already.
template <class Unit>
__device__ void CopyColumn(const AppendRows& a, const TokenRun* runs, int64_t outer, int64_t unit) {
  NewTokens t = runs[outer / a.heads].tokens;
  Column<Unit> now = ColumnOf<Unit>(a.now, a.row_bytes, unit);
  Column<Unit> out = ColumnOf<Unit>(a.out, a.row_bytes, unit);
  for (int64_t r = 0; r < t.count; ++r) {
    out.Row(outer * a.capacity + t.past_len + r) = now.Row(outer * a.now_rows + t.first + r);
  }
}

template <class Unit>
__device__ void CopyColumn(const LastRows& l, const TokenRun* runs, int64_t outer, int64_t unit) {
  NewTokens t = runs[outer / l.heads].tokens;
  Column<Unit> past = ColumnOf<Unit>(l.past, l.row_bytes, unit);
  Column<Unit> now = ColumnOf<Unit>(l.now, l.row_bytes, unit);
  Column<Unit> out = ColumnOf<Unit>(l.out, l.row_bytes, unit);
  int64_t from_now = Min(t.count, l.rows), from_past = l.rows - from_now;
  int64_t first = t.first + t.count - from_now;
  for (int64_t r = 0; r < l.rows; ++r) {
    out.Row(outer * l.rows + r) = r < from_past
                                      ? past.Row(outer * l.rows + r + from_now)
                                      : now.Row(outer * l.now_rows + first + r - from_past);
  }
}

/// A thread copies one unit (of `units` in a row) of all rows of one head, front to back: rows may
/// move towards the front in place.
template <class Rule>
struct CopyArguments {
  Rule rule;
  const TokenRun* runs;
  int64_t outer, units;
};

template <class Unit, class Rule>
__global__ void CopyKernel(CopyArguments<Rule> a) {
  int64_t index = int64_t{blockIdx.x} * blockDim.x + threadIdx.x;
  if (index < a.outer * a.units) {
    CopyColumn<Unit>(a.rule, a.runs, index / a.units, index % a.units);
  }
}

template <class Unit, class Rule>
void CopyUnits(const Rule& rule, const TokenRun* runs, int64_t outer, Device& device) {
  constexpr int kThreads = 256;
  CopyArguments<Rule> a{rule, runs, outer, rule.row_bytes / static_cast<int64_t>(sizeof(Unit))};
  Launch("MultiTokenAttention state", CopyKernel<Unit, Rule>,
         Grid{CeilDiv<int64_t>(a.outer * a.units, kThreads), kThreads}, device, a);
}

/// Rows of whole vectors are copied by the vector, others by the element.
template <class Rule>
void Copy(const Rule& rule, const TokenRun* runs, int64_t outer, Device& device) {
  if (rule.row_bytes % static_cast<int64_t>(sizeof(Vector)) == 0) {
    CopyUnits<Vector>(rule, runs, outer, device);
  } else {
    CopyUnits<uint16_t>(rule, runs, outer, device);
  }
}

}  // namespace

void CutRuns(const MaskColumns& mask, int64_t batch, Device& device, TokenRun* runs) {
  Launch("MultiTokenAttention mask", CutKernel, Grid{batch, 256, 3 * sizeof(int)}, device,
         CutArguments{mask, runs});
}

void CopyOnDevice(const JoinRows& join, int64_t outer, Device& device) {
  Copy(join, nullptr, outer, device);
}

void CopyOnDevice(const AppendRows& append, const TokenRun* runs, int64_t outer, Device& device) {
  if (append.out != append.past) {
    size_t bytes = static_cast<size_t>(outer * append.capacity * append.row_bytes);
    CheckCuda(cudaMemcpyAsync(append.out, append.past, bytes, cudaMemcpyDeviceToDevice,
                              static_cast<cudaStream_t>(device.Stream())),
              "MultiTokenAttention state");
  }
  Copy(append, runs, outer, device);
}

void CopyOnDevice(const LastRows& last, const TokenRun* runs, int64_t outer, Device& device) {
  Copy(last, runs, outer, device);
}

}  // namespace heddle
