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
/// Any number of threads gives the same bits, and so does a prompt in chunks of up to 16 tokens,
/// whatever their sizes. Other splits add up in another order: results differ by 4e-6 of the
/// largest value in all but about 1 % of random cases, by 3e-5 in the worst.
/// NaN and infinity in queries and keys come out where the plain version has them. In values they
/// may also reach rows of the same call that do not see them, for 0 times infinity is NaN; so they
/// do in the function body. Pads may hold anything.
void Attend(const AttentionParams& params, InstructionSet set, Executor& executor);

/// Whether Attend reads the past keys and values of these params where they lie if they are of a
/// 16-bit type: it meets each of them once. All else must be there but past_key and past_value.
bool ReadsNarrowPast(const AttentionParams& params);

}  // namespace heddle

#endif  // HEDDLE_MULTI_TOKEN_ATTENTION_CPU_H_
