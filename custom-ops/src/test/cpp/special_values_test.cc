#include <algorithm>
#include <cmath>
#include <cstdio>
#include <limits>

#include "attention_case.h"
#include "compare.h"
#include "multi_token_attention/cpu.h"
#include "test_executor.h"
#include "tests.h"

namespace heddle {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();

/// One number of the tensor becomes NaN or infinite.
void Poison(AttentionCase& c, const float* tensor, int64_t count) {
  if (count > 0) {
    const float values[] = {NAN, kInfinity, -kInfinity};
    const_cast<float*>(tensor)[c.Below(count)] = values[c.Below(3)];
  }
}

/// Every row of a tensor [batch, heads, rows, head_dim] whose slot is a pad, filled with NaN.
void PoisonPads(const AttentionParams& p, const float* tensor, int64_t heads, int64_t first_slot,
                int64_t rows) {
  for (int64_t b = 0; b < p.batch; ++b) {
    for (int64_t row = 0; row < heads * rows; ++row) {
      if (!p.real[b * p.real_stride + first_slot + row % rows]) {
        float* to = const_cast<float*>(tensor) + (b * heads * rows + row) * p.head_dim;
        std::fill(to, to + p.head_dim, NAN);
      }
    }
  }
}

std::vector<float> Result(AttentionCase& c, InstructionSet set) {
  TestExecutor serial(1);
  std::fill(c.context.begin(), c.context.end(), 7e7f);
  Attend(c.p, set, serial);
  return c.context;
}

/// Pads may hold anything.
bool PadsDoNotMatter(unsigned seed) {
  AttentionCase c(seed);
  c.FillAny();
  InstructionSet set = InstructionSets()[seed % InstructionSets().size()];
  std::vector<float> expected = Result(c, set);
  PoisonPads(c.p, c.p.query, c.p.heads, c.p.past_len, c.p.q_len);
  PoisonPads(c.p, c.p.key, c.p.kv_heads, c.p.past_len, c.p.q_len);
  PoisonPads(c.p, c.p.value, c.p.kv_heads, c.p.past_len, c.p.q_len);
  PoisonPads(c.p, c.p.past_key, c.p.kv_heads, 0, c.p.past_len);
  PoisonPads(c.p, c.p.past_value, c.p.kv_heads, 0, c.p.past_len);
  PoisonPads(c.p, c.p.past_query, c.p.heads, c.p.past_len - c.p.past_rows, c.p.past_rows);
  char what[64];
  std::snprintf(what, sizeof what, "seed %u %s with NaN in pads", seed, Name(set));
  if (!SameBits(Result(c, set), expected, what)) {
    c.Print();
    return false;
  }
  return true;
}

/// NaN comes out exactly where it does in the plain version.
bool ScoresPropagate(unsigned seed) {
  AttentionCase c(seed);
  c.FillAny();
  const AttentionParams& p = c.p;
  int64_t d = p.head_dim;
  if (c.Sometimes(2)) {
    Poison(c, p.query, p.batch * p.heads * p.q_len * d);
    Poison(c, p.past_query, p.batch * p.heads * p.past_rows * d);
  }
  Poison(c, p.key, p.batch * p.kv_heads * p.q_len * d);
  Poison(c, p.past_key, p.batch * p.kv_heads * p.past_len * d);
  TestExecutor serial(1);
  AttendPlain(p, serial);
  std::vector<float> expected = c.context;
  double limit = 3e-3 * std::max(1.0, Largest(expected));
  for (InstructionSet set : InstructionSets()) {
    char what[64];
    std::snprintf(what, sizeof what, "seed %u %s with NaN in scores", seed, Name(set));
    if (!Close(Result(c, set), expected, limit, what)) {
      c.Print();
      return false;
    }
  }
  return true;
}

}  // namespace

bool TestSpecialValues(unsigned seed) {
  return seed % 2 == 0 ? PadsDoNotMatter(seed) : ScoresPropagate(seed);
}

}  // namespace heddle
