// A few query rows, as in decoding: bound by reading keys and values once.
//
// All rows that are needed (new ones and those that the convolutions look back to) are one strip.
// Work is shared out by chunks of kChunk keys, in four steps with all chunks between them: scores
// straight from unpacked keys; convolution, mix and exponential with a largest score of each chunk;
// division by the sums of all chunks; second convolution, mix and product with the values. The
// chunks' products are added in order, so the result does not depend on the number of threads.
#ifndef HEDDLE_MULTI_TOKEN_ATTENTION_FEW_ROWS_H_
#define HEDDLE_MULTI_TOKEN_ATTENTION_FEW_ROWS_H_

#include "multi_token_attention/plane.h"
#include "multi_token_attention/sequence.h"

namespace heddle::HEDDLE_ISA {

inline constexpr int64_t kFewRows = 16;  // new rows, at most
inline constexpr int64_t kChunk = 256;
inline constexpr int64_t kFewConvRows = 6;
inline constexpr int kFewConvVectors = kLanes == 16 ? 2 : 1;

class FewRows {
 public:
  FewRows(Executor& executor, const Packed& packed, const Sequence* sequences)
      : executor_(executor), p_(*packed.params), k_(packed), sequences_(sequences) {
    pre_rows_ = p_.pre_kernel.rows - 1;
    post_rows_ = p_.post_kernel.rows - 1;
    weight_rows_ = p_.q_len + post_rows_;
    out_rows_padded_ = Padded(p_.q_len);
    weight_rows_padded_ = out_rows_padded_ + post_rows_ > Padded(weight_rows_)
                              ? out_rows_padded_ + post_rows_
                              : Padded(weight_rows_);
    score_rows_ = weight_rows_ + pre_rows_;
    score_rows_padded_ = RoundUp(weight_rows_padded_ + pre_rows_, 4);
    int64_t width = RoundUp(p_.keys(), kBlock);
    score_margin_ = RoundUp(p_.pre_kernel.left, 16);
    score_stride_ = score_margin_ + width + RoundUp(p_.pre_kernel.right(), 16) + 48;
    weight_margin_ = RoundUp(p_.post_kernel.left, 16);
    weight_stride_ = weight_margin_ + width + RoundUp(p_.post_kernel.right(), 16) + 48;
    chunks_ = (p_.keys() + kChunk - 1) / kChunk;
    groups_ = p_.heads / k_.group;
    plane_rows_ = p_.heads * weight_rows_padded_;
  }

  void Run() {
    int64_t all = p_.batch * p_.heads;
    queries_.Reset(executor_, all * score_rows_padded_ * p_.head_dim);
    scores_.Reset(executor_, all * score_rows_padded_ * score_stride_);
    weights_.Reset(executor_, all * weight_rows_padded_ * weight_stride_);
    sums_.Reset(executor_, p_.batch * chunks_ * plane_rows_ * kLanes);
    largest_.Reset(executor_, p_.batch * chunks_ * plane_rows_);
    span_largest_.Reset(executor_, p_.batch * chunks_ * (kChunk / kSpan) * plane_rows_);
    context_.Reset(executor_, p_.batch * chunks_ * p_.heads * p_.q_len * k_.features);
    Each(all, [](void* s, size_t i) { Self(s).Prepare(static_cast<int64_t>(i)); });
    Each(p_.batch * p_.kv_heads * chunks_,
         [](void* s, size_t i) { Self(s).ScoreChunk(static_cast<int64_t>(i)); });
    Each(p_.batch * groups_ * chunks_,
         [](void* s, size_t i) { Self(s).ExponentiateChunk(static_cast<int64_t>(i)); });
    Each(all, [](void* s, size_t i) { Self(s).Normalise(static_cast<int64_t>(i)); });
    Each(p_.batch * groups_ * chunks_,
         [](void* s, size_t i) { Self(s).AttendChunk(static_cast<int64_t>(i)); });
    Each(all, [](void* s, size_t i) { Self(s).Finish(static_cast<int64_t>(i)); });
  }

 private:
  /// Six times waking the other threads costs more than a small call takes.
  void Each(int64_t count, Executor::Task task) {
    constexpr int64_t kSmall = 10000000;  // multiply-adds, about a quarter of a millisecond
    int64_t taps =
        p_.pre_kernel.rows * p_.pre_kernel.columns + p_.post_kernel.rows * p_.post_kernel.columns;
    if (p_.batch * p_.heads * p_.keys() * score_rows_ * (2 * p_.head_dim + taps) > kSmall) {
      executor_.ParallelFor(count, task, this);
      return;
    }
    for (int64_t i = 0; i < count; ++i) {
      task(this, static_cast<size_t>(i));
    }
  }

  static const FewRows& Self(void* state) { return *static_cast<const FewRows*>(state); }
  static int64_t Padded(int64_t rows) { return rows == 1 ? 1 : RoundUp(rows, kFewConvRows); }

  /// Position of a weight row; rows of scores start pre_rows_ earlier.
  int64_t Position(const Sequence& s, int64_t weight_row) const {
    return s.out_begin - post_rows_ + weight_row;
  }
  int64_t NewRows(const Sequence& s) const { return s.keys - s.out_begin; }
  bool Present(const Sequence& s, int64_t position) const {
    return position >= s.row_begin && position < s.keys;
  }
  float* Scores(int64_t b, int64_t h) const {
    return scores_.data() + (b * p_.heads + h) * score_rows_padded_ * score_stride_ + score_margin_;
  }
  float* Weights(int64_t b, int64_t h) const {
    return weights_.data() + (b * p_.heads + h) * weight_rows_padded_ * weight_stride_ +
           weight_margin_;
  }
  float* Context(int64_t b, int64_t chunk, int64_t h) const {
    return context_.data() + ((b * chunks_ + chunk) * p_.heads + h) * p_.q_len * k_.features;
  }
  SpanMask Mask(int64_t position, int64_t span) const {
    return SpanMask{p_.visible.First(position) - span, p_.visible.End(position) - span};
  }
  /// Keys that no row sees, nor looks at through a convolution, are left out.
  int64_t FirstKey(const Sequence& s) const {
    int64_t oldest = Max(Position(s, 0) - pre_rows_, s.row_begin);
    return RoundDown(Max(p_.visible.First(oldest) - p_.pre_kernel.left - p_.post_kernel.left, 0),
                     kChunk);
  }

  static void Clear(float* to, int64_t count) {
    memset(to, 0, static_cast<size_t>(count) * sizeof(float));
  }

  /// Query rows of one head, absent ones 0; zeros around the planes.
  void Prepare(int64_t index) const {
    const Sequence& s = sequences_[index / p_.heads];
    int64_t h = index % p_.heads, d = p_.head_dim;
    float* rows = queries_.data() + index * score_rows_padded_ * d;
    for (int64_t r = 0; r < score_rows_padded_; ++r) {
      int64_t position = Position(s, r) - pre_rows_;
      if (r < score_rows_ && Present(s, position)) {
        memcpy(rows + r * d, p_.QueryRow(s.b, h, s.first_slot + position),
               static_cast<size_t>(d) * sizeof(float));
      } else {
        Clear(rows + r * d, d);
      }
    }
    int64_t end = RoundUp(s.keys, kPanel);
    for (int64_t r = 0; r < score_rows_padded_; ++r) {
      float* row = Scores(s.b, h) + r * score_stride_;
      Clear(row - score_margin_, score_margin_);
      Clear(row + end, score_stride_ - score_margin_ - end);
    }
    for (int64_t r = 0; r < weight_rows_padded_; ++r) {
      float* row = Weights(s.b, h) + r * weight_stride_ - weight_margin_;
      if (Present(s, Position(s, r)) && r < weight_rows_) {
        Clear(row, weight_margin_);
        Clear(row + weight_margin_ + RoundDown(s.keys, kSpan),
              weight_stride_ - weight_margin_ - RoundDown(s.keys, kSpan));
      } else {
        Clear(row, weight_stride_);
      }
    }
  }

  void ScoreRows(const float* q, const float* panel, float* out) const {
    int64_t d = p_.head_dim, r = 0;
    for (; r + kScoreRows <= score_rows_padded_ && r < score_rows_; r += kScoreRows) {
      ScoreTile<kScoreRows>(q + r * d, d, panel, d, Ahead{panel, 0}, out + r * score_stride_, score_stride_);
    }
    for (; r < score_rows_; r += 4) {
      ScoreTile<4>(q + r * d, d, panel, d, Ahead{panel, 0}, out + r * score_stride_, score_stride_);
    }
  }

  void ScoreChunk(int64_t index) const {
    int64_t chunk = index % chunks_, kv = index / chunks_ % p_.kv_heads;
    const Sequence& s = sequences_[index / chunks_ / p_.kv_heads];
    int64_t from = chunk * kChunk, to = Min(from + kChunk, s.keys), d = p_.head_dim;
    if (from < FirstKey(s) || NewRows(s) == 0) {
      return;
    }
    Scratch panel(executor_, d * kPanel);
    Packed local = k_;
    for (int64_t j = from; j < to; j += kPanel) {
      PackKeyPanel(local, s, kv, j, Min(kPanel, to - j), panel.data());
      int64_t group = p_.heads / p_.kv_heads;
      for (int64_t h = kv * group; h < (kv + 1) * group; ++h) {
        float* out = Scores(s.b, h) + j;
        ScoreRows(queries_.data() + (s.b * p_.heads + h) * score_rows_padded_ * d, panel.data(),
                  out);
        MaskScores(s, j, out);
      }
    }
  }

  void MaskScores(const Sequence& s, int64_t key, float* out) const {
    for (int64_t r = 0; r < score_rows_; ++r) {
      int64_t position = Position(s, r) - pre_rows_;
      int64_t first = p_.visible.First(Max(position, 0)) - key,
              end = Present(s, position) ? position + 1 - key : 0;
      if (first > 0 || end < kPanel) {
        float* row = out + r * score_stride_;
        Store(row, KeepLanes(Load(row), first, end, Zero()));
        Store(row + kLanes, KeepLanes(Load(row + kLanes), first - kLanes, end - kLanes, Zero()));
      }
    }
  }

  /// Rows [0, rows) of a convolved block.
  static void ConvolveBlock(const ScoreKernel& kernel, const float* packed, const float* in,
                            int64_t stride, int64_t rows, int64_t keys, float* out,
                            int64_t out_stride) {
    in -= kernel.left;
    if (rows == 1) {
      for (int64_t j = 0; j < keys; j += kMixVectors * kLanes) {
        Convolve<1, kMixVectors>(kernel.rows, in + j, stride, packed, kernel.columns, out + j,
                                 out_stride);
      }
      return;
    }
    for (int64_t g = 0; g < rows; g += kFewConvRows) {
      for (int64_t j = 0; j < keys; j += kFewConvVectors * kLanes) {
        Convolve<kFewConvRows, kFewConvVectors>(kernel.rows, in + g * stride + j, stride, packed,
                                                kernel.columns, out + g * out_stride + j,
                                                out_stride);
      }
    }
  }

  void ExponentiateChunk(int64_t index) const {
    int64_t chunk = index % chunks_, head0 = index / chunks_ % groups_ * k_.group;
    const Sequence& s = sequences_[index / chunks_ / groups_];
    int64_t rows = NewRows(s) + post_rows_;
    int64_t state = (s.b * chunks_ + chunk) * plane_rows_ + head0 * weight_rows_padded_;
    Clear(sums_.data() + state * kLanes, k_.group * weight_rows_padded_ * kLanes);
    for (int64_t x = 0; x < k_.group * weight_rows_padded_; ++x) {
      largest_.data()[state + x] = kLowest;
    }
    int64_t from = chunk * kChunk, to = Min(from + kChunk, s.keys);
    if (from < FirstKey(s) || NewRows(s) == 0) {
      return;
    }
    constexpr int64_t kStride = kBlock + 16;
    int64_t head_stride = weight_rows_padded_ * kStride;
    Scratch block(executor_, p_.pre_kernel ? k_.group * head_stride : 0);
    for (int64_t jb = from; jb < to; jb += kBlock) {
      MixInput input{Scores(s.b, head0) + jb, score_rows_padded_ * score_stride_, nullptr,
                     p_.pre_mix.size};
      int64_t row_stride = score_stride_;
      if (p_.pre_kernel) {
        for (int64_t h = 0; h < k_.group; ++h) {
          ConvolveBlock(p_.pre_kernel,
                        k_.pre + (head0 + h) * p_.pre_kernel.rows * p_.pre_kernel.columns,
                        Scores(s.b, head0 + h) + jb, score_stride_, rows, kBlock,
                        block.data() + h * head_stride, kStride);
        }
        input.in = block.data();
        input.stride = head_stride;
        row_stride = kStride;
      }
      if (p_.pre_mix) {
        input.mix = k_.pre_mix + head0 * p_.pre_mix.size;
      }
      ExponentiateBlock(s, chunk, head0, jb, rows, input, row_stride);
    }
  }

  void ExponentiateBlock(const Sequence& s, int64_t chunk, int64_t head0, int64_t jb, int64_t rows,
                         MixInput input, int64_t row_stride) const {
    int64_t state = (s.b * chunks_ + chunk) * plane_rows_ + head0 * weight_rows_padded_;
    const float* in = input.in;
    int64_t end = Min(jb + kBlock, RoundUp(s.keys, kSpan));
    int64_t at = (s.b * chunks_ * (kChunk / kSpan) + jb / kSpan) * plane_rows_ +
                 head0 * weight_rows_padded_;
    for (int64_t r = 0; r < rows; ++r) {
      if (!Present(s, Position(s, r))) {
        continue;
      }
      input.in = in + r * row_stride;
      RowState row{Weights(s.b, head0) + r * weight_stride_ + jb,
                   weight_rows_padded_ * weight_stride_,
                   sums_.data() + (state + r) * kLanes,
                   largest_.data() + state + r,
                   span_largest_.data() + at + r,
                   weight_rows_padded_,
                   plane_rows_};
      Exponentiate(input, Mask(Position(s, r), jb), row, k_.group, (end - jb) / kSpan);
    }
  }

  /// Brings one head's weights of all chunks to one largest score and divides by the sum.
  void Normalise(int64_t index) const {
    const Sequence& s = sequences_[index / p_.heads];
    int64_t h = index % p_.heads;
    for (int64_t r = 0; r < NewRows(s) + post_rows_ && NewRows(s) > 0; ++r) {
      if (!Present(s, Position(s, r))) {
        continue;
      }
      int64_t plane = h * weight_rows_padded_ + r;
      int64_t base = s.b * chunks_ * plane_rows_ + plane;
      float largest = kLowest;
      for (int64_t chunk = 0; chunk < chunks_; ++chunk) {
        float here = largest_.data()[base + chunk * plane_rows_];
        largest = here > largest ? here : largest;
      }
      float sum = 0;
      for (int64_t chunk = 0; chunk < chunks_; ++chunk) {
        int64_t at = base + chunk * plane_rows_;
        sum +=
            Sum(Load(sums_.data() + at * kLanes)) * Exp2(Splat(largest_.data()[at] - largest))[0];
      }
      float* row = Weights(s.b, h) + r * weight_stride_;
      for (int64_t span = FirstKey(s); span < s.keys; span += kSpan) {
        int64_t at = (s.b * chunks_ * (kChunk / kSpan) + span / kSpan) * plane_rows_ + plane;
        ScaleSpan(1 / sum, span_largest_.data()[at] - largest, row + span, row + span);
      }
    }
  }

  void AttendChunk(int64_t index) const {
    int64_t chunk = index % chunks_, head0 = index / chunks_ % groups_ * k_.group;
    const Sequence& s = sequences_[index / chunks_ / groups_];
    int64_t n = NewRows(s), from = chunk * kChunk, to = Min(from + kChunk, s.keys);
    for (int64_t h = 0; h < k_.group; ++h) {
      Clear(Context(s.b, chunk, head0 + h), p_.q_len * k_.features);
    }
    if (from < FirstKey(s) || n == 0) {
      return;
    }
    constexpr int64_t kStride = kBlock + 16;
    int64_t head_stride = out_rows_padded_ * kStride;
    Scratch block(executor_, k_.group * head_stride), mixed(executor_, k_.group * head_stride);
    for (int64_t jb = from; jb < to; jb += kBlock) {
      const float* weights = Weights(s.b, head0) + post_rows_ * weight_stride_ + jb;
      int64_t stride = weight_stride_, heads = weight_rows_padded_ * weight_stride_;
      if (p_.post_kernel) {
        for (int64_t h = 0; h < k_.group; ++h) {
          ConvolveBlock(p_.post_kernel,
                        k_.post + (head0 + h) * p_.post_kernel.rows * p_.post_kernel.columns,
                        Weights(s.b, head0 + h) + jb, weight_stride_, n, kBlock,
                        block.data() + h * head_stride, kStride);
        }
        weights = block.data();
        stride = kStride;
        heads = head_stride;
      }
      if (p_.post_kernel || p_.post_mix) {
        MixInput input{nullptr, heads,
                       p_.post_mix ? k_.post_mix + head0 * p_.post_mix.size : nullptr,
                       p_.post_mix.size};
        for (int64_t r = 0; r < n; ++r) {
          for (int64_t span = jb; span < Min(jb + kBlock, RoundUp(s.keys, kSpan)); span += kSpan) {
            input.in = weights + r * stride + span - jb;
            MixWeights(input, Mask(Position(s, post_rows_ + r), span), k_.group,
                       mixed.data() + r * kStride + span - jb, head_stride);
          }
        }
        weights = mixed.data();
        stride = kStride;
        heads = head_stride;
      }
      for (int64_t h = 0; h < k_.group; ++h) {
        AddValues(s, chunk, head0 + h, weights + h * heads, stride, jb, Min(jb + kBlock, to), n);
      }
    }
  }

  void AddValues(const Sequence& s, int64_t chunk, int64_t head, const float* weights,
                 int64_t stride, int64_t jb, int64_t end, int64_t n) const {
    float* context = Context(s.b, chunk, head);
    for (int64_t key = jb; key < end;) {
      int64_t stop = Min(end, k_.ValueRunEnd(s, key));
      int64_t r = 0;
      for (; r + kSumRows <= n; r += kSumRows) {
        ValueRows<kSumRows>(weights + r * stride + key - jb, stride, k_.Value(s, head, key),
                            k_.ValueStride(), stop - key, k_.features, Ahead{context, 0}, context + r * k_.features,
                            k_.features);
      }
      for (; r < n; ++r) {
        ValueRows<1>(weights + r * stride + key - jb, stride, k_.Value(s, head, key),
                     k_.ValueStride(), stop - key, k_.features, Ahead{context, 0}, context + r * k_.features,
                     k_.features);
      }
      key = stop;
    }
  }

  void Finish(int64_t index) const {
    const Sequence& s = sequences_[index / p_.heads];
    int64_t h = index % p_.heads;
    for (int64_t r = 0; r < NewRows(s); ++r) {
      float* row = Context(s.b, 0, h) + r * k_.features;
      for (int64_t chunk = 1; chunk < chunks_; ++chunk) {
        const float* part = Context(s.b, chunk, h) + r * k_.features;
        for (int64_t x = 0; x < k_.features; x += kLanes) {
          Store(row + x, Load(row + x) + Load(part + x));
        }
      }
      FinishRow(k_, s, h, s.out_begin + r, row);
    }
  }

  Executor& executor_;
  const AttentionParams& p_;
  const Packed& k_;
  const Sequence* sequences_;
  int64_t pre_rows_, post_rows_, weight_rows_, weight_rows_padded_, score_rows_, score_rows_padded_,
      out_rows_padded_;
  int64_t score_margin_, score_stride_, weight_margin_, weight_stride_, chunks_, groups_,
      plane_rows_;
  Scratch queries_, scores_, weights_, sums_, largest_, span_largest_, context_;
};

}  // namespace heddle::HEDDLE_ISA

#endif  // HEDDLE_MULTI_TOKEN_ATTENTION_FEW_ROWS_H_
