#ifndef HEDDLE_COMMON_INSTRUCTION_SET_H_
#define HEDDLE_COMMON_INSTRUCTION_SET_H_

namespace heddle {

/// Instruction sets that kernels are compiled for, from the one that every machine has upwards.
enum class InstructionSet { kPortable, kAvx2, kAvx512 };

/// The best one of this machine.
InstructionSet BestInstructionSet();

}  // namespace heddle

#endif  // HEDDLE_COMMON_INSTRUCTION_SET_H_
