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

/// First real column, the end of the real ones and their number.
struct Span {
  int first, end, count;

  __device__ void Join(const Span& other) {
    first = Min(first, other.first);
    end = Max(end, other.end);
    count += other.count;
  }
};

constexpr int kMaskThreads = 512;

/// 16 columns from `from` on, 0 outside [begin, end); aligned as `real` + `from` is.
__device__ Vector LoadColumns(const bool* real, int64_t from, int64_t begin, int64_t end) {
  if (from >= begin && from + 16 <= end) {
    return *reinterpret_cast<const Vector*>(real + from);
  }
  Vector v{};
  for (int i = 0; i < 16; ++i) {
    if (from + i >= begin && from + i < end && real[from + i]) {
      v.word[i / 4] |= 1u << 8 * (i % 4);
    }
  }
  return v;
}

/// Of this thread's columns among [begin, end), counted from `begin`.
__device__ Span SpanOfThread(const bool* real, int64_t begin, int64_t end) {
  Span span{static_cast<int>(end - begin), 0, 0};
  int64_t aligned = begin - static_cast<int64_t>(reinterpret_cast<uintptr_t>(real + begin) % 16);
  for (int64_t from = aligned + 16 * threadIdx.x; from < end; from += 16 * blockDim.x) {
    Vector v = LoadColumns(real, from, begin, end);
#pragma unroll
    for (int i = 0; i < 16; ++i) {
      int column = static_cast<int>(from - begin) + i;
      if ((v.word[i / 4] >> 8 * (i % 4) & 0xffu) != 0) {
        span.Join(Span{column, column + 1, 1});
      }
    }
  }
  return span;
}

/// Of all columns [begin, end), by one block.
__device__ Span FindSpan(const bool* real, int64_t begin, int64_t end, Span* shared) {
  Span span = SpanOfThread(real, begin, end);
  for (int mask = 16; mask > 0; mask /= 2) {
    span.Join(Span{ShuffleXor(span.first, mask), ShuffleXor(span.end, mask),
                   ShuffleXor(span.count, mask)});
  }
  if (threadIdx.x % 32 == 0) {
    shared[threadIdx.x / 32] = span;
  }
  __syncthreads();
  span = shared[0];
  for (int warp = 1; warp < kMaskThreads / 32; ++warp) {
    span.Join(shared[warp]);
  }
  __syncthreads();
  return span.count == 0 ? Span{0, 0, 0} : span;
}

__global__ void CutKernel(CutArguments a) {
  const MaskColumns& m = a.mask;
  const bool* real = m.real + blockIdx.x * m.columns;
  Span* shared = reinterpret_cast<Span*>(SharedMemory());
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

/// What one head's state becomes: units of one piece of memory, then of another.
template <class Unit>
struct Pieces {
  Unit* out;
  int64_t count;
  const Unit* first;
  int64_t first_count;
  const Unit* second;
};

template <class Unit>
__device__ const Unit* UnitsAt(const char* memory, int64_t row, int64_t row_bytes) {
  return reinterpret_cast<const Unit*>(memory + row * row_bytes);
}

template <class Unit>
__device__ Pieces<Unit> PiecesOf(const JoinRows& j, const TokenRun*, int64_t outer) {
  int64_t from_now = Min(j.now_rows, j.out_rows), from_past = j.out_rows - from_now;
  int64_t units = j.row_bytes / static_cast<int64_t>(sizeof(Unit));
  return Pieces<Unit>{
      const_cast<Unit*>(UnitsAt<Unit>(j.out, outer * j.out_rows, j.row_bytes)), j.out_rows * units,
      UnitsAt<Unit>(j.past, (outer + 1) * j.past_rows - from_past, j.row_bytes), from_past * units,
      UnitsAt<Unit>(j.now, (outer + 1) * j.now_rows - from_now, j.row_bytes)};
}

/// The new rows alone; the others are there already.
template <class Unit>
__device__ Pieces<Unit> PiecesOf(const AppendRows& a, const TokenRun* runs, int64_t outer) {
  NewTokens t = runs[outer / a.heads].tokens;
  int64_t units = a.row_bytes / static_cast<int64_t>(sizeof(Unit));
  return Pieces<Unit>{
      const_cast<Unit*>(UnitsAt<Unit>(a.out, outer * a.capacity + t.past_len, a.row_bytes)),
      t.count * units, nullptr, 0, UnitsAt<Unit>(a.now, outer * a.now_rows + t.first, a.row_bytes)};
}

constexpr int kCopyThreads = 256;
constexpr int kCopyUnits = 4;  ///< of a thread, all under way together

template <class Rule>
struct CopyArguments {
  Rule rule;
  const TokenRun* runs;
  unsigned blocks;  ///< for a head
};

template <class Unit, class Rule>
__global__ void CopyKernel(CopyArguments<Rule> a) {
  Pieces<Unit> pieces = PiecesOf<Unit>(a.rule, a.runs, blockIdx.x / a.blocks);
  int64_t begin = int64_t{blockIdx.x % a.blocks} * kCopyThreads * kCopyUnits + threadIdx.x;
  Unit unit[kCopyUnits];
#pragma unroll
  for (int i = 0; i < kCopyUnits; ++i) {
    int64_t index = begin + i * kCopyThreads;
    if (index < pieces.count) {
      unit[i] = index < pieces.first_count ? pieces.first[index]
                                           : pieces.second[index - pieces.first_count];
    }
  }
#pragma unroll
  for (int i = 0; i < kCopyUnits; ++i) {
    int64_t index = begin + i * kCopyThreads;
    if (index < pieces.count) {
      pieces.out[index] = unit[i];
    }
  }
}

/// @param rows of a head, at most
template <class Unit, class Rule>
void CopyUnits(const Rule& rule, const TokenRun* runs, int64_t outer, int64_t rows,
               Device& device) {
  int64_t units = rows * rule.row_bytes / static_cast<int64_t>(sizeof(Unit));
  int64_t blocks = CeilDiv<int64_t>(units, kCopyThreads * kCopyUnits);
  Launch("MultiTokenAttention state", CopyKernel<Unit, Rule>, Grid{outer * blocks, kCopyThreads},
         device, CopyArguments<Rule>{rule, runs, static_cast<unsigned>(blocks)});
}

struct LastArguments {
  LastRows rule;
  const TokenRun* runs;
  int64_t outer, units;
};

/// A thread copies one unit (of `units` in a row) of all rows of one head, front to back: rows may
/// move towards the front in place. They are few.
template <class Unit>
__global__ void LastKernel(LastArguments a) {
  int64_t index = int64_t{blockIdx.x} * blockDim.x + threadIdx.x;
  if (index >= a.outer * a.units) {
    return;
  }
  const LastRows& l = a.rule;
  int64_t outer = index / a.units, unit = index % a.units;
  NewTokens t = a.runs[outer / l.heads].tokens;
  int64_t from_now = Min(t.count, l.rows), from_past = l.rows - from_now;
  int64_t first = t.first + t.count - from_now;
  for (int64_t r = 0; r < l.rows; ++r) {
    const Unit* from =
        r < from_past
            ? UnitsAt<Unit>(l.past, outer * l.rows + r + from_now, l.row_bytes)
            : UnitsAt<Unit>(l.now, outer * l.now_rows + first + r - from_past, l.row_bytes);
    const_cast<Unit*>(UnitsAt<Unit>(l.out, outer * l.rows + r, l.row_bytes))[unit] = from[unit];
  }
}

template <class Unit>
void CopyLast(const LastRows& rule, const TokenRun* runs, int64_t outer, Device& device) {
  LastArguments a{rule, runs, outer, rule.row_bytes / static_cast<int64_t>(sizeof(Unit))};
  Launch("MultiTokenAttention state", LastKernel<Unit>,
         Grid{CeilDiv<int64_t>(a.outer * a.units, kCopyThreads), kCopyThreads}, device, a);
}

/// Rows of whole vectors are copied by the vector, others by the element.
bool WholeRows(int64_t row_bytes) { return row_bytes % static_cast<int64_t>(sizeof(Vector)) == 0; }

template <class Rule>
void Copy(const Rule& rule, const TokenRun* runs, int64_t outer, int64_t rows, Device& device) {
  if (WholeRows(rule.row_bytes)) {
    CopyUnits<Vector>(rule, runs, outer, rows, device);
  } else {
    CopyUnits<uint16_t>(rule, runs, outer, rows, device);
  }
}

}  // namespace

void CutRuns(const MaskColumns& mask, int64_t batch, Device& device, TokenRun* runs) {
  Launch("MultiTokenAttention mask", CutKernel,
         Grid{batch, kMaskThreads, kMaskThreads / 32 * sizeof(Span)}, device,
         CutArguments{mask, runs});
}

void CopyOnDevice(const JoinRows& join, int64_t outer, Device& device) {
  Copy(join, nullptr, outer, join.out_rows, device);
}

void CopyOnDevice(const AppendRows& append, const TokenRun* runs, int64_t outer, Device& device) {
  if (append.out != append.past) {
    size_t bytes = static_cast<size_t>(outer * append.capacity * append.row_bytes);
    CheckCuda(cudaMemcpyAsync(append.out, append.past, bytes, cudaMemcpyDeviceToDevice,
                              static_cast<cudaStream_t>(device.Stream())),
              "MultiTokenAttention state");
  }
  Copy(append, runs, outer, append.now_rows, device);
}

void CopyOnDevice(const LastRows& last, const TokenRun* runs, int64_t outer, Device& device) {
  if (WholeRows(last.row_bytes)) {
    CopyLast<Vector>(last, runs, outer, device);
  } else {
    CopyLast<uint16_t>(last, runs, outer, device);
  }
}

}  // namespace heddle
