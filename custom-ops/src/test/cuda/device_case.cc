#include "device_case.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace heddle {

int64_t DeviceCase::Pick(std::initializer_list<int64_t> values) {
  return values.begin()[Below(static_cast<int64_t>(values.size()))];
}

float* DeviceCase::Numbers(int64_t count, float size) {
  std::normal_distribution<float> normal(0, size);
  std::vector<float>& numbers = owned_.emplace_back(static_cast<size_t>(count) + 1);
  for (float& number : numbers) {
    number = normal(random_);
  }
  if (element != Element::kFloat32) {
    std::vector<uint16_t> rounded(numbers.size());
    Narrow(element, numbers.data(), count, rounded.data());
    Widen(element, rounded.data(), count, numbers.data());
  }
  return numbers.data();
}

ScoreKernel DeviceCase::Kernel() {
  int64_t rows = Pick({1, 2, 3, 6, 9}), columns = Pick({1, 2, 3, 5, 9, 11, 19, 33});
  int64_t left = Pick({(columns - 1) / 2, 0, columns - 1});
  float size = 1 / std::sqrt(static_cast<float>(rows * columns));
  return ScoreKernel{Numbers(p.heads * rows * columns, size), rows, columns, left};
}

HeadMix DeviceCase::Mix() {
  int64_t size = Pick({1, 2, 4, p.heads, p.heads});
  while (p.heads % size != 0) {
    size /= 2;
  }
  return HeadMix{Numbers(p.heads * size, 1 / std::sqrt(static_cast<float>(size))), size};
}

void DeviceCase::Shape() {
  p.batch = Pick({1, 1, 2});
  p.kv_heads = Pick({1, 2, 3});
  p.heads = p.kv_heads * Pick({1, 1, 2, 4, 8});
  p.head_dim = Pick({8, 8, 12, 16, 17, 33, 64, 72, 128, 256});
  p.q_len = Pick({1, 1, 2, 3, 16, 17, 33, 70});
  if (Below(20) == 0) {
    // More sums than a block has registers for.
    p.heads = p.kv_heads * 8;
    p.head_dim = 256;
    p.q_len = Pick({1, 17});
    p.post_mix = HeadMix{Numbers(p.heads * p.heads, 0.2f), p.heads};
  }
  p.past_len = p.past_capacity = Pick({0, 0, 1, 7, 33, 64, 150});
  p.past_rows = std::min<int64_t>(p.past_len, Pick({0, 3, 10, 20}));
  p.visible.window = Pick({0, 0, 1, 2, 17, 64});
  p.scale = 1 / std::sqrt(static_cast<float>(p.head_dim));
}

/// Pads on the left and the right, now and then among the real tokens.
void DeviceCase::DynamicMask() {
  int64_t keys = p.keys(), ignored = Pick({0, 0, 5});
  mask_columns = keys + ignored;
  mask.reset(new bool[static_cast<size_t>(p.batch * mask_columns)]());
  for (int64_t b = 0; b < p.batch; ++b) {
    bool* real = mask.get() + b * mask_columns + ignored;
    bool padded = Below(3) == 0;
    int64_t first = padded ? Below(keys + 1) : 0,
            end = padded ? first + Below(keys - first + 1) : keys;
    std::fill(real + first, real + end, true);
    if (Below(8) == 0) {
      real[keys / 2] = false;
    }
  }
  p.real = mask.get() + ignored;
  p.real_stride = mask_columns;
}

/// Past tokens of different number, pads in their columns; new ones in one run.
void DeviceCase::StaticMask() {
  max_len = p.past_capacity = p.past_len + p.q_len + Pick({0, 30});
  mask_columns = p.past_len + p.q_len;
  mask.reset(new bool[static_cast<size_t>(p.batch * mask_columns)]());
  int64_t longest = 0;
  for (int64_t b = 0; b < p.batch; ++b) {
    int64_t past = Below(p.past_len + 1), pads = p.past_len - past;
    past_lens.push_back(past);
    longest = std::max(longest, past);
    bool* real = mask.get() + b * mask_columns;
    std::fill(real + pads, real + p.past_len, true);
    int64_t count = Pick({p.q_len, p.q_len, 0, p.q_len / 2});
    int64_t first = past == 0 ? Pick({0, p.q_len - count}) : 0;
    std::fill(real + p.past_len + first, real + p.past_len + first + count, true);
  }
  p.real = mask.get() + p.past_len;
  p.real_stride = mask_columns;
  p.past_len = longest;
  p.past_lens = past_lens.data();
}

void DeviceCase::Parts() {
  if (Below(2) == 0) p.pre_kernel = Kernel();
  if (Below(2) == 0) p.post_kernel = Kernel();
  if (Below(2) == 0) p.pre_mix = Mix();
  if (Below(2) == 0 && !p.post_mix) p.post_mix = Mix();
  if (Below(2) == 0) {
    p.norm_weight = Numbers(p.head_dim, 1);
    p.norm_epsilon = 1e-2f;
    p.norm_scale = 0.7f;
  }
  if (Below(2) == 0) {
    p.gate_rows = Below(2) == 0 ? 1 : p.head_dim;
    p.gate_weight = Numbers(p.gate_rows * p.head_dim, 0.3f);
    p.gate_bias = Numbers(p.gate_rows, 1);
  }
}

void DeviceCase::Fill() {
  Shape();
  bool is_static = p.past_rows > 0 && Below(2) == 0;
  if (is_static) {
    StaticMask();
  } else {
    DynamicMask();
  }
  // Sharp softmax rows now and then; their rounding is too coarse for a test with 16 bits.
  float size = element == Element::kFloat32 && Below(8) == 0 ? 4.0f : 1.0f;
  int64_t d = p.head_dim;
  p.query = Numbers(p.batch * p.heads * p.q_len * d, size);
  p.key = Numbers(p.batch * p.kv_heads * p.q_len * d, size);
  p.value = Numbers(p.batch * p.kv_heads * p.q_len * d, 1);
  p.past_query = Numbers(p.batch * p.heads * p.past_rows * d, size);
  p.past_key = Numbers(p.batch * p.kv_heads * p.past_capacity * d, size);
  p.past_value = Numbers(p.batch * p.kv_heads * p.past_capacity * d, 1);
  Parts();
  context.resize(static_cast<size_t>(p.batch * p.q_len * p.heads * d));
  p.context = context.data();
}

void DeviceCase::PoisonQuery() {
  int64_t row = Below(p.heads) * p.q_len + p.q_len - 1;
  const_cast<float*>(p.query)[row * p.head_dim + Below(p.head_dim)] = NAN;
}

void DeviceCase::Print() const {
  std::printf(
      "  element %d batch %ld heads %ld/%ld d %ld q %ld past %ld of %ld rows %ld max_len %ld "
      "window %ld pre %ldx%ld left %ld mix %ld post %ldx%ld left %ld mix %ld norm %d gate %ld\n",
      static_cast<int>(element), static_cast<long>(p.batch), static_cast<long>(p.heads),
      static_cast<long>(p.kv_heads), static_cast<long>(p.head_dim), static_cast<long>(p.q_len),
      static_cast<long>(p.past_len), static_cast<long>(p.past_capacity),
      static_cast<long>(p.past_rows), static_cast<long>(max_len),
      static_cast<long>(p.visible.window), static_cast<long>(p.pre_kernel ? p.pre_kernel.rows : 0),
      static_cast<long>(p.pre_kernel.columns), static_cast<long>(p.pre_kernel.left),
      static_cast<long>(p.pre_mix ? p.pre_mix.size : 0),
      static_cast<long>(p.post_kernel ? p.post_kernel.rows : 0),
      static_cast<long>(p.post_kernel.columns), static_cast<long>(p.post_kernel.left),
      static_cast<long>(p.post_mix ? p.post_mix.size : 0), p.norm_weight != nullptr ? 1 : 0,
      static_cast<long>(p.gate_weight != nullptr ? p.gate_rows : 0));
}

}  // namespace heddle
