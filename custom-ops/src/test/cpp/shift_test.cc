#include <cstdio>
#include <memory>

#include "attention_case.h"
#include "compare.h"
#include "kv_shift/cpu.h"
#include "test_executor.h"
#include "tests.h"

namespace heddle {
namespace {

/// Rows [from, to) of each head.
std::vector<float> Rows(const std::vector<float>& all, int64_t heads, int64_t rows, int64_t size,
                        int64_t from, int64_t to) {
  std::vector<float> some;
  for (int64_t head = 0; head < heads; ++head) {
    some.insert(some.end(), all.begin() + (head * rows + from) * size,
                all.begin() + (head * rows + to) * size);
  }
  return some;
}

/// The same bits when the rows come in two calls, the second with the first one's last rows.
bool TestShiftInChunks(ShiftParams p, const std::vector<float>& whole, int64_t first,
                       const char* what) {
  TestExecutor threads(2);
  int64_t heads = p.batch * p.kv_heads, size = p.head_dim;
  std::vector<float> x(p.x, p.x + heads * p.q_len * size);
  std::vector<float> rest = Rows(x, heads, p.q_len, size, first, p.q_len);
  std::vector<float> last = Rows(x, heads, p.q_len, size, first - (p.taps - 1), first);
  std::vector<float> expected = Rows(whole, heads, p.q_len, size, first, p.q_len);
  std::vector<float> actual(rest.size());
  std::unique_ptr<bool[]> real(new bool[static_cast<size_t>(p.batch * p.q_len)]);
  for (int64_t i = 0; i < p.batch * p.q_len; ++i) {
    real[static_cast<size_t>(i)] = true;
  }
  p.q_len -= first;
  p.x = rest.data();
  p.last = last.data();
  p.real = real.get();
  p.y = actual.data();
  Shift(p, threads);
  return SameBits(actual, expected, what);
}

}  // namespace

bool TestShift(unsigned seed) {
  AttentionCase c(seed);
  ShiftParams p;
  p.batch = c.Pick({1, 2});
  p.kv_heads = c.Pick({1, 3});
  p.q_len = c.Pick({1, 2, 5, 127, 128, 129, 300});
  p.head_dim = c.Pick({1, 4, 17, 64});
  p.taps = c.Pick({1, 2, 2, 3, 4});
  int64_t size = p.batch * p.kv_heads * p.q_len * p.head_dim;
  p.x = c.Numbers(size, 1);
  p.weight = c.Numbers(p.kv_heads * p.taps, 1);
  p.last =
      c.Sometimes(3) ? nullptr : c.Numbers(p.batch * p.kv_heads * (p.taps - 1) * p.head_dim, 1);
  bool pads = c.Sometimes(2);
  std::unique_ptr<bool[]> real(new bool[static_cast<size_t>(p.batch * p.q_len)]);
  for (int64_t i = 0; i < p.batch * p.q_len; ++i) {
    real[static_cast<size_t>(i)] = !pads || !c.Sometimes(5);
  }
  p.real = real.get();
  std::vector<float> expected(static_cast<size_t>(size)), actual(static_cast<size_t>(size));
  TestExecutor threads(2);
  p.y = expected.data();
  ShiftPlain(p, threads);
  p.y = actual.data();
  Shift(p, threads);
  char what[64];
  std::snprintf(what, sizeof what, "seed %u KVShift of %ld taps", seed, static_cast<long>(p.taps));
  if (!Close(actual, expected, 1e-6 * std::max(1.0, Largest(expected)), what)) {
    return false;
  }
  int64_t first = p.q_len / 2;
  return pads || first < p.taps - 1 || TestShiftInChunks(p, actual, first, what);
}

}  // namespace heddle
