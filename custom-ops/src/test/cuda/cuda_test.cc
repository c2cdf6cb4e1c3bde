// Random small cases: the CUDA kernels against the plain version in double, for every element type.
// The same program runs on a GPU and on the emulation, which test_device.h decides.
//   cuda_test [cases] [seed]
#include "kv_shift/cuda.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <map>

#include "device_case.h"
#include "kv_shift/cpu.h"
#include "multi_token_attention/cpu.h"
#include "multi_token_attention/cuda.h"
#include "multi_token_attention/cuda_plan.h"

namespace heddle {
namespace {

/// How far a result may be from the exact one, for results up to 1: the rounding of weights and
/// results, and that of scores to 10 bits before convolutions and mixes.
double Tolerance(Element element) {
  switch (element) {
    case Element::kFloat32:
      return 3e-4;
    case Element::kFloat16:
      return 1e-2;
    case Element::kBfloat16:
      return 3e-2;
  }
  return 0;
}

bool Close(const std::vector<float>& actual, const std::vector<float>& expected, double tolerance,
           const char* what, double* worst) {
  double largest = 1;
  for (float value : expected) {
    largest = std::max(largest, static_cast<double>(std::fabs(value)));
  }
  for (size_t i = 0; i < expected.size(); ++i) {
    double difference = std::fabs(static_cast<double>(actual[i]) - expected[i]) / largest;
    *worst = difference > *worst ? difference : *worst;
    if (!(difference <= tolerance)) {
      std::printf("%s[%zu]: expected %.7g, got %.7g\n", what, i, static_cast<double>(expected[i]),
                  static_cast<double>(actual[i]));
      return false;
    }
  }
  return true;
}

template <class T>
AttentionParamsOf<T> Upload(const DeviceCase& c, Uploads& up) {
  const AttentionParams& p = c.p;
  int64_t d = p.head_dim, now = p.batch * p.q_len * d;
  int64_t past = p.batch * p.kv_heads * p.past_capacity * d;
  AttentionParamsOf<T> q;
  q.batch = p.batch;
  q.heads = p.heads;
  q.kv_heads = p.kv_heads;
  q.head_dim = d;
  q.q_len = p.q_len;
  q.past_len = c.max_len > 0 ? c.mask_columns - p.q_len : p.past_len;
  q.past_rows = p.past_rows;
  q.past_capacity = p.past_capacity;
  q.scale = p.scale;
  q.visible = p.visible;
  q.query = up.Elements<T>(p.query, now * p.heads);
  q.key = up.Elements<T>(p.key, now * p.kv_heads);
  q.value = up.Elements<T>(p.value, now * p.kv_heads);
  q.past_query = up.Elements<T>(p.past_query, p.batch * p.heads * p.past_rows * d);
  q.past_key = up.Elements<T>(p.past_key, past);
  q.past_value = up.Elements<T>(p.past_value, past);
  auto kernel = [&](const ScoreKernel& k) {
    const T* weight = up.Elements<T>(k.weight, p.heads * k.rows * k.columns);
    return ScoreKernelOf<T>{weight, k.rows, k.columns, k.left};
  };
  auto mix = [&](const HeadMix& m) {
    return HeadMixOf<T>{up.Elements<T>(m.weight, p.heads * m.size), m.size};
  };
  q.pre_kernel = kernel(p.pre_kernel);
  q.post_kernel = kernel(p.post_kernel);
  q.pre_mix = mix(p.pre_mix);
  q.post_mix = mix(p.post_mix);
  q.norm_weight = up.Elements<T>(p.norm_weight, d);
  q.norm_epsilon = p.norm_epsilon;
  q.norm_scale = p.norm_scale;
  q.gate_weight = up.Elements<T>(p.gate_weight, p.gate_rows * d);
  q.gate_bias = up.Elements<T>(p.gate_bias, p.gate_rows);
  q.gate_rows = p.gate_rows;
  q.context = up.Elements<T>(p.context, now * p.heads);
  return q;
}

/// Which ways through the kernels the cases took; a way that none took is not tested.
struct Ways {
  std::map<const char*, int> taken;

  void Count(const StripShape& shape, const StripPlan& plan) {
    bool few = shape.q_len <= kFewRowsOnDevice;
    taken["one pass"] += shape.two_passes ? 0 : 1;
    taken["two passes"] += shape.two_passes && !few ? 1 : 0;
    taken["kept logits"] += plan.keep_logits ? 1 : 0;
    taken["planes in scratch memory"] += plan.planes_outside ? 1 : 0;
    taken["several parts"] += plan.parts > 1 ? 1 : 0;
    taken["several splits, one pass"] += plan.splits > 1 && !shape.two_passes ? 1 : 0;
    taken["several splits, two passes"] += plan.splits > 1 && shape.two_passes ? 1 : 0;
    taken["several shares"] += plan.shares > 1 ? 1 : 0;
    taken["several row tiles"] += plan.row_tiles > 1 ? 1 : 0;
    taken["one task"] += plan.warp_tasks == 1 ? 1 : 0;
    taken["two tasks"] += plan.warp_tasks == 2 ? 1 : 0;
    taken["heads joined for their keys"] +=
        plan.group > std::max(shape.pre_group, shape.post_group) ? 1 : 0;
    taken["fewer blocks than tiles"] += plan.blocks < plan.tiles * plan.parts * plan.splits ? 1 : 0;
  }

  bool AllTaken() const {
    bool all = true;
    for (const auto& [way, count] : taken) {
      if (count == 0) {
        std::printf("%s: expected a case, got none\n", way);
        all = false;
      }
    }
    return all;
  }
};

/// A NaN in a query comes out wherever the plain version has it, and is not taken for a row that
/// sees nothing.
bool KeepsNan(const std::vector<float>& actual, const std::vector<float>& expected) {
  for (size_t i = 0; i < expected.size(); ++i) {
    if (std::isnan(expected[i]) && !std::isnan(actual[i])) {
      std::printf("context[%zu]: expected NaN, got %.7g\n", i, static_cast<double>(actual[i]));
      return false;
    }
  }
  return true;
}

/// @param poisoned one number of a query is NaN
template <class T>
bool TestAttention(unsigned seed, bool poisoned, TestDevice& device, Ways& ways, double* worst) {
  DeviceCase c(seed, Uploads::ElementOf(T{}));
  c.Fill();
  if (poisoned) {
    c.PoisonQuery();
  }
  std::fill(c.context.begin(), c.context.end(), NAN);
  Uploads up(device);
  AttentionParamsOf<T> q = Upload<T>(c, up);
  // Few processors and little shared memory bring other plans.
  device.Limit(static_cast<int>(c.Pick({227, 99, 30, 8})) * 1024,
               static_cast<int>(c.Pick({1, 8, 40})));
  ways.Count(ShapeOf(q), PlanStrips(ShapeOf(q), LimitsOfDevice()));
  MaskColumns mask{
      up.Copy(c.mask.get(), c.p.batch * c.mask_columns),     c.mask_columns, q.q_len,
      c.max_len > 0 ? c.mask_columns - q.q_len : q.past_len, q.past_rows,    c.max_len};
  DeviceScratch scratch(device);
  TokenRun* runs = scratch.Take<TokenRun>(q.batch);
  CutRuns(mask, q.batch, device, runs);
  AttendOnDevice(q, mask, runs, device);
  std::vector<float> actual = up.Numbers(q.context, static_cast<int64_t>(c.context.size()));
  PlainExecutor executor;
  AttendPlain(c.p, executor);
  if (poisoned ? !KeepsNan(actual, c.context)
               : !Close(actual, c.context, Tolerance(c.element), "context", worst)) {
    std::printf("  seed %u\n", seed);
    c.Print();
    return false;
  }
  return true;
}

/// The state of one tensor, as the CPU writes it and as the device does.
template <class Rule>
bool SameState(const char* what, unsigned seed, TestDevice& device, const TokenRun* runs, Rule host,
               Rule on_device, int64_t outer, int64_t rows) {
  for (int64_t i = 0; i < outer; ++i) {
    host.Copy(i);
  }
  if (runs == nullptr) {
    if constexpr (std::is_same_v<Rule, JoinRows>) CopyOnDevice(on_device, outer, device);
  } else {
    if constexpr (!std::is_same_v<Rule, JoinRows>) CopyOnDevice(on_device, runs, outer, device);
  }
  size_t bytes = static_cast<size_t>(outer * rows * host.row_bytes);
  std::vector<char> actual(bytes + 1);
  device.Download(actual.data(), on_device.out, bytes);
  if (std::memcmp(actual.data(), host.out, bytes) != 0) {
    std::printf("%s: expected the bytes that the CPU writes, seed %u\n", what, seed);
    return false;
  }
  return true;
}

bool TestState(unsigned seed, TestDevice& device) {
  DeviceCase c(seed, Element::kFloat32);
  int64_t batch = c.Pick({1, 3}), heads = c.Pick({1, 2}), max_len = 40, q_len = c.Pick({1, 5, 12});
  int64_t past_columns = 20, columns = past_columns + q_len, row_bytes = c.Pick({16, 32, 34, 6});
  int64_t outer = batch * heads, history = c.Pick({1, 4, 10});
  std::unique_ptr<bool[]> mask(new bool[static_cast<size_t>(batch * columns)]());
  std::vector<NewTokens> tokens;
  for (int64_t b = 0; b < batch; ++b) {
    bool* real = mask.get() + b * columns;
    NewTokens t{c.Pick({0, 3, 20}), 0, c.Pick({0, 1, q_len})};
    t.first = t.past_len == 0 && t.count > 0 ? q_len - t.count : 0;
    std::fill(real + past_columns - t.past_len, real + past_columns, true);
    std::fill(real + past_columns + t.first, real + past_columns + t.first + t.count, true);
    tokens.push_back(t);
  }
  Uploads up(device);
  DeviceScratch scratch(device);
  TokenRun* runs = scratch.Take<TokenRun>(batch);
  CutRuns(MaskColumns{up.Copy(mask.get(), batch * columns), columns, q_len, past_columns, history,
                      max_len},
          batch, device, runs);
  auto bytes = [&](int64_t rows) {
    std::vector<char> numbers(static_cast<size_t>(outer * rows * row_bytes));
    for (char& number : numbers) number = static_cast<char>(c.Below(256));
    return numbers;
  };
  std::vector<char> past = bytes(max_len), now = bytes(q_len), queries = bytes(history);
  std::vector<char> out(past.size()), last(queries.size()), joined = bytes(max_len + q_len - 3);
  char* device_past = up.Copy(past.data(), static_cast<int64_t>(past.size()));
  char* device_now = up.Copy(now.data(), static_cast<int64_t>(now.size()));
  char* device_queries = up.Copy(queries.data(), static_cast<int64_t>(queries.size()));
  char* device_out = up.Copy(out.data(), static_cast<int64_t>(out.size()));
  char* device_last = up.Copy(last.data(), static_cast<int64_t>(last.size()));
  char* device_joined = up.Copy(joined.data(), static_cast<int64_t>(joined.size()));
  bool in_place = c.Below(2) == 0;
  AppendRows append{past.data(),   now.data(), in_place ? past.data() : out.data(),
                    tokens.data(), heads,      max_len,
                    q_len,         row_bytes};
  AppendRows device_append{device_past, device_now, in_place ? device_past : device_out,
                           nullptr,     heads,      max_len,
                           q_len,       row_bytes};
  LastRows lasts{queries.data(), now.data(), last.data(), tokens.data(),
                 heads,          history,    q_len,       row_bytes};
  LastRows device_lasts{device_queries, device_now, device_last, nullptr,
                        heads,          history,    q_len,       row_bytes};
  int64_t kept = max_len + q_len - 3;
  JoinRows join{past.data(), now.data(), joined.data(), max_len, q_len, kept, row_bytes};
  JoinRows device_join{device_past, device_now, device_joined, max_len, q_len, kept, row_bytes};
  return SameState("present_key", seed, device, runs, append, device_append, outer, max_len) &&
         SameState("present_query", seed, device, runs, lasts, device_lasts, outer, history) &&
         SameState("joined key", seed, device, nullptr, join, device_join, outer, kept);
}

template <class T>
bool TestShift(unsigned seed, TestDevice& device, double* worst) {
  DeviceCase c(seed, Uploads::ElementOf(T{}));
  ShiftParams p;
  p.batch = c.Pick({1, 2});
  p.kv_heads = c.Pick({1, 3});
  p.q_len = c.Pick({1, 2, 5, 130});
  p.head_dim = c.Pick({4, 17, 64});
  p.taps = c.Pick({1, 2, 2, 3, 4});
  int64_t size = p.batch * p.kv_heads * p.q_len * p.head_dim;
  int64_t state = p.batch * p.kv_heads * (p.taps - 1) * p.head_dim;
  p.x = c.Numbers(size, 1);
  p.weight = c.Numbers(p.kv_heads * p.taps, 1);
  p.last = c.Below(3) == 0 ? nullptr : c.Numbers(state, 1);
  std::unique_ptr<bool[]> real(new bool[static_cast<size_t>(p.batch * p.q_len)]);
  for (int64_t i = 0; i < p.batch * p.q_len; ++i) {
    real[static_cast<size_t>(i)] = c.Below(5) != 0;
  }
  p.real = real.get();
  std::vector<float> expected(static_cast<size_t>(size));
  p.y = expected.data();
  PlainExecutor executor;
  ShiftPlain(p, executor);

  Uploads up(device);
  ShiftParamsOf<T> q{p.batch,
                     p.kv_heads,
                     p.q_len,
                     p.head_dim,
                     p.taps,
                     up.Elements<T>(p.x, size),
                     up.Elements<T>(p.weight, p.kv_heads * p.taps),
                     up.Copy(real.get(), p.batch * p.q_len),
                     up.Elements<T>(p.last, state),
                     up.Elements<T>(p.y, size)};
  ShiftOnDevice(q, device);
  std::vector<float> zeros(static_cast<size_t>(state) + 1);
  T* last = up.Elements<T>(zeros.data(), state);
  LastOnDevice(q, last, device);
  std::vector<float> expected_last;
  for (int64_t head = 0; head < p.batch * p.kv_heads; ++head) {
    const bool* mine = p.real + head / p.kv_heads * p.q_len;
    int64_t end = p.q_len;
    while (end > 0 && !mine[end - 1]) --end;
    for (int64_t i = 0; i < (p.taps - 1) * p.head_dim; ++i) {
      const float* row = p.RawRow(head, end + i / p.head_dim);
      expected_last.push_back(row == nullptr ? 0 : row[i % p.head_dim]);
    }
  }
  if (!Close(up.Numbers(q.y, size), expected, Tolerance(c.element) / 4, "KVShift y", worst) ||
      !Close(up.Numbers(last, state), expected_last, 0, "KVShift new_last", worst)) {
    std::printf("  seed %u taps %ld\n", seed, static_cast<long>(p.taps));
    return false;
  }
  return true;
}

template <class T>
unsigned TestAll(unsigned seed, TestDevice& device, Ways& ways, double* worst) {
  return (TestAttention<T>(seed, false, device, ways, worst) ? 0u : 1u) +
         (seed % 4 != 0 || TestAttention<T>(seed, true, device, ways, worst) ? 0u : 1u) +
         (TestShift<T>(seed, device, worst) ? 0u : 1u);
}

int RunTests(unsigned cases, unsigned seed) {
  double worst[3] = {};
  unsigned failures = 0;
  TestDevice device;
  Ways ways;
  for (unsigned i = 0; i < cases && failures < 5; ++i) {
    switch (i % 3) {
      case 0:
        failures += TestAll<float>(seed + i, device, ways, worst);
        break;
      case 1:
        failures += TestAll<Float16>(seed + i, device, ways, worst + 1);
        break;
      default:
        failures += TestAll<Bfloat16>(seed + i, device, ways, worst + 2);
    }
    failures += TestState(seed + i, device) ? 0 : 1;
  }
  std::printf(
      "%u cases, %u failures, worst relative difference: float32 %.2g, float16 %.2g, "
      "bfloat16 %.2g\n",
      cases, failures, worst[0], worst[1], worst[2]);
  // A GPU's limits are its own: there, not every way need be taken.
  bool all_ways = !TestDevice::kHasLimits || cases < 100 || ways.AllTaken();
  return failures == 0 && all_ways ? 0 : 1;
}

}  // namespace
}  // namespace heddle

int main(int count, char** arguments) {
  unsigned cases = count > 1 ? static_cast<unsigned>(std::atoi(arguments[1])) : 150;
  unsigned seed = count > 2 ? static_cast<unsigned>(std::atoi(arguments[2])) : 1;
  try {
    return heddle::RunTests(cases, seed);
  } catch (const std::exception& e) {
    std::printf("cuda_test: %s\n", e.what());
    return 1;
  }
}
