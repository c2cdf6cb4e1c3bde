// A worker's memory for strips, and what all its steps share.
#ifndef HEDDLE_MULTI_TOKEN_ATTENTION_STRIP_LAYOUT_H_
#define HEDDLE_MULTI_TOKEN_ATTENTION_STRIP_LAYOUT_H_

#include "multi_token_attention/conv_tiles.h"
#include "multi_token_attention/plane.h"
#include "multi_token_attention/sequence.h"
#include "multi_token_attention/window.h"

namespace heddle::HEDDLE_ISA {

inline constexpr int64_t kLongRow = 4096;  // keys beyond which a strip of all heads is made lower

/// What lies around a block of exponentials.
struct WeightBlock {
  int64_t above = 0;            ///< rows of the strip before: kernel height - 1
  int64_t left = 0, right = 0;  ///< keys of the neighbours

  static WeightBlock Of(const ScoreKernel& kernel) {
    return WeightBlock{kernel.rows - 1, RoundUp(kernel.left, 16), RoundUp(kernel.right(), 16)};
  }
};

/// Sizes of a worker's memory, and offsets into it in floats.
struct StripLayout {
  bool mixes_context;  ///< the second mix joins heads with the same values: contexts are mixed
  bool streamed;       ///< no step after the softmax needs whole rows
  bool online;         ///< and none before it joins heads
  int64_t rows;        ///< of a strip, at most
  int64_t block;       ///< keys taken at a time
  int64_t spans;       ///< of a row
  WindowLayout score_window;
  WeightBlock weight_block;
  int64_t plane_stride, plane_head;    ///< of a block of scores or weights, [heads][rows][block]
  int64_t weight_stride, weight_head;  ///< of a block of exponentials, as a plane

  int64_t score_cells, score_shared, score_above;
  int64_t plane, weights, context, unmixed, queries;
  int64_t sums, largest, inverse, context_largest, span_largest;
  int64_t total;

  static StripLayout Of(const Packed& packed, int64_t keys) {
    const AttentionParams& p = *packed.params;
    int64_t g = packed.group;
    StripLayout l;
    l.mixes_context = !p.post_kernel && p.post_mix && p.heads / p.kv_heads % p.post_mix.size == 0;
    l.streamed = !p.post_kernel && (!p.post_mix || l.mixes_context);
    l.online = l.streamed && !p.pre_mix;
    l.rows = g == 1 ? kStripRows : keys <= kLongRow ? kGroupRows : kLowRows;
    int64_t tile_rows = RoundUp(RoundUp(l.rows, kScoreRows), kConvRows);
    l.weight_block = WeightBlock::Of(p.post_kernel);
    l.block = l.streamed && g == 1 ? 4 * kBlock : 2 * kBlock;
    // A block has one neighbour on each side.
    l.block = Max(l.block, RoundUp(Max(l.weight_block.left, l.weight_block.right), kBlock));
    int64_t width = RoundUp(keys, l.block);
    l.spans = width / kSpan;
    l.score_window = WindowLayout::Of(p.pre_kernel, tile_rows, l.block, keys);
    l.plane_stride = l.block + 16;
    l.plane_head = tile_rows * l.plane_stride + 16;
    const WeightBlock& w = l.weight_block;
    l.weight_stride = l.streamed ? l.plane_stride : w.left + l.block + w.right;
    l.weight_head = l.streamed ? l.plane_head : (w.above + tile_rows) * l.weight_stride + 16;
    l.Place(g, p.head_dim, packed.features, l.streamed ? 1 : width / l.block);
    if (l.online) {
      l.weights = l.plane;
    }
    return l;
  }

 private:
  void Place(int64_t g, int64_t d, int64_t features, int64_t weight_blocks) {
    int64_t at = 0;
    auto take = [&at](int64_t count) {
      int64_t offset = at;
      at += RoundUp(count, 16) + 16;
      return offset;
    };
    score_cells = take(score_window.CellsSize());
    score_shared = take(g * score_window.SharedSize());
    score_above = take(g * score_window.AboveSize());
    plane = take(g * plane_head);
    weights = take(weight_blocks * g * weight_head);
    weights += streamed ? 0 : weight_block.above * weight_stride + weight_block.left;
    context = take(g * rows * features);
    unmixed = take(mixes_context ? g * kLanes : 0);
    queries = take(kScoreRows * d);
    sums = take(g * rows * kLanes);
    largest = take(g * rows);
    inverse = take(g * rows);
    context_largest = take(g * rows);
    span_largest = take(spans * g * rows);
    total = at;
  }
};

/// The rows of one strip, and the keys that they look at, whole blocks.
struct StripRows {
  int64_t first, count;
  int64_t begin, end;
  int64_t above_end;  ///< end of the keys, whole blocks, of the strip before; 0 = there is none

  int64_t Last() const { return first + count - 1; }
};

/// One worker's share: some rows of one group of heads of one sequence.
struct StripWork {
  const AttentionParams& p;
  const Packed& packed;
  const StripLayout& layout;
  const Sequence sequence;
  const int64_t first_head;
  float* const memory;

  float* Plane(int64_t h) const { return memory + layout.plane + h * layout.plane_head; }
  /// Exponentials of the block at `key`.
  float* Weights(int64_t h, int64_t key) const {
    int64_t block = layout.streamed ? 0 : key / layout.block;
    return memory + layout.weights + (block * packed.group + h) * layout.weight_head;
  }
  float* Context(int64_t h, int64_t row) const {
    return memory + layout.context + (h * layout.rows + row) * packed.features;
  }
  float* SpanLargest(int64_t h, int64_t span) const {
    return memory + layout.span_largest + (span / kSpan * packed.group + h) * layout.rows;
  }
  Window ScoreWindow(int64_t h) const {
    return Window(layout.score_window, memory + layout.score_cells,
                  memory + layout.score_shared + h * layout.score_window.SharedSize(),
                  memory + layout.score_above + h * layout.score_window.AboveSize());
  }
  SpanMask Mask(int64_t position, int64_t span) const {
    return SpanMask{p.visible.First(position) - span, p.visible.End(position) - span};
  }
};

/// Calls tile(row of the strip, key) for all tiles of kConvRows rows and kLanes keys of a block
/// that any row sees.
template <class Tile>
HEDDLE_INLINE void ForConvTiles(const StripWork& w, const StripRows& rows, int64_t key, Tile tile) {
  for (int64_t g = 0; g < rows.count; g += kConvRows) {
    int64_t last = Min(rows.first + g + kConvRows - 1, rows.Last());
    int64_t from = Max(key, RoundDown(w.p.visible.First(rows.first + g), kLanes));
    int64_t to = Min(key + w.layout.block, RoundUp(w.p.visible.End(last), kLanes));
    for (int64_t j = from; j < to; j += kLanes) {
      tile(g, j);
    }
  }
}

/// One convolution of a block.
/// @param in the cell above and left of which nothing is read for the strip's first row and the
/// block's first key
static inline void ConvolveBlock(const StripWork& w, const ScoreKernel& kernel, const float* packed,
                                 const float* in, int64_t in_stride, const StripRows& rows,
                                 int64_t key, float* out) {
  int64_t stride = w.layout.plane_stride;
  ForConvTiles(w, rows, key, [&](int64_t r, int64_t j) {
    Convolve<kConvRows, 1>(kernel.rows, in + r * in_stride + j - key, in_stride, packed,
                           kernel.columns, out + r * stride + j - key, stride);
  });
}

}  // namespace heddle::HEDDLE_ISA

#endif  // HEDDLE_MULTI_TOKEN_ATTENTION_STRIP_LAYOUT_H_
