// Comparing results, and saying where they differ.
#ifndef HEDDLE_TEST_COMPARE_H_
#define HEDDLE_TEST_COMPARE_H_

#include <vector>

#include "common/element.h"
#include "common/instruction_set.h"

namespace heddle {

/// The instruction sets of this machine.
std::vector<InstructionSet> InstructionSets();

double Largest(const std::vector<float>& values);

/// As a tensor of this element type would hold them.
std::vector<float> Rounded(Element element, const std::vector<float>& values);

/// Half a unit in the last place of numbers up to 1; 0 for float32, whose rounding the tolerance
/// of a computation contains.
double RoundingOf(Element element);

/// Prints the first place where they differ by more than `limit`, or where one is NaN and the
/// other not.
bool Close(const std::vector<float>& actual, const std::vector<float>& expected, double limit,
           const char* what);

/// Prints the first place where the bits differ.
bool SameBits(const std::vector<float>& actual, const std::vector<float>& expected,
              const char* what);

}  // namespace heddle

#endif  // HEDDLE_TEST_COMPARE_H_
