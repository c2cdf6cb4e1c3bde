#include "common/instruction_set.h"

#include <cstdlib>
#include <stdexcept>
#include <string>

namespace heddle {

const char* Name(InstructionSet set) {
  switch (set) {
    case InstructionSet::kPortable:
      return "portable";
    case InstructionSet::kAvx2:
      return "avx2";
    case InstructionSet::kAvx512:
      return "avx512";
  }
  return "";
}

InstructionSet BestInstructionSet() {
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
      __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl")) {
    return InstructionSet::kAvx512;
  }
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
      __builtin_cpu_supports("f16c")) {
    return InstructionSet::kAvx2;
  }
#endif
  return InstructionSet::kPortable;
}

InstructionSet ChosenInstructionSet() {
  return ChooseInstructionSet(std::getenv("HEDDLE_INSTRUCTION_SET"), BestInstructionSet());
}

InstructionSet ChooseInstructionSet(const char* wanted, InstructionSet best) {
  if (wanted == nullptr || *wanted == '\0') {
    return best;
  }
  std::string names;
  for (InstructionSet set :
       {InstructionSet::kPortable, InstructionSet::kAvx2, InstructionSet::kAvx512}) {
    if (set <= best) {
      if (Name(set) == std::string(wanted)) {
        return set;
      }
      names += (names.empty() ? "" : ", ") + std::string(Name(set));
    }
  }
  throw std::runtime_error("HEDDLE_INSTRUCTION_SET: expected one that this machine has (" + names +
                           "), got " + wanted + "; unset it to take the best");
}

}  // namespace heddle
