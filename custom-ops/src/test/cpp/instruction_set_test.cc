#include "common/instruction_set.h"

#include <cstdio>
#include <stdexcept>
#include <string>

#include "tests.h"

namespace heddle {
namespace {

constexpr InstructionSet kAvx2 = InstructionSet::kAvx2;

bool Chooses(const char* wanted, InstructionSet expected) {
  InstructionSet chosen = ChooseInstructionSet(wanted, kAvx2);
  if (chosen != expected) {
    std::printf("instruction set %s: expected %s, got %s\n", wanted == nullptr ? "unset" : wanted,
                Name(expected), Name(chosen));
  }
  return chosen == expected;
}

bool Refuses(const char* wanted) {
  std::string expected =
      std::string(
          "HEDDLE_INSTRUCTION_SET: expected one that this machine has (portable, avx2), "
          "got ") +
      wanted + "; unset it to take the best";
  std::string message = "nothing";
  try {
    ChooseInstructionSet(wanted, kAvx2);
  } catch (const std::runtime_error& e) {
    message = e.what();
  }
  if (message != expected) {
    std::printf("instruction set %s: expected \"%s\", got \"%s\"\n", wanted, expected.c_str(),
                message.c_str());
  }
  return message == expected;
}

}  // namespace

bool TestInstructionSets() {
  return Chooses(nullptr, kAvx2) && Chooses("", kAvx2) && Chooses("avx2", kAvx2) &&
         Chooses("portable", InstructionSet::kPortable) && Refuses("avx512") && Refuses("AVX2");
}

}  // namespace heddle
