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

/// Every row of a tensor [batch, heads, rows, head_dim] that belongs to no real token, filled with
/// NaN.
/// @param slot_of (sequence, row) -> slot, below 0 if there is none
template <class SlotOf>
void PoisonPads(const AttentionParams& p, const float* tensor, int64_t heads, int64_t rows,
                SlotOf slot_of) {
  for (int64_t b = 0; b < p.batch; ++b) {
    for (int64_t row = 0; row < heads * rows; ++row) {
      int64_t slot = slot_of(b, row % rows);
      if (slot < 0 || !p.Real(b, slot)) {
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
  const AttentionParams& p = c.p;
  auto fresh = [&](int64_t b, int64_t row) { return p.PastLen(b) + row; };
  auto past = [&](int64_t b, int64_t row) { return row < p.PastLen(b) ? row : -1; };
  PoisonPads(p, p.query, p.heads, p.q_len, fresh);
  PoisonPads(p, p.key, p.kv_heads, p.q_len, fresh);
  PoisonPads(p, p.value, p.kv_heads, p.q_len, fresh);
  PoisonPads(p, p.past_key, p.kv_heads, p.past_capacity, past);
  PoisonPads(p, p.past_value, p.kv_heads, p.past_capacity, past);
  PoisonPads(p, p.past_query, p.heads, p.past_rows,
             [&](int64_t b, int64_t row) { return p.PastLen(b) - p.past_rows + row; });
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
  Poison(c, p.past_key, p.batch * p.kv_heads * p.past_capacity * d);
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
