// KVShift on CPU.
//
//   y[b,g,t] = sum_c weight[g,c] * x[b,g,t - (taps - 1) + c]
//
// Rows before the first come from `last`, pad rows of x count as 0. Xu et al. 2024 (arXiv
// 2411.19574), section 2.2. One task = some rows of one key head; a row is read once from memory
// and then taps - 1 times from the first-level cache.
#include "kv_shift/cpu.h"

#include <algorithm>

namespace heddle {
namespace {

void AddScaled(const float* x, float weight, int64_t n, float* y) {
  for (int64_t i = 0; i < n; ++i) {
    y[i] += weight * x[i];
  }
}

/// The usual case of two taps in one pass.
void SumOfTwo(const float* older, float a, const float* newer, float b, int64_t n, float* y) {
  for (int64_t i = 0; i < n; ++i) {
    y[i] = a * older[i] + b * newer[i];
  }
}

void ShiftRow(const ShiftParams& p, int64_t b, int64_t g, int64_t t) {
  int64_t head = b * p.kv_heads + g;
  float* y = p.y + (head * p.q_len + t) * p.head_dim;
  const float* weight = p.weight + g * p.taps;
  if (p.taps == 2) {
    const float* older = p.RawRow(head, t);
    const float* newer = p.RawRow(head, t + 1);
    if (older != nullptr && newer != nullptr) {
      SumOfTwo(older, weight[0], newer, weight[1], p.head_dim, y);
      return;
    }
  }
  std::fill(y, y + p.head_dim, 0.0f);
  for (int64_t c = 0; c < p.taps; ++c) {
    const float* x = p.RawRow(head, TapRows{p.taps}.Row(t, c));
    if (x != nullptr) {
      AddScaled(x, weight[c], p.head_dim, y);
    }
  }
}

}  // namespace

void ShiftPlain(const ShiftParams& p, Executor&) {
  for (int64_t b = 0; b < p.batch; ++b) {
    for (int64_t g = 0; g < p.kv_heads; ++g) {
      for (int64_t t = 0; t < p.q_len; ++t) {
        for (int64_t i = 0; i < p.head_dim; ++i) {
          double sum = 0;
          for (int64_t c = 0; c < p.taps; ++c) {
            const float* x = p.RawRow(b * p.kv_heads + g, TapRows{p.taps}.Row(t, c));
            sum += x == nullptr ? 0.0 : static_cast<double>(p.weight[g * p.taps + c]) * x[i];
          }
          p.y[((b * p.kv_heads + g) * p.q_len + t) * p.head_dim + i] = static_cast<float>(sum);
        }
      }
    }
  }
}

void Shift(const ShiftParams& p, Executor& executor) {
  constexpr int64_t kRows = 128;
  struct State {
    const ShiftParams& p;
    int64_t blocks;
  } state{p, (p.q_len + kRows - 1) / kRows};
  executor.ParallelFor(
      p.batch * p.kv_heads * state.blocks,
      [](void* opaque, size_t task) {
        const State& s = *static_cast<State*>(opaque);
        int64_t index = static_cast<int64_t>(task);
        int64_t head = index / s.blocks;
        int64_t from = index % s.blocks * kRows;
        for (int64_t t = from; t < std::min(from + kRows, s.p.q_len); ++t) {
          ShiftRow(s.p, head / s.p.kv_heads, head % s.p.kv_heads, t);
        }
      },
      &state);
}

}  // namespace heddle
