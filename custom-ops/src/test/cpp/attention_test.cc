#include <algorithm>
#include <cmath>
#include <cstdio>

#include "attention_case.h"
#include "compare.h"
#include "multi_token_attention/cpu.h"
#include "test_executor.h"
#include "tests.h"

namespace heddle {

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
        !SameBits(c.context, alone, what)) {
      c.Print();
      return false;
    }
  }
  return true;
}

}  // namespace heddle
