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
void Attend(const AttentionParams& params, InstructionSet set, Executor& executor);

}  // namespace heddle

#endif  // HEDDLE_MULTI_TOKEN_ATTENTION_CPU_H_
