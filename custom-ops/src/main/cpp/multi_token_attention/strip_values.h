// Last step of a strip: second convolution, second head mix, product with the values.
#ifndef HEDDLE_MULTI_TOKEN_ATTENTION_STRIP_VALUES_H_
#define HEDDLE_MULTI_TOKEN_ATTENTION_STRIP_VALUES_H_

#include "multi_token_attention/values.h"
#include "multi_token_attention/weight_blocks.h"

namespace heddle::HEDDLE_ISA {

inline constexpr int64_t kCachedValues = 8192;  // floats

/// Rows of several heads, floats from row to row and from head to head.
struct HeadRows {
  float* at;
  int64_t stride, head;
};

class StripValues {
 public:
  StripValues(const StripWork& work, const WeightBlocks& blocks)
      : w_(work), blocks_(blocks), p_(work.p), l_(work.layout) {}

  void BeginStrip() const {
    memset(w_.Context(0, 0), 0,
           static_cast<size_t>(w_.packed.group * l_.rows * w_.packed.features) * sizeof(float));
  }

  /// Weights of one block as they are, relative to the context's largest scores.
  void StreamBlock(const StripRows& rows, int64_t key) const {
    for (int64_t h = 0; h < w_.packed.group; ++h) {
      AddValues(rows, h, key, w_.Weights(h, key), l_.weight_stride);
    }
  }

  /// One block of complete rows.
  void Block(const StripRows& rows, int64_t key) const {
    const ScoreKernel& kernel = p_.post_kernel;
    for (int64_t h = 0; h < w_.packed.group; ++h) {
      blocks_.Prepare(rows, h, key);
      if (kernel) {
        ConvolveBlock(w_, kernel,
                      w_.packed.post + (w_.first_head + h) * kernel.rows * kernel.columns,
                      blocks_.At(h, key, 1 - kernel.rows).at - kernel.left, l_.weight_stride, rows,
                      key, w_.Plane(h));
        blocks_.KeepAbove(rows, h, key);
      }
    }
    HeadRows plane{w_.Plane(0), l_.plane_stride, l_.plane_head};
    HeadRows weights{w_.Weights(0, key), l_.weight_stride, l_.weight_head};
    // The two take turns: after the convolution a block's own weights are not needed any more.
    HeadRows done = kernel ? plane : weights, spare = kernel ? weights : plane;
    if (p_.post_mix) {
      MixBlock(rows, key, done, spare);
      done = spare;
    }
    for (int64_t h = 0; h < w_.packed.group; ++h) {
      AddValues(rows, h, key, done.at + h * done.head, done.stride);
    }
  }

  /// A block of rows whose weights are only wanted above the next strip.
  void Skip(const StripRows& rows, int64_t key) const {
    for (int64_t h = 0; h < w_.packed.group; ++h) {
      blocks_.Divide(rows, h, key);
      blocks_.KeepAbove(rows, h, key);
    }
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
  /// Mixes what rows see of a block, all heads.
  void MixBlock(const StripRows& rows, int64_t key, HeadRows in, HeadRows out) const {
    int64_t size = p_.post_mix.size, heads = w_.packed.group;
    const float* mix = w_.packed.post_mix + w_.first_head * size;
    for (int64_t span = 0; span < l_.block; span += kSpan) {
      for (int64_t r = 0; r < rows.count; ++r) {
        if (!w_.Mask(rows.first + r, key + span).Empty()) {
          MixWeights(MixInput{in.at + r * in.stride + span, in.head, mix, size}, heads,
                     out.at + r * out.stride + span, out.head);
        }
      }
    }
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
  const WeightBlocks& blocks_;
  const AttentionParams& p_;
  const StripLayout& l_;
};

}  // namespace heddle::HEDDLE_ISA

#endif  // HEDDLE_MULTI_TOKEN_ATTENTION_STRIP_VALUES_H_
