// Many query rows at a time: a worker goes down the rows of one group of heads in strips.
//
// A strip goes along the keys in blocks: scores of each head, first convolution, head mix and
// exponential, written once against a largest score that is raised only when it must be. If nothing
// but the product with the values follows, each block's weights go into it at once and the sums
// divide the result; a second mix of heads that share their values is made of the results then.
// Otherwise the strip keeps its exponentials; when the rows are complete, a second pass over the
// blocks, from the last one back, divides, convolves, mixes and adds up the values. The last rows
// of scores and of weights stay for the next strip, so nothing is computed twice but the first rows
// of a worker. Blocks that no row sees are skipped. The result of a row does not depend on how rows
// were shared out.
#ifndef HEDDLE_MULTI_TOKEN_ATTENTION_STRIPS_H_
#define HEDDLE_MULTI_TOKEN_ATTENTION_STRIPS_H_

#include "multi_token_attention/strip_scores.h"
#include "multi_token_attention/strip_softmax.h"
#include "multi_token_attention/strip_values.h"

namespace heddle::HEDDLE_ISA {

class Strips {
 public:
  explicit Strips(const StripWork& work)
      : w_(work),
        scores_(w_),
        softmax_(w_),
        online_(w_),
        blocks_(w_, softmax_),
        values_(w_, blocks_) {}

  /// Context of the positions [from, to).
  void Run(int64_t from, int64_t to) const {
    const StripLayout& l = w_.layout;
    int64_t start = Max(w_.sequence.row_begin, from - (w_.p.post_kernel.rows - 1));
    scores_.Begin(start, to);
    for (int64_t i = start; i < from; i += l.rows) {
      StripRows rows = Strip(i, Min(i + l.rows, from), start);
      Exponentials(rows);
      Skip(rows);
    }
    for (int64_t i = from; i < to; i += l.rows) {
      StripRows rows = Strip(i, Min(i + l.rows, to), start);
      values_.BeginStrip();
      if (w_.layout.online) {
        Stream(rows);
      } else {
        Exponentials(rows);
        Values(rows);
      }
      if (w_.layout.mixes_context) {
        values_.MixContexts(rows);
      }
      values_.FinishStrip(rows);
    }
  }

 private:
  /// The keys begin with the first one that a row sees, also a row above, or looks at.
  StripRows Strip(int64_t from, int64_t to, int64_t start) const {
    const AttentionParams& p = w_.p;
    int64_t above = p.pre_kernel.rows - 1 + p.post_kernel.rows - 1;
    int64_t first = p.visible.First(Max(from - above, 0)) - p.pre_kernel.left - p.post_kernel.left;
    return StripRows{from, to - from, RoundDown(Max(first, 0), w_.layout.block),
                     RoundUp(to, w_.layout.block),
                     from == start ? 0 : RoundUp(from, w_.layout.block)};
  }

  void Stream(const StripRows& rows) const {
    online_.Begin();
    for (int64_t key = rows.begin; key < rows.end; key += w_.layout.block) {
      for (int64_t h = 0; h < w_.packed.group; ++h) {
        scores_.Block(rows, h, key, online_);
      }
      values_.StreamBlock(rows, key);
    }
    for (int64_t h = 0; h < w_.packed.group; ++h) {
      online_.Divide(rows, h);
    }
  }

  void Exponentials(const StripRows& rows) const {
    softmax_.Begin();
    for (int64_t key = rows.begin; key < rows.end; key += w_.layout.block) {
      for (int64_t h = 0; h < w_.packed.group; ++h) {
        scores_.Block(rows, h, key);
      }
      softmax_.Block(rows, key);
      if (w_.layout.streamed) {
        for (int64_t h = 0; h < w_.packed.group; ++h) {
          softmax_.Settle(rows, h, key);
        }
        values_.StreamBlock(rows, key);
      }
    }
    softmax_.Finish();
  }

  void Values(const StripRows& rows) const {
    if (w_.layout.streamed) {
      for (int64_t h = 0; h < w_.packed.group; ++h) {
        softmax_.DivideContext(rows, h);
      }
      return;
    }
    // The last blocks are still in the cache.
    for (int64_t key = rows.end - w_.layout.block; key >= rows.begin; key -= w_.layout.block) {
      values_.Block(rows, key);
    }
  }

  /// Rows whose weights are only wanted above the next strip.
  void Skip(const StripRows& rows) const {
    for (int64_t key = rows.begin; key < rows.end; key += w_.layout.block) {
      values_.Skip(rows, key);
    }
  }

  const StripWork w_;
  const StripScores scores_;
  const StripSoftmax softmax_;
  const OnlineSoftmax online_;
  const WeightBlocks blocks_;
  const StripValues values_;
};

}  // namespace heddle::HEDDLE_ISA

#endif  // HEDDLE_MULTI_TOKEN_ATTENTION_STRIPS_H_
