// MultiTokenAttention on CPU: the plain version and the choice of the fast one.
//
//   S = q k^T * scale; S = pre_mix(pre_conv(mask0(S))); A = softmax(S); A =
//   post_mix(mask0(post_conv(A))); context = gate(norm(A v))
//
// Golovneva et al. 2025 (arXiv 2504.00927), section 3.3. A convolution at row i reads rows i -
// (rows - 1) .. i; rows before the first one given and cells that are not visible count as 0,
// before and after the softmax.
#include "multi_token_attention/cpu.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "multi_token_attention/fast.h"

namespace heddle {
namespace {

/// Scores, then weights of consecutive slots of one sequence, [heads][rows][keys].
class PlainPlane {
 public:
  PlainPlane(const AttentionParams& p, int64_t b, int64_t first, int64_t end)
      : p_(p), b_(b), first_(first), end_(end), keys_(p.Slots(b)), cells_(Size(), 0.0) {}

  bool Visible(int64_t slot, int64_t key) const {
    return p_.Real(b_, slot) && p_.Real(b_, key) && p_.visible.Sees(slot, key);
  }

  double& At(int64_t head, int64_t slot, int64_t key) {
    return cells_[static_cast<size_t>((head * (end_ - first_) + slot - first_) * keys_ + key)];
  }

  void Score() {
    int64_t group = p_.heads / p_.kv_heads;
    ForEachCell([&](int64_t h, int64_t i, int64_t j) {
      const float* q = p_.QueryRow(b_, h, i);
      const float* k = p_.KeyRow(b_, h / group, j);
      double dot = 0;
      for (int64_t x = 0; x < p_.head_dim; ++x) {
        dot += static_cast<double>(q[x]) * k[x];
      }
      At(h, i, j) = dot * p_.scale;
    });
  }

  void Convolve(const ScoreKernel& kernel) {
    if (!kernel) {
      return;
    }
    std::vector<double> out(cells_.size(), 0.0);
    ForEachCell([&](int64_t h, int64_t i, int64_t j) {
      double sum = 0;
      for (int64_t a = 0; a < kernel.rows; ++a) {
        for (int64_t c = 0; c < kernel.columns; ++c) {
          int64_t row = i - (kernel.rows - 1) + a;
          int64_t key = j - kernel.left + c;
          if (row >= first_ && key >= 0 && key < keys_ && Visible(row, key)) {
            sum += At(h, row, key) * kernel.weight[(h * kernel.rows + a) * kernel.columns + c];
          }
        }
      }
      out[static_cast<size_t>((h * (end_ - first_) + i - first_) * keys_ + j)] = sum;
    });
    cells_.swap(out);
  }

  void Mix(const HeadMix& mix) {
    if (!mix) {
      return;
    }
    std::vector<double> column(static_cast<size_t>(p_.heads));
    for (int64_t i = first_; i < end_; ++i) {
      for (int64_t j = 0; j < keys_; ++j) {
        for (int64_t h = 0; h < p_.heads; ++h) {
          int64_t start = h / mix.size * mix.size;
          double sum = 0;
          for (int64_t n = 0; n < mix.size; ++n) {
            sum += At(start + n, i, j) * mix.weight[h * mix.size + n];
          }
          column[static_cast<size_t>(h)] = sum;
        }
        for (int64_t h = 0; h < p_.heads; ++h) {
          At(h, i, j) = column[static_cast<size_t>(h)];
        }
      }
    }
  }

  void Softmax() {
    for (int64_t h = 0; h < p_.heads; ++h) {
      for (int64_t i = first_; i < end_; ++i) {
        double largest = -INFINITY;
        for (int64_t j = 0; j < keys_; ++j) {
          largest = Visible(i, j) ? std::max(largest, At(h, i, j)) : largest;
        }
        double sum = 0;
        for (int64_t j = 0; j < keys_; ++j) {
          At(h, i, j) = Visible(i, j) ? std::exp(At(h, i, j) - largest) : 0;
          sum += At(h, i, j);
        }
        for (int64_t j = 0; j < keys_; ++j) {
          At(h, i, j) = Visible(i, j) ? At(h, i, j) / sum : 0;
        }
      }
    }
  }

  /// context of one row and head, [head_dim]
  void Attend(int64_t h, int64_t slot, double* sum) {
    std::fill(sum, sum + p_.head_dim, 0.0);
    for (int64_t j = 0; j < keys_; ++j) {
      if (Visible(slot, j)) {
        const float* v = p_.ValueRow(b_, h / (p_.heads / p_.kv_heads), j);
        for (int64_t x = 0; x < p_.head_dim; ++x) {
          sum[x] += At(h, slot, j) * v[x];
        }
      }
    }
  }

 private:
  size_t Size() const { return static_cast<size_t>(p_.heads * (end_ - first_) * keys_); }

  template <class Cell>
  void ForEachCell(Cell cell) {
    for (int64_t h = 0; h < p_.heads; ++h) {
      for (int64_t i = first_; i < end_; ++i) {
        for (int64_t j = 0; j < keys_; ++j) {
          if (Visible(i, j)) {
            cell(h, i, j);
          }
        }
      }
    }
  }

  const AttentionParams& p_;
  int64_t b_, first_, end_, keys_;
  std::vector<double> cells_;
};

void PlainStages(const AttentionParams& p, double* row, float* out) {
  int64_t d = p.head_dim;
  if (p.norm_weight != nullptr) {
    double squares = 0;
    for (int64_t x = 0; x < d; ++x) {
      squares += row[x] * row[x];
    }
    double factor = p.norm_scale / std::sqrt(squares / static_cast<double>(d) + p.norm_epsilon);
    for (int64_t x = 0; x < d; ++x) {
      row[x] *= factor * p.norm_weight[x];
    }
  }
  for (int64_t x = 0; x < d; ++x) {
    double gate = 1;
    if (p.gate_weight != nullptr) {
      int64_t g = p.gate_rows == 1 ? 0 : x;
      double sum = p.gate_bias[g];
      for (int64_t y = 0; y < d; ++y) {
        sum += p.gate_weight[g * d + y] * row[y];
      }
      gate = 1 / (1 + std::exp(-sum));
    }
    out[x] = static_cast<float>(row[x] * gate);
  }
}

/// Some rows of one sequence, with the rows before them that they need.
void PlainRows(const AttentionParams& p, int64_t b, int64_t from, int64_t to) {
  int64_t history = p.pre_kernel.rows - 1 + p.post_kernel.rows - 1;
  PlainPlane plane(p, b, std::max(p.FirstRow(b), from - history), to);
  plane.Score();
  plane.Convolve(p.pre_kernel);
  plane.Mix(p.pre_mix);
  plane.Softmax();
  plane.Convolve(p.post_kernel);
  plane.Mix(p.post_mix);
  std::vector<double> row(static_cast<size_t>(p.head_dim));
  for (int64_t h = 0; h < p.heads; ++h) {
    for (int64_t slot = from; slot < to; ++slot) {
      plane.Attend(h, slot, row.data());
      int64_t fresh = slot - p.PastLen(b);
      PlainStages(p, row.data(), p.context + ((b * p.q_len + fresh) * p.heads + h) * p.head_dim);
    }
  }
}

/// Whether the real tokens of every sequence form one run.
bool RealTokensFormRuns(const AttentionParams& p) {
  for (int64_t b = 0; b < p.batch; ++b) {
    int runs = 0;
    for (int64_t slot = 0; slot < p.Slots(b); ++slot) {
      runs += p.Real(b, slot) && (slot == 0 || !p.Real(b, slot - 1)) ? 1 : 0;
    }
    if (runs > 1) {
      return false;
    }
  }
  return true;
}

}  // namespace

void AttendPlain(const AttentionParams& params, Executor& executor) {
  constexpr int64_t kRows = 8;
  struct State {
    const AttentionParams& p;
    int64_t strips;
  } state{params, (params.q_len + kRows - 1) / kRows};
  executor.ParallelFor(
      params.batch * state.strips,
      [](void* opaque, size_t index) {
        const State& s = *static_cast<State*>(opaque);
        int64_t b = static_cast<int64_t>(index) / s.strips;
        int64_t from = s.p.PastLen(b) + static_cast<int64_t>(index) % s.strips * kRows;
        PlainRows(s.p, b, from, std::min(from + kRows, s.p.Slots(b)));
      },
      &state);
}

bool ReadsNarrowPast(const AttentionParams& params) {
  constexpr int64_t kWholeVectors = 16;
  return params.q_len <= kFewRows && params.head_dim % kWholeVectors == 0 &&
         RealTokensFormRuns(params);
}

void Attend(const AttentionParams& params, InstructionSet set, Executor& executor) {
  if (params.batch == 0 || params.q_len == 0) {
    return;
  }
  if (!RealTokensFormRuns(params)) {
    AttendPlain(params, executor);
    return;
  }
  switch (set) {
#if defined(__x86_64__)
    case InstructionSet::kAvx512:
      avx512::Attend(params, executor);
      return;
    case InstructionSet::kAvx2:
      avx2::Attend(params, executor);
      return;
#else
    case InstructionSet::kAvx512:
    case InstructionSet::kAvx2:
#endif
    case InstructionSet::kPortable:
      portable::Attend(params, executor);
      return;
  }
}

}  // namespace heddle
