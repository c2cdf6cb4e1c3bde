#include <algorithm>
#include <cmath>
#include <cstdio>
#include <string>
#include <vector>

#include "attention_case.h"
#include "compare.h"
#include "multi_token_attention/cpu.h"
#include "test_executor.h"
#include "tests.h"

namespace heddle {
namespace {

/// The same case with its past keys and values in their 16-bit type.
class NarrowPast {
 public:
  explicit NarrowPast(const AttentionCase& c) : p_(c.p) {
    int64_t count = p_.batch * p_.kv_heads * p_.past_capacity * p_.head_dim;
    key_ = Narrowed(c.element, p_.past_key, count);
    value_ = Narrowed(c.element, p_.past_value, count);
    p_.past_element = c.element;
    p_.past_key = p_.past_value = nullptr;
    p_.narrow_past_key = key_.data();
    p_.narrow_past_value = value_.data();
  }

  const AttentionParams& params() const { return p_; }

 private:
  static std::vector<uint16_t> Narrowed(Element element, const float* from, int64_t count) {
    std::vector<uint16_t> narrow(static_cast<size_t>(count));
    Narrow(element, from, count, narrow.data());
    return narrow;
  }

  AttentionParams p_;
  std::vector<uint16_t> key_, value_;
};

/// Where they are read as they lie, they give the bits that widened ones give.
bool NarrowIsSame(AttentionCase& c, InstructionSet set, const char* what) {
  if (c.element == Element::kFloat32 || !ReadsNarrowPast(c.p)) {
    return true;
  }
  std::vector<float> wide = c.context;
  std::fill(c.context.begin(), c.context.end(), NAN);
  TestExecutor threads(3);
  Attend(NarrowPast(c).params(), set, threads);
  return SameBits(c.context, wide, (std::string(what) + ", 16-bit past").c_str());
}

}  // namespace

bool TestAttention(unsigned seed) {
  AttentionCase c(seed);
  c.FillAny();
  TestExecutor serial(1), threads(2 + seed % 4);
  AttendPlain(c.p, serial);
  std::vector<float> expected = c.context;
  double size = std::max(1.0, Largest(expected));
  double limit = (c.Tolerance() + RoundingOf(c.element)) * size;
  for (InstructionSet set : InstructionSets()) {
    char what[64];
    std::snprintf(what, sizeof what, "seed %u %s", seed, Name(set));
    std::fill(c.context.begin(), c.context.end(), NAN);
    Attend(c.p, set, serial);
    std::vector<float> alone = c.context;
    std::fill(c.context.begin(), c.context.end(), NAN);
    Attend(c.p, set, threads);
    if (!Close(Rounded(c.element, alone), expected, limit, what) ||
        !SameBits(c.context, alone, what) || !NarrowIsSame(c, set, what)) {
      c.Print();
      return false;
    }
  }
  return true;
}

}  // namespace heddle
