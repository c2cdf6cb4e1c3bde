// First step of a strip: masked scores of a block of keys, through the first convolution.
#ifndef HEDDLE_MULTI_TOKEN_ATTENTION_STRIP_SCORES_H_
#define HEDDLE_MULTI_TOKEN_ATTENTION_STRIP_SCORES_H_

#include "multi_token_attention/online_softmax.h"

namespace heddle::HEDDLE_ISA {

class StripScores {
 public:
  explicit StripScores(const StripWork& work)
      : w_(work), p_(work.p), s_(work.sequence), l_(work.layout) {}

  /// Gets ready for strips from row `start` on, up to row `end`.
  void Begin(int64_t start, int64_t end) const {
    for (int64_t h = 0; h < w_.packed.group && p_.pre_kernel; ++h) {
      w_.ScoreWindow(h).ClearAbove(end);
      ScoreAbove(h, start);
    }
  }

  /// Scores of one head and block to Plane(h).
  void Block(const StripRows& rows, int64_t h, int64_t key) const {
    if (!p_.pre_kernel) {
      for (int64_t j = key; j < key + l_.block; j += kPanel) {
        ScorePanel(rows, h, j, w_.Plane(h) + j - key, l_.plane_stride);
      }
      return;
    }
    Window window = FillWindow(rows, h, key);
    ConvolveBlock(w_, p_.pre_kernel, Kernel(h), window.At(0, key - p_.pre_kernel.left),
                  window.stride(), rows, key, w_.Plane(h));
  }

  /// Exponentials of one head and block to Plane(h).
  void Block(const StripRows& rows, int64_t h, int64_t key, const OnlineSoftmax& softmax) const {
    if (!p_.pre_kernel) {
      for (int64_t j = key; j < key + l_.block; j += kPanel) {
        ExponentiatePanel(rows, h, key, j, softmax);
      }
      return;
    }
    const ScoreKernel& kernel = p_.pre_kernel;
    const float* packed = Kernel(h);
    Window window = FillWindow(rows, h, key);
    ForConvTiles(w_, rows, key, [&](int64_t r, int64_t j) {
      const float* in = window.At(r, j - kernel.left);
      float* out = w_.Plane(h) + r * l_.plane_stride + j - key;
      softmax.Tile(
          rows, h, key, r, kConvRows, j, j + kLanes,
          [&](OnlineRows tile) {
            return ConvolveExponentials<kConvRows>(kernel.rows, in, window.stride(), packed,
                                                   kernel.columns, tile, out, l_.plane_stride);
          },
          [&] {
            Convolve<kConvRows, 1>(kernel.rows, in, window.stride(), packed, kernel.columns, out,
                                   l_.plane_stride);
          });
    });
  }

 private:
  const float* Kernel(int64_t h) const {
    return w_.packed.pre + (w_.first_head + h) * p_.pre_kernel.rows * p_.pre_kernel.columns;
  }

  /// Moves one head's window to a block and fills it with scores.
  Window FillWindow(const StripRows& rows, int64_t h, int64_t key) const {
    Window window = w_.ScoreWindow(h);
    int64_t padded = RoundUp(rows.count, kScoreRows);
    int64_t from = window.Enter(key, key == rows.begin, padded);
    window.TakeAbove(from, window.End());
    for (int64_t j = from; j < window.End(); j += kPanel) {
      ScorePanel(rows, h, j, window.At(l_.score_window.above, j), window.stride());
    }
    window.KeepAbove(rows.count, from, window.End());
    if (key + l_.block < rows.end) {
      window.Leave(padded);
    }
    return window;
  }

  /// Scores of all rows of the strip against one panel.
  void ScorePanel(const StripRows& rows, int64_t h, int64_t key, float* out, int64_t stride) const {
    const float* panel = Panel(h, key);
    Ahead ahead = NextPanel(rows, h, key);
    for (int64_t g = 0; g < rows.count; g += kScoreRows) {
      Score(h, rows.first + g, panel, key, ahead, out + g * stride, stride);
      ahead.at += p_.head_dim * ahead.step;
    }
  }

  /// Exponentials of all rows of the strip against one panel of the block at `key`.
  void ExponentiatePanel(const StripRows& rows, int64_t h, int64_t key, int64_t j,
                         const OnlineSoftmax& softmax) const {
    const float* panel = Panel(h, j);
    Ahead ahead = NextPanel(rows, h, j);
    for (int64_t r = 0; r < rows.count; r += kScoreRows) {
      float* out = w_.Plane(h) + r * l_.plane_stride + j - key;
      softmax.Tile(
          rows, h, key, r, kScoreRows, j, j + kPanel,
          [&](OnlineRows tile) {
            int64_t query_stride;
            const float* q = Queries(h, rows.first + r, &query_stride);
            return ScoreExpTile<kScoreRows>(q, query_stride, panel, p_.head_dim, ahead, tile, out,
                                            l_.plane_stride);
          },
          [&] { Score(h, rows.first + r, panel, j, ahead, out, l_.plane_stride); });
      ahead.at += p_.head_dim * ahead.step;
    }
  }

  const float* Panel(int64_t h, int64_t key) const {
    return w_.packed.Panel(s_, w_.packed.KvHead(w_.first_head + h), key);
  }

  /// The same keys of the next head, to be fetched while this one is computed.
  Ahead NextPanel(const StripRows& rows, int64_t h, int64_t key) const {
    if (h + 1 == w_.packed.group || key > rows.Last()) {
      return Ahead{w_.memory, 0};
    }
    return Ahead{Panel(h + 1, key), kPanel * kScoreRows / RoundUp(rows.count, kScoreRows)};
  }

  /// Scores of kScoreRows positions against a panel; what a row does not see is 0.
  void Score(int64_t h, int64_t position, const float* panel, int64_t key, Ahead ahead, float* out,
             int64_t stride) const {
    int64_t last = Min(position + kScoreRows, s_.keys) - 1;
    if (key > last || key + kPanel <= p_.visible.First(position)) {
      for (int64_t r = 0; r < kScoreRows; ++r) {
        ClearRow(out + r * stride, kPanel);
      }
      return;
    }
    int64_t query_stride;
    const float* q = Queries(h, position, &query_stride);
    ScoreTile<kScoreRows>(q, query_stride, panel, p_.head_dim, ahead, out, stride);
    if (key + kPanel > position + 1 || key < p_.visible.First(last)) {
      Mask(position, key, out, stride);
    }
  }

  void Mask(int64_t position, int64_t key, float* out, int64_t stride) const {
    for (int64_t r = 0; r < kScoreRows; ++r) {
      int64_t first = p_.visible.First(position + r) - key,
              end = p_.visible.End(position + r) - key;
      float* row = out + r * stride;
      Store(row, KeepLanes(Load(row), first, end, Zero()));
      Store(row + kLanes, KeepLanes(Load(row + kLanes), first - kLanes, end - kLanes, Zero()));
    }
  }

  /// Queries of kScoreRows positions, zeros after the last position; sets their stride.
  const float* Queries(int64_t h, int64_t position, int64_t* stride) const {
    int64_t d = p_.head_dim;
    *stride = d;
    int64_t slot = s_.first_slot + position;
    int64_t border = p_.PastLen(s_.b);
    bool together = slot >= border || slot + kScoreRows <= border;
    if (together && position + kScoreRows <= s_.keys) {
      return p_.QueryRow(s_.b, w_.first_head + h, slot);
    }
    float* rows = w_.memory + l_.queries;
    memset(rows, 0, static_cast<size_t>(kScoreRows * d) * sizeof(float));
    for (int64_t r = 0; r < Min(kScoreRows, s_.keys - position); ++r) {
      memcpy(rows + r * d, p_.QueryRow(s_.b, w_.first_head + h, slot + r),
             static_cast<size_t>(d) * sizeof(float));
    }
    return rows;
  }

  /// Scores of the rows that the first strip's convolution looks back to.
  void ScoreAbove(int64_t h, int64_t start) const {
    Window window = w_.ScoreWindow(h);
    float* tile = w_.Plane(h);
    int64_t first = start - l_.score_window.above;
    int64_t begin = RoundDown(p_.visible.First(Max(first, 0)), kPanel);
    for (int64_t i = Max(first, s_.row_begin); i < start; i += kScoreRows) {
      for (int64_t key = begin; key < start; key += kPanel) {
        Score(h, i, Panel(h, key), key, Ahead{tile, 0}, tile, kPanel);
        for (int64_t r = 0; r < Min(kScoreRows, start - i); ++r) {
          CopyRow(window.Above(i + r - first, key), tile + r * kPanel, kPanel);
        }
      }
    }
  }

  const StripWork& w_;
  const AttentionParams& p_;
  const Sequence& s_;
  const StripLayout& l_;
};

}  // namespace heddle::HEDDLE_ISA

#endif  // HEDDLE_MULTI_TOKEN_ATTENTION_STRIP_SCORES_H_
