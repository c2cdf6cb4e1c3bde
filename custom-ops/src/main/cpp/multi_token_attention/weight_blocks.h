// The exponentials of a strip, whole rows in blocks of keys, as the second convolution reads them:
// above each block the last rows of the strip before, beside it the keys of its neighbours.
#ifndef HEDDLE_MULTI_TOKEN_ATTENTION_WEIGHT_BLOCKS_H_
#define HEDDLE_MULTI_TOKEN_ATTENTION_WEIGHT_BLOCKS_H_

#include "multi_token_attention/strip_softmax.h"

namespace heddle::HEDDLE_ISA {

class WeightBlocks {
 public:
  WeightBlocks(const StripWork& work, const StripSoftmax& softmax)
      : w_(work), l_(work.layout), b_(work.layout.weight_block), softmax_(softmax) {}

  /// Makes one head's block ready for the convolution: weights divided, with what lies beside them.
  /// To be called for each block from the last one back, the rows above being those of the strip
  /// before.
  void Prepare(const StripRows& rows, int64_t h, int64_t key) const {
    int64_t height = b_.above + rows.count;
    Rows here = At(h, key, -b_.above);
    if (key + l_.block == rows.end) {
      Divide(rows, h, key);
      ClearRows(here.From(l_.block), height, b_.right);
    }
    if (key == rows.begin) {
      ClearRows(here.From(-b_.left), height, b_.left);
      return;
    }
    Divide(rows, h, key - l_.block);
    Rows before = At(h, key - l_.block, -b_.above);
    CopyRows(here.From(-b_.left), before.From(l_.block - b_.left), height, b_.left);
    CopyRows(before.From(l_.block), here, height, b_.right);
  }

  /// Divides the weights of a block by the sums; the rows above are 0 where there is no strip
  /// before.
  void Divide(const StripRows& rows, int64_t h, int64_t key) const {
    softmax_.Divide(rows, h, key);
    if (key >= rows.above_end) {
      ClearRows(At(h, key, -b_.above), b_.above, l_.block);
    }
  }

  /// The last rows of a block become the rows above of the next strip.
  void KeepAbove(const StripRows& rows, int64_t h, int64_t key) const {
    CopyRows(At(h, key, -b_.above), At(h, key, rows.count - b_.above), b_.above, l_.block);
  }

  /// From row r of the strip on, or above it if r < 0; the block at `key`.
  Rows At(int64_t h, int64_t key, int64_t r) const {
    return Rows{w_.Weights(h, key) + r * l_.weight_stride, l_.weight_stride};
  }

 private:
  const StripWork& w_;
  const StripLayout& l_;
  const WeightBlock& b_;
  const StripSoftmax& softmax_;
};

}  // namespace heddle::HEDDLE_ISA

#endif  // HEDDLE_MULTI_TOKEN_ATTENTION_WEIGHT_BLOCKS_H_
