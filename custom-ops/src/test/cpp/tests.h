// The tests of the kernels; each prints what is wrong and returns whether all is right.
#ifndef HEDDLE_TEST_TESTS_H_
#define HEDDLE_TEST_TESTS_H_

namespace heddle {

/// Conversions of 16-bit numbers, all of them.
bool TestElements();

/// Which instruction set a name stands for.
bool TestInstructionSets();

/// One random case: every instruction set against the plain version, and the same bits on any
/// number of threads.
bool TestAttention(unsigned seed);

/// One random prompt, whole and in chunks through the state.
bool TestChunks(unsigned seed);

/// NaN and infinity in scores, and anything in pads.
bool TestSpecialValues(unsigned seed);

/// One random case of KVShift.
bool TestShift(unsigned seed);

}  // namespace heddle

#endif  // HEDDLE_TEST_TESTS_H_
