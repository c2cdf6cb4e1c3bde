// Kernels of MultiTokenAttention on CUDA.
#ifndef HEDDLE_MULTI_TOKEN_ATTENTION_CUDA_H_
#define HEDDLE_MULTI_TOKEN_ATTENTION_CUDA_H_

#include "common/device.h"
#include "multi_token_attention/params.h"
#include "multi_token_attention/state.h"

namespace heddle {

/// The real tokens of one sequence. Positions count them from 0; rows and keys share them.
struct TokenRun {
  int64_t past_len;    ///< slots of its past; what AttentionParams::past_lens becomes
  int64_t first_slot;  ///< slot of position 0
  int64_t keys;        ///< positions
  int64_t row_begin;   ///< first position whose query is given
  int64_t out_begin;   ///< first position whose context is wanted
  bool holes;          ///< pads among them
  NewTokens tokens;    ///< static cache only
};

/// The mask, read on the GPU.
struct MaskColumns {
  const bool* real;   ///< [batch, columns], true = real token
  int64_t columns;    ///< of it
  int64_t q_len;      ///< the last columns, for the new tokens
  int64_t past_len;   ///< dynamic cache: columns before them that count; of a static one all do
  int64_t past_rows;  ///< queries given before the new ones
  int64_t max_len;    ///< rows of a static cache; 0 = dynamic
};

/// One run for each sequence.
void CutRuns(const MaskColumns& mask, int64_t batch, Device& device, TokenRun* runs);

/// Context of the new tokens; T = float, Float16 or Bfloat16.
/// @param params `past_len` = slots that a sequence's past has at most; past_lens, real and
/// real_stride are not read
template <class T>
void AttendOnDevice(const AttentionParamsOf<T>& params, const MaskColumns& mask,
                    const TokenRun* runs, Device& device);

/// Copies rows of a state, `outer` of them; tokens of a static cache come from the runs.
void CopyOnDevice(const JoinRows& join, int64_t outer, Device& device);
void CopyOnDevice(const AppendRows& append, const TokenRun* runs, int64_t outer, Device& device);
void CopyOnDevice(const LastRows& last, const TokenRun* runs, int64_t outer, Device& device);

}  // namespace heddle

#endif  // HEDDLE_MULTI_TOKEN_ATTENTION_CUDA_H_
