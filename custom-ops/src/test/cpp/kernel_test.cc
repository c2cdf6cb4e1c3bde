// Random small cases: the kernels of every instruction set of this machine against the plain
// version in double.
//   kernel_test [cases] [seed]
// The environment variable HEDDLE_KERNEL_CASES changes the default number of cases.
#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <thread>
#include <vector>

#include "compare.h"
#include "tests.h"

namespace {

constexpr unsigned kWorkers = 2;
constexpr unsigned kMostFailures = 5;

/// Chunks take several calls for each instruction set, so only every eighth case has them.
bool TestCase(unsigned seed) {
  bool right = heddle::TestAttention(seed);
  right &= heddle::TestShift(seed);
  right &= heddle::TestSpecialValues(seed);
  return right & (seed % 8 != 0 || heddle::TestChunks(seed));
}

}  // namespace

int main(int count, char** arguments) {
  const char* wanted = count > 1 ? arguments[1] : std::getenv("HEDDLE_KERNEL_CASES");
  unsigned cases = wanted != nullptr ? static_cast<unsigned>(std::atoi(wanted)) : 10000;
  unsigned seed = count > 2 ? static_cast<unsigned>(std::atoi(arguments[2])) : 1;
  std::atomic<unsigned> next{0}, failures{0};
  failures += heddle::TestElements() ? 0 : 1;
  failures += heddle::TestInstructionSets() ? 0 : 1;
  std::vector<std::thread> workers;
  for (unsigned worker = 0; worker < kWorkers; ++worker) {
    workers.emplace_back([&] {
      for (unsigned i; (i = next++) < cases && failures < kMostFailures;) {
        failures += TestCase(seed + i) ? 0 : 1;
      }
    });
  }
  for (std::thread& worker : workers) {
    worker.join();
  }
  std::printf("%u cases on up to %s, %u failures\n", std::min(cases, next.load()),
              heddle::Name(heddle::BestInstructionSet()), failures.load());
  return failures == 0 ? 0 : 1;
}
