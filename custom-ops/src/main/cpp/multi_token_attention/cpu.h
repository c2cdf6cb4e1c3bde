// Kernels of MultiTokenAttention on CPU.
#ifndef HEDDLE_MULTI_TOKEN_ATTENTION_CPU_H_
#define HEDDLE_MULTI_TOKEN_ATTENTION_CPU_H_

#include "common/executor.h"
#include "common/instruction_set.h"
#include "multi_token_attention/params.h"

namespace heddle {

/// The formula, cell by cell, in double. Any mask, also one with holes. Stores the scores of a few
/// rows at a time.
void AttendPlain(const AttentionParams& params, Executor& executor);

/// The fast form for real tokens that form one run in each sequence, else the plain one.
///
/// Any number of threads gives the same bits. A prompt in chunks gives those of the whole prompt if
/// all calls have at most 16 new tokens, if all have more, or if there are at most 256 keys; else
/// sums are added up in another order, and results differ by at most 4e-6 of the largest value.
/// NaN and infinity in queries and keys come out where the plain version has them. In values they
/// may also reach rows of the same call that do not see them, for 0 times infinity is NaN; so they
/// do in the function body. Pads may hold anything.
void Attend(const AttentionParams& params, InstructionSet set, Executor& executor);

}  // namespace heddle

#endif  // HEDDLE_MULTI_TOKEN_ATTENTION_CPU_H_
