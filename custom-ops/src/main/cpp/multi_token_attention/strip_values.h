// Last step of a strip: second convolution, second head mix, product with the values.
#ifndef HEDDLE_MULTI_TOKEN_ATTENTION_STRIP_VALUES_H_
#define HEDDLE_MULTI_TOKEN_ATTENTION_STRIP_VALUES_H_

#include "multi_token_attention/strip_softmax.h"
#include "multi_token_attention/values.h"

namespace heddle::HEDDLE_ISA {

inline constexpr int64_t kCachedValues = 8192;  // floats

class StripValues {
 public:
  StripValues(const StripWork& work, const StripSoftmax& softmax)
      : w_(work), softmax_(softmax), p_(work.p), l_(work.layout) {}

  /// Gets ready for strips up to row `end`.
  void Begin(int64_t end) const {
    for (int64_t h = 0; h < w_.packed.group && p_.post_kernel; ++h) {
      w_.WeightWindow(h).ClearAbove(end);
    }
  }

  void BeginStrip() const {
    memset(w_.Context(0, 0), 0,
           static_cast<size_t>(w_.packed.group * l_.rows * w_.packed.features) * sizeof(float));
  }

  /// Weights of one block as they are, relative to the context's largest scores.
  void StreamBlock(const StripRows& rows, int64_t key) const {
    for (int64_t h = 0; h < w_.packed.group; ++h) {
      AddValues(rows, h, key, w_.Weights(rows, h, key), l_.weight_stride);
    }
  }

  /// One block of complete rows.
  void Block(const StripRows& rows, int64_t key) const {
    for (int64_t h = 0; h < w_.packed.group; ++h) {
      if (p_.post_kernel) {
        Window window = Fill(rows, h, key);
        const ScoreKernel& kernel = p_.post_kernel;
        ConvolveWindow(w_, kernel,
                       w_.packed.post + (w_.first_head + h) * kernel.rows * kernel.columns, window,
                       rows, key, w_.Plane(h));
      } else {
        Normalise(rows, h, key, key + l_.block, w_.Plane(h), l_.plane_stride);
      }
    }
    for (int64_t span = key; span < key + l_.block; span += kSpan) {
      for (int64_t r = 0; r < rows.count; ++r) {
        MixRow(rows, r, key, span);
      }
    }
    for (int64_t h = 0; h < w_.packed.group; ++h) {
      AddValues(rows, h, key, w_.Mixed(h), l_.plane_stride);
    }
  }

  /// Moves one head's window to a block and fills it with divided weights.
  Window Fill(const StripRows& rows, int64_t h, int64_t key) const {
    Window window = w_.WeightWindow(h);
    int64_t from = window.Enter(key, key == rows.begin, rows.count), end = window.End();
    window.TakeAbove(from, end);
    int64_t above = l_.weight_window.above;
    int64_t known = Min(end, rows.end);
    Normalise(rows, h, from, known, window.At(above, from), window.stride());
    for (int64_t r = 0; r < rows.count; ++r) {
      ClearRow(window.At(above + r, known), end - known);
    }
    window.KeepAbove(rows.count, from, end);
    if (key + l_.block < rows.end) {
      window.Leave(rows.count);
    }
    return window;
  }

  /// The second mix after the product: with the same values for all of its heads it may be moved
  /// there, where rows are as long as a head and not as the keys.
  void MixContexts(const StripRows& rows) const {
    for (int64_t start = 0; start < w_.packed.group; start += p_.post_mix.size) {
      for (int64_t r = 0; r < rows.count; ++r) {
        MixContext(start, r);
      }
    }
  }

  void FinishStrip(const StripRows& rows) const {
    for (int64_t h = 0; h < w_.packed.group; ++h) {
      for (int64_t r = 0; r < rows.count; ++r) {
        FinishRow(w_.packed, w_.sequence, w_.first_head + h, rows.first + r, w_.Context(h, r));
      }
    }
  }

 private:
  void Normalise(const StripRows& rows, int64_t h, int64_t from, int64_t to, float* out,
                 int64_t stride) const {
    for (int64_t at = from; at < to;) {
      int64_t next = Min(RoundDown(at, kSpan) + kSpan, to);
      softmax_.Normalise(rows, h, at, next, out + at - from, stride);
      at = next;
    }
  }

  /// Mixes and masks one span of all heads.
  void MixRow(const StripRows& rows, int64_t r, int64_t key, int64_t span) const {
    const HeadMix& mix = p_.post_mix;
    int64_t offset = r * l_.plane_stride + span - key;
    MixInput input{w_.Plane(0) + offset, l_.plane_head,
                   mix ? w_.packed.post_mix + w_.first_head * mix.size : nullptr, mix.size};
    MixWeights(input, w_.Mask(rows.first + r, span), w_.packed.group, w_.Mixed(0) + offset,
               l_.plane_head);
  }

  void MixContext(int64_t start, int64_t r) const {
    int64_t size = p_.post_mix.size;
    const float* mix = w_.packed.post_mix + (w_.first_head + start) * size;
    float* in = w_.memory + l_.unmixed;
    for (int64_t x = 0; x < w_.packed.features; x += kLanes) {
      for (int64_t h = 0; h < size; ++h) {
        Store(in + h * kLanes, Load(w_.Context(start + h, r) + x));
      }
      for (int64_t o = 0; o < size; ++o) {
        Vec sum = Zero();
        for (int64_t h = 0; h < size; ++h) {
          sum = MulAdd(Splat(mix[h * size + o]), Load(in + h * kLanes), sum);
        }
        Store(w_.Context(start + o, r) + x, sum);
      }
    }
  }

  /// The same keys of the next head, to be fetched while this one is computed.
  Ahead NextValues(const StripRows& rows, int64_t h, int64_t key) const {
    if (h + 1 == w_.packed.group || key > rows.Last()) {
      return Ahead{w_.memory, 0};
    }
    return Ahead{w_.packed.Value(w_.sequence, w_.packed.KvHead(w_.first_head + h + 1), key),
                 w_.packed.features * kSumRows / RoundUp(rows.count, kSumRows)};
  }

  /// In parts whose values stay in the first cache while all rows of the strip meet them.
  void AddValues(const StripRows& rows, int64_t h, int64_t key, const float* weights,
                 int64_t stride) const {
    ValueSum sum(w_.packed, w_.sequence, w_.first_head + h, w_.Context(h, 0));
    int64_t part = Max(RoundDown(kCachedValues / w_.packed.features, kBlock), kBlock);
    for (int64_t from = 0; from < l_.block; from += part) {
      sum.Add(rows.first, rows.count, key + from, key + Min(from + part, l_.block), weights + from,
              stride, NextValues(rows, h, key + from));
    }
  }

  const StripWork& w_;
  const StripSoftmax& softmax_;
  const AttentionParams& p_;
  const StripLayout& l_;
};

}  // namespace heddle::HEDDLE_ISA

#endif  // HEDDLE_MULTI_TOKEN_ATTENTION_STRIP_VALUES_H_
