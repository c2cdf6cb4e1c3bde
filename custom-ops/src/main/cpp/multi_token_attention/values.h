// Product of attention weights and values.
#ifndef HEDDLE_MULTI_TOKEN_ATTENTION_VALUES_H_
#define HEDDLE_MULTI_TOKEN_ATTENTION_VALUES_H_

#include "multi_token_attention/sequence.h"

namespace heddle::HEDDLE_ISA {

/// Adds up one head's values for some rows of consecutive positions. A row meets only the keys that
/// it sees, in order: a weight of 0 would not stop a NaN.
class ValueSum {
 public:
  /// @param context [rows][features]
  /// @param copy of the values, where key 0 would be; null = they are read where they lie
  ValueSum(const Packed& packed, const Sequence& sequence, int64_t head, float* context,
           const float* copy = nullptr)
      : packed_(packed),
        s_(sequence),
        kv_head_(packed.KvHead(head)),
        context_(context),
        copy_(copy) {}

  /// The keys [key, end) for `count` rows from `position` on.
  /// @param weights of the first row and `key`
  /// @param ahead what each row fetches meanwhile, a step for each key
  void Add(int64_t position, int64_t count, int64_t key, int64_t end, const float* weights,
           int64_t stride, Ahead ahead) const {
    const VisibleKeys& visible = packed_.params->visible;
    weights -= key;
    int64_t r = 0;
    for (; r + kSumRows <= count; r += kSumRows) {
      // The keys that all rows of the tile see; the few others row by row.
      int64_t from = Max(key, visible.First(position + r + kSumRows - 1));
      int64_t to = Max(from, Min(end, visible.End(position + r)));
      if (from > key) {
        AddRows(position, r, r + kSumRows, key, Min(from, end), weights, stride, ahead);
      }
      AddKeys<kSumRows>(r, from, Min(to, end), weights + r * stride, stride, ahead);
      if (to < end) {
        AddRows(position, r, r + kSumRows, to, end, weights, stride, ahead);
      }
      ahead.at += (end - key) * ahead.step;
    }
    AddRows(position, r, count, key, end, weights, stride, ahead);
  }

 private:
  void AddRows(int64_t position, int64_t begin, int64_t end, int64_t from, int64_t to,
               const float* weights, int64_t stride, Ahead ahead) const {
    const VisibleKeys& visible = packed_.params->visible;
    for (int64_t r = begin; r < end; ++r) {
      AddKeys<1>(r, Max(from, visible.First(position + r)), Min(to, visible.End(position + r)),
                 weights + r * stride, stride, ahead);
    }
  }

  /// @param weights of key 0
  template <int ROWS>
  void AddKeys(int64_t r, int64_t from, int64_t to, const float* weights, int64_t stride,
               Ahead ahead) const {
    while (from < to) {
      int64_t stop = copy_ != nullptr ? to : Min(to, packed_.ValueRunEnd(s_, from));
      const float* values = copy_ != nullptr ? copy_ + from * packed_.ValueStride()
                                             : packed_.Value(s_, kv_head_, from);
      ValueRows<ROWS>(weights + from, stride, values, packed_.ValueStride(), stop - from,
                      packed_.features, ahead, context_ + r * packed_.features, packed_.features);
      from = stop;
    }
  }

  const Packed& packed_;
  const Sequence& s_;
  const int64_t kv_head_;
  float* const context_;
  const float* const copy_;
};

}  // namespace heddle::HEDDLE_ISA

#endif  // HEDDLE_MULTI_TOKEN_ATTENTION_VALUES_H_
