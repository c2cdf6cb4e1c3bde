#ifndef HEDDLE_COMMON_INSTRUCTION_SET_H_
#define HEDDLE_COMMON_INSTRUCTION_SET_H_

namespace heddle {

/// Instruction sets that kernels are compiled for, from the one that every machine has upwards.
enum class InstructionSet { kPortable, kAvx2, kAvx512 };

/// portable, avx2 or avx512
const char* Name(InstructionSet set);

/// The best one of this machine.
InstructionSet BestInstructionSet();

/// The one that the environment variable HEDDLE_INSTRUCTION_SET names, else the best.
///
/// Throws std::runtime_error if the machine does not have it or there is no such name.
InstructionSet ChosenInstructionSet();

/// @param wanted null or empty = the best
InstructionSet ChooseInstructionSet(const char* wanted, InstructionSet best);

}  // namespace heddle

#endif  // HEDDLE_COMMON_INSTRUCTION_SET_H_
