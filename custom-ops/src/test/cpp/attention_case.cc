#include "attention_case.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace heddle {
namespace {

constexpr int64_t kMostMultiplyAdds = 3000000;  // of one case, so that thousands take a minute

double Norm(const float* row, int64_t count) {
  double squares = 0;
  for (int64_t i = 0; i < count; ++i) {
    squares += static_cast<double>(row[i]) * row[i];
  }
  return std::sqrt(squares);
}

/// The longest of these rows.
double LongestRow(const float* rows, int64_t count, int64_t size) {
  double longest = 0;
  for (int64_t i = 0; i < count && rows != nullptr; ++i) {
    longest = std::max(longest, Norm(rows + i * size, size));
  }
  return longest;
}

/// The largest sum of absolute weights of a row: how much a step can enlarge what it is given.
double Gain(const float* weights, int64_t rows, int64_t size) {
  double largest = weights == nullptr ? 1 : 0;
  for (int64_t i = 0; i < rows && weights != nullptr; ++i) {
    double sum = 0;
    for (int64_t j = 0; j < size; ++j) {
      sum += std::fabs(static_cast<double>(weights[i * size + j]));
    }
    largest = std::max(largest, sum);
  }
  return largest;
}

}  // namespace

int64_t AttentionCase::Below(int64_t count) {
  return static_cast<int64_t>(random_() % static_cast<unsigned>(count));
}

int64_t AttentionCase::Pick(std::initializer_list<int64_t> values) {
  return values.begin()[Below(static_cast<int64_t>(values.size()))];
}

float* AttentionCase::Numbers(int64_t count, float size) {
  std::normal_distribution<float> normal(0, size);
  std::vector<float>& numbers = owned_.emplace_back(static_cast<size_t>(count));
  for (float& number : numbers) {
    number = normal(random_);
    if (element != Element::kFloat32) {
      uint16_t narrow;
      Narrow(element, &number, 1, &narrow);
      Widen(element, &narrow, 1, &number);
    }
  }
  return numbers.data();
}

ScoreKernel AttentionCase::Kernel() {
  int64_t rows = 1 + Below(9), columns = 1 + Below(13);
  if (Sometimes(50)) {
    rows = 1 + Below(3);
    columns = 100 + Below(200);  // wider than the blocks of keys that kernels work on
  }
  int64_t left = Pick({(columns - 1) / 2, 0, columns - 1});
  return ScoreKernel{Numbers(p.heads * rows * columns, 0.3f), rows, columns, left};
}

HeadMix AttentionCase::Mix() {
  int64_t size = Pick({1, 2, 3, 4, 8, p.heads});
  while (p.heads % size != 0) {
    --size;
  }
  return HeadMix{Numbers(p.heads * size, 0.5f), size};
}

void AttentionCase::Shape() {
  element =
      Sometimes(2) ? Element::kFloat32 : (Sometimes(2) ? Element::kFloat16 : Element::kBfloat16);
  p.batch = Pick({1, 1, 2, 3});
  p.kv_heads = Pick({1, 2, 3});
  p.heads = p.kv_heads * Pick({1, 2, 4});
  p.head_dim = Sometimes(4) ? 1 + Below(256)
                            : Pick({8, 9, 12, 15, 16, 17, 24, 31, 33, 64, 80, 96, 127, 128, 255});
  p.q_len = Pick({1, 1, 2, 3, 5, 15, 16, 17, 31, 32, 33, 63, 64, 65, 100, 127, 129, 200, 257, 300});
  p.past_len =
      Sometimes(100) ? 4100 : Pick({0, 0, 1, 7, 31, 32, 33, 63, 64, 65, 150, 255, 257, 511, 770});
  p.past_rows = std::min<int64_t>(p.past_len, Pick({0, 3, 10, 20}));
  p.visible.window = Pick({0, 0, 1, 2, 3, 17, 63, 64, 65, 70});
}

/// Long sequences get few and small heads.
void AttentionCase::KeepSmall() {
  auto cost = [&] { return p.batch * p.heads * p.q_len * p.keys() * (2 * p.head_dim + 60) / 2; };
  while (cost() > kMostMultiplyAdds && p.batch > 1) --p.batch;
  while (cost() > kMostMultiplyAdds && p.head_dim > 8) p.head_dim = p.head_dim / 2 + 1;
  while (cost() > kMostMultiplyAdds && p.heads > p.kv_heads) p.heads -= p.kv_heads;
  while (cost() > kMostMultiplyAdds && p.kv_heads > 1) p.heads = --p.kv_heads;
}

/// Past tokens of different number in tensors of one length.
void AttentionCase::StaticCache() {
  p.past_capacity = p.past_len + Pick({0, 1, 30});
  for (int64_t b = 0; b < p.batch; ++b) {
    past_lens_.push_back(Below(p.past_len + 1));
  }
  p.past_len = *std::max_element(past_lens_.begin(), past_lens_.end());
  p.past_lens = past_lens_.data();
}

/// One run of new tokens, pads before it only where there is no past.
void AttentionCase::StaticMask() {
  real_.reset(new bool[static_cast<size_t>(p.batch * p.q_len)]);
  for (int64_t b = 0; b < p.batch; ++b) {
    int64_t count = Pick({p.q_len, p.q_len, 0, p.q_len / 2});
    int64_t first = past_lens_[static_cast<size_t>(b)] == 0 ? Pick({0, p.q_len - count}) : 0;
    for (int64_t t = 0; t < p.q_len; ++t) {
      real_[static_cast<size_t>(b * p.q_len + t)] = t >= first && t < first + count;
    }
  }
  p.real = real_.get();
  p.real_stride = p.q_len;
}

void AttentionCase::RealTokens(int64_t b, int64_t first, int64_t end) {
  for (int64_t slot = 0; slot < p.keys(); ++slot) {
    real_[static_cast<size_t>(b * p.keys() + slot)] = slot >= first && slot < end;
  }
}

void AttentionCase::AnyMask() {
  int64_t keys = p.keys();
  real_.reset(new bool[static_cast<size_t>(p.batch * keys)]);
  p.real = real_.get();
  p.real_stride = keys;
  for (int64_t b = 0; b < p.batch; ++b) {
    RealTokens(b, 0, keys);
    if (Sometimes(3)) {
      int64_t first = Below(keys + 1);  // keys: no real token at all
      RealTokens(b, first, first + Below(keys - first + 1));
    } else if (Sometimes(10)) {
      int64_t only = Below(keys);
      RealTokens(b, only, only + 1);
    }
    if (Sometimes(40)) {
      real_[static_cast<size_t>(b * keys + keys / 2)] = false;  // a hole: the plain way
    }
  }
}

/// A few numbers far from all others, as trained models have them.
void AttentionCase::AddOutliers(float* numbers, int64_t count) {
  for (int64_t i = 0; i < 3 && count > 0; ++i) {
    numbers[Below(count)] *= 32;
  }
}

void AttentionCase::Tensors(float size) {
  int64_t d = p.head_dim, fresh = p.batch * p.q_len * d, past = p.batch * p.past_capacity * d;
  float* query = Numbers(p.heads * fresh, size);
  float* key = Numbers(p.kv_heads * fresh, size);
  p.past_query = Numbers(p.batch * p.heads * p.past_rows * d, size);
  float* past_key = Numbers(p.kv_heads * past, size);
  if (Sometimes(5)) {
    AddOutliers(query, p.heads * fresh);
    AddOutliers(key, p.kv_heads * fresh);
    AddOutliers(past_key, p.kv_heads * past);
  }
  p.query = query;
  p.key = key;
  p.past_key = past_key;
  p.value = Numbers(p.kv_heads * fresh, 1);
  p.past_value = Numbers(p.kv_heads * past, 1);
}

void AttentionCase::Parts() {
  int64_t d = p.head_dim;
  p.scale = 1 / std::sqrt(static_cast<float>(d));
  if (Sometimes(2)) p.pre_kernel = Kernel();
  if (Sometimes(2)) p.post_kernel = Kernel();
  if (Sometimes(2)) p.pre_mix = Mix();
  if (Sometimes(2)) p.post_mix = Mix();
  if (Sometimes(2)) {
    p.norm_weight = Numbers(d, 1);
    p.norm_epsilon = 1e-2f;
    p.norm_scale = 0.7f;
  }
  if (Sometimes(2)) {
    p.gate_rows = Sometimes(2) ? 1 : d;
    p.gate_weight = Numbers(p.gate_rows * d, 0.3f);
    p.gate_bias = Numbers(p.gate_rows, 1);
  }
  context.assign(static_cast<size_t>(p.batch * p.q_len * p.heads * d), NAN);
  p.context = context.data();
}

void AttentionCase::FillAny() {
  Shape();
  KeepSmall();
  p.past_capacity = p.past_len;
  if (Sometimes(4)) {
    StaticCache();
    StaticMask();
  } else {
    AnyMask();
  }
  Tensors(Sometimes(8) ? 5.0f : 1.0f);  // sharp softmax rows now and then
  Parts();
}

void AttentionCase::FillPrompt() {
  Shape();
  p.past_len = p.past_capacity = p.past_rows = 0;
  p.q_len = Pick({5, 17, 40, 66, 130, 256, 257, 300});
  KeepSmall();
  real_.reset(new bool[static_cast<size_t>(p.batch * p.keys())]);
  p.real = real_.get();
  p.real_stride = p.keys();
  for (int64_t b = 0; b < p.batch; ++b) {
    RealTokens(b, Sometimes(2) ? 0 : Below(p.q_len), p.q_len);
  }
  Tensors(Sometimes(4) ? 5.0f : 1.0f);
  Parts();
}

double AttentionCase::Tolerance() const {
  double queries = std::max(LongestRow(p.query, p.batch * p.heads * p.q_len, p.head_dim),
                            LongestRow(p.past_query, p.batch * p.heads * p.past_rows, p.head_dim));
  double keys =
      std::max(LongestRow(p.key, p.batch * p.kv_heads * p.q_len, p.head_dim),
               LongestRow(p.past_key, p.batch * p.kv_heads * p.past_capacity, p.head_dim));
  double score = p.scale * queries * keys *
                 Gain(p.pre_kernel.weight, p.heads, p.pre_kernel.rows * p.pre_kernel.columns) *
                 Gain(p.pre_mix.weight, p.heads, p.pre_mix.size);
  constexpr double kUnit = 1.0 / (1 << 24);
  return std::max(3e-4, 32 * kUnit * score);
}

void AttentionCase::Print() const {
  auto number = [](int64_t value) { return static_cast<long>(value); };
  std::printf(
      "  element %d batch %ld heads %ld/%ld d %ld q %ld past %ld (%s) rows %ld window %ld "
      "pre %ldx%ld left %ld mix %ld post %ldx%ld left %ld mix %ld norm %d gate %ld\n",
      static_cast<int>(element), number(p.batch), number(p.heads), number(p.kv_heads),
      number(p.head_dim), number(p.q_len), number(p.past_len),
      p.past_lens != nullptr ? "static" : "dynamic", number(p.past_rows), number(p.visible.window),
      number(p.pre_kernel ? p.pre_kernel.rows : 0), number(p.pre_kernel.columns),
      number(p.pre_kernel.left), number(p.pre_mix ? p.pre_mix.size : 0),
      number(p.post_kernel ? p.post_kernel.rows : 0), number(p.post_kernel.columns),
      number(p.post_kernel.left), number(p.post_mix ? p.post_mix.size : 0),
      p.norm_weight != nullptr ? 1 : 0, number(p.gate_rows));
}

}  // namespace heddle
