// A few query rows, as in decoding: bound by reading keys and values once.
//
// All rows that are needed (new ones and those that the convolutions look back to) are one strip.
// Work is shared out by chunks of kChunk keys, in steps with all chunks between them: scores
// straight from the keys as they lie; convolution, mix and exponential with a largest score of each
// chunk; division by the sums of all chunks; second convolution, mix and product with the values.
// The chunks' products are added in order, so the result does not depend on the number of threads.
#ifndef HEDDLE_MULTI_TOKEN_ATTENTION_FEW_ROWS_H_
#define HEDDLE_MULTI_TOKEN_ATTENTION_FEW_ROWS_H_

#include "multi_token_attention/few_scores.h"
#include "multi_token_attention/few_softmax.h"
#include "multi_token_attention/few_values.h"
#include "multi_token_attention/flush_tiny.h"

namespace heddle::HEDDLE_ISA {

class FewRows {
 public:
  FewRows(Executor& executor, const Packed& packed, const Sequence* sequences)
      : w_(executor, packed, sequences) {}

  void Run() {
    int64_t heads = w_.p.batch * w_.p.heads;
    Each(heads, [](void* w, size_t i) { FewScores(Work(w)).Prepare(static_cast<int64_t>(i)); });
    Each(w_.p.batch * w_.p.kv_heads * w_.chunks,
         [](void* w, size_t i) { FewScores(Work(w)).Chunk(static_cast<int64_t>(i)); });
    Each(w_.p.batch * w_.groups * w_.chunks,
         [](void* w, size_t i) { FewSoftmax(Work(w)).Chunk(static_cast<int64_t>(i)); });
    Each(heads, [](void* w, size_t i) { FewSoftmax(Work(w)).Normalise(static_cast<int64_t>(i)); });
    Each(w_.p.batch * w_.groups * w_.chunks,
         [](void* w, size_t i) { FewValues(Work(w)).Chunk(static_cast<int64_t>(i)); });
    Each(heads, [](void* w, size_t i) { FewValues(Work(w)).Finish(static_cast<int64_t>(i)); });
  }

 private:
  static const FewWork& Work(void* work) { return *static_cast<const FewWork*>(work); }

  /// Six times waking the other threads costs more than a small call takes.
  void Each(int64_t count, Executor::Task task) {
    constexpr int64_t kSmall = 10000000;  // multiply-adds, about a quarter of a millisecond
    const AttentionParams& p = w_.p;
    int64_t taps =
        p.pre_kernel.rows * p.pre_kernel.columns + p.post_kernel.rows * p.post_kernel.columns;
    Step step{&w_, task};
    if (p.batch * p.heads * p.keys() * w_.score_rows * (2 * p.head_dim + taps) > kSmall) {
      w_.executor.ParallelFor(count, RunStep, &step);
      return;
    }
    for (int64_t i = 0; i < count; ++i) {
      RunStep(&step, static_cast<size_t>(i));
    }
  }

  struct Step {
    FewWork* work;
    Executor::Task task;
  };

  static void RunStep(void* opaque, size_t index) {
    const Step& step = *static_cast<const Step*>(opaque);
    FlushTiny flush;
    step.task(step.work, index);
  }

  FewWork w_;
};

}  // namespace heddle::HEDDLE_ISA

#endif  // HEDDLE_MULTI_TOKEN_ATTENTION_FEW_ROWS_H_
