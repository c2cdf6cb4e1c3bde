// Random small cases: the kernels of every instruction set of this machine
// against the plain version in double.
//   kernel_test [cases] [seed]
#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <new>
#include <random>
#include <thread>
#include <vector>

#include "common/element.h"
#include "common/instruction_set.h"
#include "kv_shift/cpu.h"
#include "multi_token_attention/cpu.h"

namespace heddle {
namespace {

/// Threads of the test; memory is filled with NaN, so that a cell that is read
/// but never written shows.
class TestExecutor final : public Executor {
 public:
  explicit TestExecutor(int64_t workers) : workers_(workers) {}
  int64_t Workers() const override { return workers_; }

  void ParallelFor(int64_t count, Task task, void *state) override {
    std::atomic<int64_t> next{0};
    auto work = [&] {
      for (int64_t i; (i = next++) < count;) {
        task(state, static_cast<size_t>(i));
      }
    };
    std::vector<std::thread> threads;
    for (int64_t i = 1; i < workers_ && i < count; ++i) {
      threads.emplace_back(work);
    }
    work();
    for (std::thread &thread : threads) {
      thread.join();
    }
  }

  void *Allocate(size_t bytes) override {
    size_t size = (bytes + 64 + 63) / 64 * 64;
    void *memory = std::aligned_alloc(64, size);
    if (memory == nullptr) {
      throw std::bad_alloc();
    }
    for (size_t i = 0; i < size / 4; ++i) {
      static_cast<float *>(memory)[i] = NAN;
    }
    return memory;
  }
  void Free(void *memory) override { std::free(memory); }

 private:
  int64_t workers_;
};

/// The inputs of one case, all owned here.
struct Case {
  std::mt19937 random;
  AttentionParams p;
  std::vector<std::vector<float>> owned;
  std::unique_ptr<bool[]> real;
  std::vector<int64_t> past_lens;
  std::vector<float> context;

  explicit Case(unsigned seed) : random(seed) {}

  int64_t Pick(std::initializer_list<int64_t> values) {
    return values.begin()[random() % values.size()];
  }

  const float *Numbers(int64_t count, float size) {
    std::normal_distribution<float> normal(0, size);
    std::vector<float> &numbers = owned.emplace_back(static_cast<size_t>(count));
    for (float &number : numbers) {
      number = normal(random);
    }
    return numbers.data();
  }

  ScoreKernel Kernel() {
    int64_t rows = Pick({1, 2, 3, 4, 6, 8, 9}), columns = Pick({1, 2, 3, 5, 9, 11, 13});
    int64_t left = Pick({(columns - 1) / 2, 0, columns - 1});
    return ScoreKernel{Numbers(p.heads * rows * columns, 0.3f), rows, columns, left};
  }

  HeadMix Mix() {
    int64_t size = Pick({1, 2, 4, 8, p.heads});
    while (p.heads % size != 0) {
      size /= 2;
    }
    return HeadMix{Numbers(p.heads * size, 0.5f), size};
  }

  void Shape() {
    p.batch = Pick({1, 1, 2});
    p.kv_heads = Pick({1, 2, 3});
    p.heads = p.kv_heads * Pick({1, 2, 4});
    p.head_dim = Pick({8, 8, 12, 16, 17, 24, 33, 64, 80, 128});
    p.q_len = Pick({1, 1, 2, 3, 5, 15, 16, 17, 31, 33, 63, 64, 65, 100, 130, 200});
    p.past_len = Pick({0, 0, 1, 7, 31, 32, 33, 64, 150});
    p.past_capacity = p.past_len;
    p.past_rows = std::min<int64_t>(p.past_len, Pick({0, 3, 10, 20}));
    if (random() % 4 == 0) {
      StaticCache();
    }
    p.visible.window = Pick({0, 0, 1, 2, 3, 17, 64, 70});
    p.scale = 1 / std::sqrt(static_cast<float>(p.head_dim));
  }

  /// Past tokens of different number in tensors of one length.
  void StaticCache() {
    p.past_capacity = p.past_len + Pick({0, 1, 30});
    for (int64_t b = 0; b < p.batch; ++b) {
      past_lens.push_back(static_cast<int64_t>(random() % static_cast<unsigned>(p.past_len + 1)));
    }
    p.past_len = *std::max_element(past_lens.begin(), past_lens.end());
    p.past_lens = past_lens.data();
  }

  /// One run of new tokens, pads before it only where there is no past.
  void StaticMask() {
    real.reset(new bool[static_cast<size_t>(p.batch * p.q_len)]);
    for (int64_t b = 0; b < p.batch; ++b) {
      int64_t count = Pick({p.q_len, p.q_len, 0, p.q_len / 2});
      int64_t first = past_lens[static_cast<size_t>(b)] == 0 ? Pick({0, p.q_len - count}) : 0;
      for (int64_t t = 0; t < p.q_len; ++t) {
        real[static_cast<size_t>(b * p.q_len + t)] = t >= first && t < first + count;
      }
    }
    p.real = real.get();
    p.real_stride = p.q_len;
  }

  void Mask() {
    if (p.past_lens != nullptr) {
      return StaticMask();
    }
    int64_t keys = p.keys();
    real.reset(new bool[static_cast<size_t>(p.batch * keys)]);
    for (int64_t b = 0; b < p.batch; ++b) {
      int64_t first = 0, end = keys;
      if (random() % 3 == 0) {
        first = static_cast<int64_t>(random() % static_cast<unsigned>(keys + 1));
        end = first + static_cast<int64_t>(random() % static_cast<unsigned>(keys - first + 1));
      }
      for (int64_t slot = 0; slot < keys; ++slot) {
        real[static_cast<size_t>(b * keys + slot)] = slot >= first && slot < end;
      }
      if (random() % 40 == 0) {
        real[static_cast<size_t>(b * keys + keys / 2)] = false;  // a hole: the plain way
      }
    }
    p.real = real.get();
    p.real_stride = keys;
  }

  void Fill() {
    Shape();
    float size = random() % 8 == 0 ? 5.0f : 1.0f;  // sharp softmax rows now and then
    int64_t d = p.head_dim;
    p.query = Numbers(p.batch * p.heads * p.q_len * d, size);
    p.key = Numbers(p.batch * p.kv_heads * p.q_len * d, size);
    p.value = Numbers(p.batch * p.kv_heads * p.q_len * d, 1);
    p.past_query = Numbers(p.batch * p.heads * p.past_rows * d, size);
    p.past_key = Numbers(p.batch * p.kv_heads * p.past_capacity * d, size);
    p.past_value = Numbers(p.batch * p.kv_heads * p.past_capacity * d, 1);
    Mask();
    if (random() % 2 == 0) p.pre_kernel = Kernel();
    if (random() % 2 == 0) p.post_kernel = Kernel();
    if (random() % 2 == 0) p.pre_mix = Mix();
    if (random() % 2 == 0) p.post_mix = Mix();
    if (random() % 2 == 0) {
      p.norm_weight = Numbers(d, 1);
      p.norm_epsilon = 1e-2f;
      p.norm_scale = 0.7f;
    }
    if (random() % 2 == 0) {
      p.gate_rows = random() % 2 == 0 ? 1 : d;
      p.gate_weight = Numbers(p.gate_rows * d, 0.3f);
      p.gate_bias = Numbers(p.gate_rows, 1);
    }
    context.resize(static_cast<size_t>(p.batch * p.q_len * p.heads * d));
    p.context = context.data();
  }

  void Print() const {
    std::printf(
        "batch %ld heads %ld/%ld d %ld q %ld past %ld (%s) rows %ld "
        "window %ld pre %ldx%ld left %ld mix "
        "%ld post %ldx%ld left %ld mix %ld\n",
        static_cast<long>(p.batch), static_cast<long>(p.heads), static_cast<long>(p.kv_heads),
        static_cast<long>(p.head_dim), static_cast<long>(p.q_len), static_cast<long>(p.past_len),
        p.past_lens != nullptr ? "static" : "dynamic", static_cast<long>(p.past_rows),
        static_cast<long>(p.visible.window),
        static_cast<long>(p.pre_kernel ? p.pre_kernel.rows : 0),
        static_cast<long>(p.pre_kernel.columns), static_cast<long>(p.pre_kernel.left),
        static_cast<long>(p.pre_mix ? p.pre_mix.size : 0),
        static_cast<long>(p.post_kernel ? p.post_kernel.rows : 0),
        static_cast<long>(p.post_kernel.columns), static_cast<long>(p.post_kernel.left),
        static_cast<long>(p.post_mix ? p.post_mix.size : 0));
  }
};

double Largest(const std::vector<float> &values) {
  double largest = 0;
  for (float value : values) {
    largest = std::max(largest, static_cast<double>(std::fabs(value)));
  }
  return largest;
}

bool Close(const std::vector<float> &actual, const std::vector<float> &expected, double tolerance,
           size_t *where) {
  double limit = tolerance * std::max(1.0, Largest(expected));
  for (size_t i = 0; i < expected.size(); ++i) {
    if (!(std::fabs(static_cast<double>(actual[i]) - expected[i]) <= limit)) {
      *where = i;
      return false;
    }
  }
  return true;
}

const char *Name(InstructionSet set) {
  return set == InstructionSet::kAvx512 ? "avx512"
         : set == InstructionSet::kAvx2 ? "avx2"
                                        : "portable";
}

bool TestAttention(unsigned seed, double *worst) {
  Case c(seed);
  c.Fill();
  TestExecutor serial(1), threads(3);
  AttendPlain(c.p, serial);
  std::vector<float> expected = c.context;
  std::vector<float> weights;
  for (InstructionSet set :
       {InstructionSet::kPortable, InstructionSet::kAvx2, InstructionSet::kAvx512}) {
    if (set > BestInstructionSet()) {
      continue;
    }
    std::fill(c.context.begin(), c.context.end(), NAN);
    Attend(c.p, set, serial);
    size_t where = 0;
    if (!Close(c.context, expected, 3e-4, &where)) {
      std::printf("seed %u %s: context[%zu]: expected %.7g, got %.7g\n", seed, Name(set), where,
                  static_cast<double>(expected[where]), static_cast<double>(c.context[where]));
      c.Print();
      return false;
    }
    for (size_t i = 0; i < expected.size(); ++i) {
      *worst = std::max(*worst, std::fabs(static_cast<double>(expected[i]) - c.context[i]));
    }
    std::vector<float> alone = c.context;
    Attend(c.p, set, threads);
    if (std::memcmp(alone.data(), c.context.data(), alone.size() * sizeof(float)) != 0) {
      std::printf("seed %u %s: expected the same bits on 1 and 3 threads\n", seed, Name(set));
      c.Print();
      return false;
    }
  }
  return true;
}

bool TestShift(unsigned seed) {
  Case c(seed);
  ShiftParams p;
  p.batch = c.Pick({1, 2});
  p.kv_heads = c.Pick({1, 3});
  p.q_len = c.Pick({1, 2, 5, 130, 300});
  p.head_dim = c.Pick({4, 17, 64});
  p.taps = c.Pick({1, 2, 2, 3, 4});
  int64_t size = p.batch * p.kv_heads * p.q_len * p.head_dim;
  p.x = c.Numbers(size, 1);
  p.weight = c.Numbers(p.kv_heads * p.taps, 1);
  p.last = c.random() % 3 == 0 ? nullptr
                               : c.Numbers(p.batch * p.kv_heads * (p.taps - 1) * p.head_dim, 1);
  std::unique_ptr<bool[]> real(new bool[static_cast<size_t>(p.batch * p.q_len)]);
  for (int64_t i = 0; i < p.batch * p.q_len; ++i) {
    real[static_cast<size_t>(i)] = c.random() % 5 != 0;
  }
  p.real = real.get();
  std::vector<float> expected(static_cast<size_t>(size)), actual(static_cast<size_t>(size));
  TestExecutor threads(2);
  p.y = expected.data();
  ShiftPlain(p, threads);
  p.y = actual.data();
  Shift(p, threads);
  size_t where = 0;
  if (!Close(actual, expected, 1e-6, &where)) {
    std::printf("seed %u: KVShift y[%zu]: expected %.7g, got %.7g\n", seed, where,
                static_cast<double>(expected[where]), static_cast<double>(actual[where]));
    return false;
  }
  return true;
}

/// Every 16-bit number survives the way to float32 and back.
bool TestElements() {
  for (Element element : {Element::kFloat16, Element::kBfloat16}) {
    for (uint32_t bits = 0; bits < 0x10000; ++bits) {
      uint16_t in = static_cast<uint16_t>(bits), out = 0;
      float wide = 0;
      Widen(element, &in, 1, &wide);
      Narrow(element, &wide, 1, &out);
      if (out != in && !std::isnan(wide)) {
        std::printf("16-bit number %x: expected it back, got %x\n", in, out);
        return false;
      }
    }
  }
  return true;
}

}  // namespace
}  // namespace heddle

int main(int count, char **arguments) {
  unsigned cases = count > 1 ? static_cast<unsigned>(std::atoi(arguments[1])) : 1500;
  unsigned seed = count > 2 ? static_cast<unsigned>(std::atoi(arguments[2])) : 1;
  double worst = 0;
  unsigned failures = heddle::TestElements() ? 0 : 1;
  for (unsigned i = 0; i < cases && failures < 5; ++i) {
    failures += heddle::TestAttention(seed + i, &worst) ? 0 : 1;
    failures += heddle::TestShift(seed + i) ? 0 : 1;
  }
  std::printf("%u cases on up to %s, %u failures, worst difference %.3g\n", cases,
              heddle::Name(heddle::BestInstructionSet()), failures, worst);
  return failures == 0 ? 0 : 1;
}
