// Many query rows at a time: a worker goes down the rows of one group of heads in strips.
//
// Of a strip of R rows, blocks of kBlock keys are taken from left to right: scores of each head,
// first convolution, head mix and exponential in one pass over registers, written once against a
// largest score that is raised only when it must be. When the rows are complete, their sums are
// known; a second pass over the blocks divides, convolves, mixes and adds up the values. The last
// rows of scores and of weights stay for the next strip, so nothing is computed twice but the first
// rows of a worker. Blocks that no row sees are skipped. The result of a row does not depend on how
// rows were shared out.
#ifndef HEDDLE_MULTI_TOKEN_ATTENTION_STRIPS_H_
#define HEDDLE_MULTI_TOKEN_ATTENTION_STRIPS_H_

#include "multi_token_attention/plane.h"
#include "multi_token_attention/sequence.h"

namespace heddle::HEDDLE_ISA {

/// Sizes and strides of a worker's memory.
struct StripLayout {
  int64_t rows;                   ///< of a strip, at most
  int64_t pre_rows, post_rows;    ///< carried rows: kernel height - 1
  int64_t halo_left, halo_right;  ///< of scores, whole panels
  int64_t score_stride, score_rows;
  int64_t block_stride, block_head;
  int64_t margin, weight_stride, weight_head;  ///< of the weights after exp: columns before key 0
  int64_t carry_stride;
  int64_t spans;

  // Offsets in floats.
  int64_t scores, halo, carry, block, mixed, weights, sums, largest, inverse, span_largest, context,
      queries, total;

  static StripLayout Of(const Packed& packed, int64_t keys, int64_t rows) {
    const AttentionParams& p = *packed.params;
    int64_t g = packed.group;
    StripLayout l;
    l.rows = rows;
    l.pre_rows = p.pre_kernel.rows - 1;
    l.post_rows = p.post_kernel.rows - 1;
    l.halo_left = RoundUp(p.pre_kernel.left, kPanel);
    l.halo_right = RoundUp(p.pre_kernel.right(), kPanel);
    l.score_rows = rows + l.pre_rows;
    l.score_stride = l.halo_left + kBlock + l.halo_right + 16;
    l.block_stride = kBlock + 16;
    l.block_head = rows * l.block_stride + 16;
    l.margin = RoundUp(p.post_kernel.left, 16);
    int64_t width = RoundUp(keys, kBlock);
    l.weight_stride = l.margin + width + RoundUp(p.post_kernel.right(), 16) + 16;
    l.weight_stride += l.weight_stride % 1024 == 0 ? 16 : 0;
    l.weight_head = (rows + l.post_rows) * l.weight_stride;
    l.carry_stride = width + l.halo_right + kBlock;
    l.spans = width / kSpan;
    int64_t at = 0;
    auto take = [&at](int64_t count) {
      int64_t offset = at;
      at += RoundUp(count, 16) + 16;
      return offset;
    };
    l.scores = take(l.score_rows * l.score_stride);
    l.halo = take(g * l.score_rows * (l.halo_left + l.halo_right));
    l.carry = take(g * l.pre_rows * l.carry_stride);
    l.block = take(g * l.block_head);
    l.mixed = take(p.post_mix ? g * l.block_head : 0);
    l.weights = take(g * l.weight_head);
    l.sums = take(g * rows * kLanes);
    l.largest = take(g * rows);
    l.inverse = take(g * rows);
    l.span_largest = take(l.spans * g * rows);
    l.context = take(g * rows * packed.features);
    l.queries = take(kScoreRows * p.head_dim);
    l.total = at;
    return l;
  }
};

/// One worker on one group of heads of one sequence.
class Strips {
 public:
  Strips(const Packed& packed, const StripLayout& layout, const Sequence& sequence,
         int64_t first_head, float* memory)
      : p_(*packed.params), k_(packed), l_(layout), s_(sequence), head0_(first_head), m_(memory) {}

  /// Context of the positions [from, to).
  void Run(int64_t from, int64_t to) {
    int64_t start = Max(s_.row_begin, from - l_.post_rows);
    Clear(start, to);
    CarryScoresBefore(start);
    for (int64_t i = start; i < from; i += l_.rows) {
      Strip(i, Min(i + l_.rows, from), false);
    }
    for (int64_t i = from; i < to; i += l_.rows) {
      Strip(i, Min(i + l_.rows, to), true);
    }
  }

 private:
  float* Weights(int64_t h, int64_t row) const {
    return m_ + l_.weights + h * l_.weight_head + row * l_.weight_stride + l_.margin;
  }
  float* Block(int64_t h) const { return m_ + l_.block + h * l_.block_head; }
  float* Carry(int64_t h, int64_t row) const {
    return m_ + l_.carry + (h * l_.pre_rows + row) * l_.carry_stride;
  }
  bool PreConv() const { return static_cast<bool>(p_.pre_kernel); }
  bool PostConv() const { return static_cast<bool>(p_.post_kernel); }

  static void Fill(float* to, int64_t count) {
    memset(to, 0, static_cast<size_t>(count) * sizeof(float));
  }
  static void Copy(float* to, const float* from, int64_t count) {
    memcpy(to, from, static_cast<size_t>(count) * sizeof(float));
  }

  /// Rows before the first one given, keys before the first and after the last count as 0.
  void Clear(int64_t start, int64_t end) {
    int64_t width = Min(RoundUp(end, kBlock) + kBlock, RoundUp(s_.keys, kBlock));
    int64_t after = l_.weight_stride - l_.margin - RoundUp(s_.keys, kBlock);
    Fill(m_ + l_.carry, k_.group * l_.pre_rows * l_.carry_stride);
    for (int64_t h = 0; h < k_.group && PostConv(); ++h) {
      for (int64_t row = 0; row < l_.rows + l_.post_rows; ++row) {
        int64_t first = row < l_.post_rows ? 0 : RoundDown(start, kBlock);
        Fill(Weights(h, row) - l_.margin, l_.margin);
        Fill(Weights(h, row) + first, width + after - first);
      }
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
      return p_.QueryRow(s_.b, head0_ + h, slot);
    }
    float* rows = m_ + l_.queries;
    for (int64_t r = 0; r < kScoreRows; ++r) {
      if (position + r < s_.keys) {
        Copy(rows + r * d, p_.QueryRow(s_.b, head0_ + h, slot + r), d);
      } else {
        Fill(rows + r * d, d);
      }
    }
    return rows;
  }

  /// Masked scores of kScoreRows positions against a panel.
  void Score(int64_t h, int64_t position, int64_t key, float* out, int64_t stride) const {
    int64_t last = Min(position + kScoreRows, s_.keys) - 1;
    if (key > last || key + kPanel <= p_.visible.First(position)) {
      for (int64_t r = 0; r < kScoreRows; ++r) {
        Fill(out + r * stride, kPanel);
      }
      return;
    }
    int64_t ldq;
    const float* q = Queries(h, position, &ldq);
    ScoreTile<kScoreRows>(q, ldq, k_.Panel(s_, head0_ + h, key), p_.head_dim, out, stride);
    if (key + kPanel > position + 1 || key < p_.visible.First(last)) {
      for (int64_t r = 0; r < kScoreRows; ++r) {
        int64_t first = p_.visible.First(position + r) - key,
                end = p_.visible.End(position + r) - key;
        float* row = out + r * stride;
        Store(row, KeepLanes(Load(row), first, end, Zero()));
        Store(row + kLanes, KeepLanes(Load(row + kLanes), first - kLanes, end - kLanes, Zero()));
      }
    }
  }

  /// Scores of the rows that the first strip's convolution looks back to.
  void CarryScoresBefore(int64_t start) {
    float* tile = m_ + l_.block;
    int64_t first = start - l_.pre_rows;
    int64_t begin = RoundDown(p_.visible.First(Max(first, 0)), kPanel);
    for (int64_t h = 0; h < k_.group; ++h) {
      for (int64_t i = Max(first, s_.row_begin); i < start; i += kScoreRows) {
        for (int64_t key = begin; key < start; key += kPanel) {
          Score(h, i, key, tile, kPanel);
          for (int64_t r = 0; r < Min(kScoreRows, start - i); ++r) {
            Copy(Carry(h, i + r - first) + key, tile + r * kPanel, kPanel);
          }
        }
      }
    }
  }

  void Strip(int64_t i0, int64_t i1, bool output) {
    int64_t n = i1 - i0;
    Fill(m_ + l_.sums, k_.group * l_.rows * kLanes);
    for (int64_t x = 0; x < k_.group * l_.rows; ++x) {
      m_[l_.largest + x] = kLowest;
    }
    int64_t seen = p_.visible.First(i0);
    int64_t begin = RoundDown(Max(seen - p_.post_kernel.left, 0), kBlock);
    int64_t end = RoundUp(i1, kBlock);
    for (int64_t jb = begin; jb < end; jb += kBlock) {
      for (int64_t h = 0; h < k_.group; ++h) {
        ScoreBlock(h, i0, n, jb, jb == begin, jb + kBlock >= end);
      }
      for (int64_t span = jb; span < jb + kBlock; span += kSpan) {
        for (int64_t r = 0; r < n; ++r) {
          MixAndExponentiate(i0 + r, r, jb, span);
        }
      }
    }
    for (int64_t x = 0; x < k_.group * l_.rows; ++x) {
      m_[l_.inverse + x] = 1 / Sum(Load(m_ + l_.sums + x * kLanes));
    }
    if (output) {
      Output(i0, i1, begin, end);
    } else {
      for (int64_t h = 0; h < k_.group; ++h) {
        Normalise(h, i0, n, begin, end);
      }
    }
    for (int64_t h = 0; h < k_.group && l_.post_rows > 0; ++h) {
      for (int64_t row = 0; row < l_.post_rows; ++row) {
        Copy(Weights(h, row) + begin, Weights(h, row + n) + begin, end - begin);
      }
    }
  }

  /// Scores of one head and block, through the first convolution, to Block(h).
  void ScoreBlock(int64_t h, int64_t i0, int64_t n, int64_t jb, bool first, bool last) {
    if (!PreConv()) {
      for (int64_t key = jb; key < jb + kBlock; key += kPanel) {
        for (int64_t g = 0; g < n; g += kScoreRows) {
          Score(h, i0 + g, key, Block(h) + g * l_.block_stride + key - jb, l_.block_stride);
        }
      }
      return;
    }
    int64_t overlap = l_.halo_left + l_.halo_right;
    int64_t rows = l_.pre_rows + RoundUp(n, kConvRows);
    float* scores = m_ + l_.scores;
    float* kept = m_ + l_.halo + h * l_.score_rows * overlap;
    for (int64_t r = 0; r < rows && !first; ++r) {
      Copy(scores + r * l_.score_stride, kept + r * overlap, overlap);
    }
    int64_t from = first ? jb - l_.halo_left : jb + l_.halo_right;
    for (int64_t key = from; key < jb + kBlock + l_.halo_right; key += kPanel) {
      ScorePanel(h, i0, n, key, scores + key - (jb - l_.halo_left));
    }
    for (int64_t r = 0; r < rows && !last; ++r) {
      Copy(kept + r * overlap, scores + r * l_.score_stride + kBlock, overlap);
    }
    const float* kernel = k_.pre + (head0_ + h) * p_.pre_kernel.rows * p_.pre_kernel.columns;
    for (int64_t g = 0; g < n; g += kConvRows) {
      int64_t begin = Max(jb, RoundDown(p_.visible.First(i0 + g), kLanes));
      int64_t end = Min(jb + kBlock, RoundUp(Min(i0 + g + kConvRows, i0 + n), kLanes));
      for (int64_t j = begin; j < end; j += kLanes) {
        Convolve<kConvRows, 1>(
            p_.pre_kernel.rows,
            scores + g * l_.score_stride + j - p_.pre_kernel.left - jb + l_.halo_left,
            l_.score_stride, kernel, p_.pre_kernel.columns, Block(h) + g * l_.block_stride + j - jb,
            l_.block_stride);
      }
    }
  }

  /// Carried and new score rows of one panel; keeps the last rows for the next strip.
  void ScorePanel(int64_t h, int64_t i0, int64_t n, int64_t key, float* out) {
    for (int64_t r = 0; r < l_.pre_rows; ++r) {
      if (key >= 0) {
        Copy(out + r * l_.score_stride, Carry(h, r) + key, kPanel);
      } else {
        Fill(out + r * l_.score_stride, kPanel);
      }
    }
    float* fresh = out + l_.pre_rows * l_.score_stride;
    for (int64_t g = 0; g < n; g += kScoreRows) {
      if (key >= 0) {
        Score(h, i0 + g, key, fresh + g * l_.score_stride, l_.score_stride);
      } else {
        for (int64_t r = 0; r < kScoreRows; ++r) {
          Fill(fresh + (g + r) * l_.score_stride, kPanel);
        }
      }
    }
    for (int64_t r = 0; r < l_.pre_rows && key >= 0; ++r) {
      Copy(Carry(h, r) + key, out + (n + r) * l_.score_stride, kPanel);
    }
  }

  SpanMask Mask(int64_t position, int64_t span) const {
    return SpanMask{p_.visible.First(position) - span, p_.visible.End(position) - span};
  }

  void MixAndExponentiate(int64_t position, int64_t r, int64_t jb, int64_t span) {
    MixInput input{Block(0) + r * l_.block_stride + span - jb, l_.block_head,
                   p_.pre_mix ? k_.pre_mix + head0_ * p_.pre_mix.size : nullptr, p_.pre_mix.size};
    RowState row{Weights(0, l_.post_rows + r) + span,
                 l_.weight_head,
                 m_ + l_.sums + r * kLanes,
                 m_ + l_.largest + r,
                 m_ + l_.span_largest + span / kSpan * k_.group * l_.rows + r,
                 l_.rows};
    Exponentiate(input, Mask(position, span), row, k_.group);
  }

  /// Divides the weights of all rows of the strip by their sums, keys [from, to).
  void Normalise(int64_t h, int64_t i0, int64_t n, int64_t from, int64_t to) {
    for (int64_t span = from; span < to; span += kSpan) {
      const float* largest_here = m_ + l_.span_largest + (span / kSpan * k_.group + h) * l_.rows;
      for (int64_t r = 0; r < n; ++r) {
        int64_t at = h * l_.rows + r;
        float* weights = Weights(h, l_.post_rows + r) + span;
        ScaleSpan(m_[l_.inverse + at], largest_here[r] - m_[l_.largest + at], weights);
        if (__builtin_expect(!IsFinite(m_[l_.inverse + at]), 0)) {
          ClearInvisible(Mask(i0 + r, span), weights);
        }
      }
    }
  }

  void Output(int64_t i0, int64_t i1, int64_t begin, int64_t end) {
    int64_t n = i1 - i0;
    Fill(m_ + l_.context, k_.group * l_.rows * k_.features);
    int64_t ahead = RoundUp(p_.post_kernel.right(), kBlock) + kBlock;
    int64_t normalised = begin;
    for (int64_t jb = RoundDown(p_.visible.First(i0), kBlock); jb < end; jb += kBlock) {
      int64_t until = Min(jb + ahead, end);
      for (int64_t h = 0; h < k_.group; ++h) {
        Normalise(h, i0, n, normalised, until);
        ConvolveWeights(h, i0, n, jb);
      }
      normalised = Max(normalised, until);
      if (p_.post_mix) {
        for (int64_t span = jb; span < jb + kBlock; span += kSpan) {
          for (int64_t r = 0; r < n; ++r) {
            MixRow(i0 + r, r, jb, span);
          }
        }
      } else if (PostConv()) {
        MaskBlock(i0, n, jb);
      }
      for (int64_t h = 0; h < k_.group; ++h) {
        AddValues(h, i0, n, jb);
      }
    }
    for (int64_t h = 0; h < k_.group; ++h) {
      for (int64_t r = 0; r < n; ++r) {
        FinishRow(k_, s_, head0_ + h, i0 + r, m_ + l_.context + (h * l_.rows + r) * k_.features);
      }
    }
  }

  void ConvolveWeights(int64_t h, int64_t i0, int64_t n, int64_t jb) {
    if (!PostConv()) {
      return;
    }
    const ScoreKernel& kernel = p_.post_kernel;
    const float* packed = k_.post + (head0_ + h) * kernel.rows * kernel.columns;
    for (int64_t g = 0; g < n; g += kConvRows) {
      int64_t begin = Max(jb, RoundDown(p_.visible.First(i0 + g), kLanes));
      int64_t end = Min(jb + kBlock, RoundUp(Min(i0 + g + kConvRows, i0 + n), kLanes));
      for (int64_t j = begin; j < end; j += kLanes) {
        Convolve<kConvRows, 1>(kernel.rows, Weights(h, g) + j - kernel.left, l_.weight_stride,
                               packed, kernel.columns, Block(h) + g * l_.block_stride + j - jb,
                               l_.block_stride);
      }
    }
  }

  void MixRow(int64_t position, int64_t r, int64_t jb, int64_t span) {
    const float* weights = PostConv() ? Block(0) + r * l_.block_stride + span - jb
                                      : Weights(0, l_.post_rows + r) + span;
    MixInput input{weights, PostConv() ? l_.block_head : l_.weight_head,
                   k_.post_mix + head0_ * p_.post_mix.size, p_.post_mix.size};
    MixWeights(input, Mask(position, span), k_.group,
               m_ + l_.mixed + r * l_.block_stride + span - jb, l_.block_head);
  }

  /// Sets the invisible cells of the convolved weights to 0.
  void MaskBlock(int64_t i0, int64_t n, int64_t jb) {
    for (int64_t r = 0; r < n; ++r) {
      int64_t first = p_.visible.First(i0 + r) - jb, end = p_.visible.End(i0 + r) - jb;
      if (first <= 0 && end >= kBlock) {
        continue;
      }
      for (int64_t h = 0; h < k_.group; ++h) {
        float* row = Block(h) + r * l_.block_stride;
        for (int64_t v = 0; v < kBlock; v += kLanes) {
          Store(row + v, KeepLanes(Load(row + v), first - v, end - v, Zero()));
        }
      }
    }
  }

  void AddValues(int64_t h, int64_t i0, int64_t n, int64_t jb) {
    const float* weights = PostConv() ? Block(h) : Weights(h, l_.post_rows) + jb;
    int64_t stride = PostConv() ? l_.block_stride : l_.weight_stride;
    if (p_.post_mix) {
      weights = m_ + l_.mixed + h * l_.block_head;
      stride = l_.block_stride;
    }
    float* context = m_ + l_.context + h * l_.rows * k_.features;
    for (int64_t g = 0; g < n; g += kSumRows) {
      int64_t end = Min(jb + kBlock, Min(i0 + g + kSumRows, i0 + n));
      for (int64_t key = Max(jb, p_.visible.First(i0 + g)); key < end;) {
        int64_t stop = Min(end, k_.ValueRunEnd(s_, key));
        ValueRows<kSumRows>(weights + g * stride + key - jb, stride, k_.Value(s_, head0_ + h, key),
                            k_.ValueStride(), stop - key, k_.features, context + g * k_.features,
                            k_.features);
        key = stop;
      }
    }
  }

  const AttentionParams& p_;
  const Packed& k_;
  const StripLayout& l_;
  const Sequence s_;
  const int64_t head0_;
  float* const m_;
};

}  // namespace heddle::HEDDLE_ISA

#endif  // HEDDLE_MULTI_TOKEN_ATTENTION_STRIPS_H_
