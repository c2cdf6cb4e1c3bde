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
    if (key + l_.block == rows.end) {
      Divide(rows, h, key);
      Clear(rows, h, key, l_.block, b_.right);
    }
    int64_t before = key - l_.block;
    if (before < rows.begin) {
      Clear(rows, h, key, -b_.left, b_.left);
      return;
    }
    Divide(rows, h, before);
    for (int64_t r = -b_.above; r < rows.count; ++r) {
      float *here = At(h, key, r), *there = At(h, before, r);
      CopyRow(here - b_.left, there + l_.block - b_.left, b_.left);
      CopyRow(there + l_.block, here, b_.right);
    }
  }

  /// Divides the weights of a block by the sums; the rows above are 0 where there is no strip
  /// before.
  void Divide(const StripRows& rows, int64_t h, int64_t key) const {
    softmax_.Divide(rows, h, key);
    for (int64_t r = -b_.above; r < 0 && key >= rows.above_end; ++r) {
      ClearRow(At(h, key, r), l_.block);
    }
  }

  /// The last rows of a block become the rows above of the next strip.
  void KeepAbove(const StripRows& rows, int64_t h, int64_t key) const {
    for (int64_t r = -b_.above; r < 0; ++r) {
      CopyRow(At(h, key, r), At(h, key, rows.count + r), l_.block);
    }
  }

  /// Row r of the strip, or above it if r < 0, of the block at `key`.
  float* At(int64_t h, int64_t key, int64_t r) const {
    return w_.Weights(h, key) + r * l_.weight_stride;
  }

 private:
  /// @param from counted from the first key of the block
  void Clear(const StripRows& rows, int64_t h, int64_t key, int64_t from, int64_t count) const {
    for (int64_t r = -b_.above; r < rows.count; ++r) {
      ClearRow(At(h, key, r) + from, count);
    }
  }

  const StripWork& w_;
  const StripLayout& l_;
  const WeightBlock& b_;
  const StripSoftmax& softmax_;
};

}  // namespace heddle::HEDDLE_ISA

#endif  // HEDDLE_MULTI_TOKEN_ATTENTION_WEIGHT_BLOCKS_H_
