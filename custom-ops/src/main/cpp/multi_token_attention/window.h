// What a score convolution reads of one head while a strip goes along the keys: the strip's rows
// and the last ones of the strip before, the keys of a block and some beside it.
#ifndef HEDDLE_MULTI_TOKEN_ATTENTION_WINDOW_H_
#define HEDDLE_MULTI_TOKEN_ATTENTION_WINDOW_H_

#include "multi_token_attention/params.h"
#include "multi_token_attention/rows.h"
#include "multi_token_attention/tiles.h"

namespace heddle::HEDDLE_ISA {

struct WindowLayout {
  int64_t rows = 0;             ///< of a strip, at most
  int64_t above = 0;            ///< rows kept of the strip before: kernel height - 1
  int64_t block = 0;            ///< keys of a block
  int64_t left = 0, right = 0;  ///< keys beside the block
  int64_t stride = 0;           ///< floats from row to row
  int64_t above_margin = 0;     ///< zeros before key 0 of the rows kept
  int64_t above_stride = 0;

  static WindowLayout Of(const ScoreKernel& kernel, int64_t rows, int64_t block, int64_t keys) {
    WindowLayout l;
    l.rows = rows;
    l.above = kernel.rows - 1;
    l.block = block;
    l.left = RoundUp(kernel.left, 16);
    l.right = RoundUp(kernel.right(), kPanel);
    l.stride = l.left + block + l.right + 16;
    l.stride += l.stride % 128 == 0 ? 16 : 0;
    l.above_margin = l.left;
    l.above_stride = l.left + RoundUp(keys, block) + l.right;
    return l;
  }
  int64_t Shared() const { return left + right; }
  int64_t CellsSize() const { return (above + rows) * stride; }
  int64_t SharedSize() const { return (above + rows) * Shared(); }
  int64_t AboveSize() const { return above * above_stride; }
};

/// One head's window. The cells may belong to all heads in turn; what neighbours share and the rows
/// above are the head's own.
class Window {
 public:
  Window(const WindowLayout& layout, float* cells, float* shared, float* above)
      : l_(layout), cells_(cells), shared_(shared), above_(above) {}

  float* At(int64_t row, int64_t key) const { return cells_ + row * l_.stride + key - start_; }
  int64_t stride() const { return l_.stride; }

  /// Moves to the block at `key`; returns the first key whose cells must still be filled, up to
  /// End(). Nothing is seen before the first block.
  int64_t Enter(int64_t key, bool first_block, int64_t rows) {
    start_ = key - l_.left;
    if (first_block) {
      ClearRows(Rows{cells_, l_.stride}, l_.above + rows, l_.left);
    } else {
      CopyRows(Rows{cells_, l_.stride}, Rows{shared_, l_.Shared()}, l_.above + rows, l_.Shared());
    }
    return first_block ? key : key + l_.right;
  }
  int64_t End() const { return start_ + l_.left + l_.block + l_.right; }

  /// Leaves what the next block reads too.
  void Leave(int64_t rows) const {
    CopyRows(Rows{shared_, l_.Shared()}, Rows{cells_ + l_.block, l_.stride}, l_.above + rows,
             l_.Shared());
  }

  /// Rows above of the keys [from, to).
  void TakeAbove(int64_t from, int64_t to) const {
    CopyRows(Rows{At(0, from), l_.stride}, Rows{Above(0, from), l_.above_stride}, l_.above,
             to - from);
  }
  /// The last of `rows` rows become the rows above of the next strip.
  void KeepAbove(int64_t rows, int64_t from, int64_t to) const {
    CopyRows(Rows{Above(0, from), l_.above_stride}, Rows{At(rows, from), l_.stride}, l_.above,
             to - from);
  }
  float* Above(int64_t row, int64_t key) const {
    return above_ + row * l_.above_stride + l_.above_margin + key;
  }
  /// Rows before the first one given count as 0; keys up to `end` will be read.
  void ClearAbove(int64_t end) const {
    int64_t count = Min(l_.above_stride, l_.above_margin + RoundUp(end, l_.block) + l_.right);
    ClearRows(Rows{above_, l_.above_stride}, l_.above, count);
  }

 private:
  const WindowLayout& l_;
  float* const cells_;
  float* const shared_;
  float* const above_;
  int64_t start_ = 0;
};

}  // namespace heddle::HEDDLE_ISA

#endif  // HEDDLE_MULTI_TOKEN_ATTENTION_WINDOW_H_
