// A few query rows, as in decoding: bound by reading keys and values once.
//
// All rows that are needed (new ones and those that the convolutions look back to) are one strip.
// Work is shared out by segments of kChunk keys. A task goes along its chunks: scores straight from
// the keys as they lie, convolution, mix and exponential with a largest score of each chunk; if
// nothing else follows the softmax, also the product with the values. Otherwise a second pass
// divides by the sums of all chunks, convolves, mixes and adds up the values. What will be read
// next is fetched meanwhile. The chunks' products are added in order, so the result does not depend
// on the number of threads.
#ifndef HEDDLE_MULTI_TOKEN_ATTENTION_FEW_ROWS_H_
#define HEDDLE_MULTI_TOKEN_ATTENTION_FEW_ROWS_H_

#include "multi_token_attention/few_passes.h"
#include "multi_token_attention/flush_tiny.h"

namespace heddle::HEDDLE_ISA {

class FewRows {
 public:
  FewRows(Executor& executor, const Packed& packed, const Sequence* sequences)
      : w_(executor, packed, sequences) {
    const AttentionParams& p = w_.p;
    constexpr int64_t kSmall = 10000000;  // multiply-adds, about a quarter of a millisecond
    int64_t taps =
        p.pre_kernel.rows * p.pre_kernel.columns + p.post_kernel.rows * p.post_kernel.columns;
    int64_t cells = p.batch * p.heads * p.keys() * w_.score_rows;
    // Waking the other threads for each step costs more than a small call takes.
    serial_ = executor.Workers() == 1 || cells * (2 * p.head_dim + taps) <= kSmall;
    // Some more than workers, since a worker may be held up.
    int64_t wanted = serial_ ? 1 : 4 * executor.Workers();
    w_.segments = Min(w_.chunks, (wanted + p.batch * w_.units - 1) / (p.batch * w_.units));
  }

  void Run() {
    int64_t heads = w_.p.batch * w_.p.heads, segments = w_.p.batch * w_.units * w_.segments;
    Each(w_.p.batch * w_.p.kv_heads, PrepareQueries);
    Each(segments, [](const FewWork& w, int64_t i) { FewFirstPass(FewSegment::Of(w, i)).Run(); });
    if (!w_.streamed) {
      Each(segments, [](const FewWork& w, int64_t i) { FewSecondPass(FewSegment::Of(w, i)); });
    }
    Each(heads, FinishContext);
  }

 private:
  using Task = void (*)(const FewWork& work, int64_t index);

  struct Step {
    const FewWork& work;
    Task task;
  };

  void Each(int64_t count, Task task) {
    Step step{w_, task};
    if (!serial_) {
      w_.executor.ParallelFor(count, RunStep, &step);
      return;
    }
    for (int64_t i = 0; i < count; ++i) {
      RunStep(&step, static_cast<size_t>(i));
    }
  }

  static void RunStep(void* opaque, size_t index) {
    const Step& step = *static_cast<const Step*>(opaque);
    FlushTiny flush;
    step.task(step.work, static_cast<int64_t>(index));
  }

  FewWork w_;
  bool serial_;
};

}  // namespace heddle::HEDDLE_ISA

#endif  // HEDDLE_MULTI_TOKEN_ATTENTION_FEW_ROWS_H_
