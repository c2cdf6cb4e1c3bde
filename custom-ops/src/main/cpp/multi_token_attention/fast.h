// The fast form of MultiTokenAttention, once for each instruction set.
#ifndef HEDDLE_MULTI_TOKEN_ATTENTION_FAST_H_
#define HEDDLE_MULTI_TOKEN_ATTENTION_FAST_H_

#include "common/executor.h"
#include "multi_token_attention/params.h"

namespace heddle {

inline constexpr int64_t kFewRows = 16;  ///< new rows up to which a call is one of decoding

namespace portable {
void Attend(const AttentionParams& params, Executor& executor);
}
namespace avx2 {
void Attend(const AttentionParams& params, Executor& executor);
}
namespace avx512 {
void Attend(const AttentionParams& params, Executor& executor);
}

}  // namespace heddle

#endif  // HEDDLE_MULTI_TOKEN_ATTENTION_FAST_H_
