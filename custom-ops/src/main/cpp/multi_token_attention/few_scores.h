// First step on a few query rows: masked scores of a chunk of keys, read where they lie, and their
// convolution.
#ifndef HEDDLE_MULTI_TOKEN_ATTENTION_FEW_SCORES_H_
#define HEDDLE_MULTI_TOKEN_ATTENTION_FEW_SCORES_H_

#include "multi_token_attention/few_work.h"

namespace heddle::HEDDLE_ISA {

/// Queries of one key head's heads side by side, absent ones 0.
static inline void PrepareQueries(const FewWork& w, int64_t index) {
  const AttentionParams& p = w.p;
  const Sequence& s = w.sequences[index / p.kv_heads];
  int64_t kv = index % p.kv_heads, d = p.head_dim, rows = w.QueryRows();
  float* queries = w.queries.data() + index * d * rows;
  ClearFloats(queries, d * rows);
  for (int64_t at = 0; at < rows; ++at) {
    int64_t h = kv * w.group() + at / w.scores.rows, r = at % w.scores.rows;
    int64_t position = w.Position(s, r) - w.pre_rows;
    if (r < w.score_rows && w.Present(s, position)) {
      const float* row = p.QueryRow(s.b, h, s.first_slot + position);
      for (int64_t x = 0; x < d; ++x) {
        queries[x * rows + at] = row[x] * w.packed.factor;
      }
    }
  }
}

/// Goes along the chunks of a segment; the keys that two chunks need are computed once.
class FewScores {
 public:
  /// @param windows [unit heads][scores.rows][scores.stride]
  /// @param copy of CopySize
  FewScores(const FewSegment& segment, float* windows, float* copy)
      : w_(segment.w),
        p_(w_.p),
        s_(segment.s),
        unit_(segment.head),
        windows_(windows),
        copy_(copy) {}

  /// Scores of the heads of one key head.
  /// @param fresh whether the chunk before was not computed
  void Chunk(int64_t kv, int64_t chunk, bool fresh) const {
    int64_t first = kv * w_.group(), end = first + w_.group();
    const FewWindow& window = w_.scores;
    int64_t begin = chunk * kChunk, to = begin + kChunk + window.after;
    for (int64_t h = first; h < end && !fresh; ++h) {
      Move(h);
    }
    for (int64_t key = fresh ? begin - window.before : begin + window.after; key < to;
         key += kLanes) {
      if (key < 0 || key >= s_.keys) {
        Clear(first, end, key - begin);
        continue;
      }
      Tile(kv, key, At(first) + key - begin);
    }
  }

  /// Scores of the first row of a head, at the chunk's first key.
  float* At(int64_t h) const { return windows_ + (h - unit_) * w_.scores.head + w_.scores.before; }

 private:
  /// What lies beside the next chunk, and its first keys, are known.
  void Move(int64_t h) const {
    const FewWindow& window = w_.scores;
    float* row = At(h) - window.before;
    for (int64_t r = 0; r < w_.score_rows; ++r, row += window.stride) {
      memmove(row, row + kChunk, static_cast<size_t>(window.before + window.after) * sizeof(float));
    }
  }

  void Clear(int64_t first, int64_t end, int64_t column) const {
    for (int64_t h = first; h < end; ++h) {
      for (int64_t r = 0; r < w_.score_rows; ++r) {
        Store(At(h) + r * w_.scores.stride + column, Zero());
      }
    }
  }

  /// kLanes keys, in a copy if they do not lie together as float32.
  const float* Keys(int64_t kv, int64_t key) const {
    int64_t border = p_.PastLen(s_.b) - s_.first_slot, d = p_.head_dim;
    bool together = key >= border || (key + kLanes <= border && !w_.narrow());
    if (together && key + kLanes <= s_.keys) {
      return p_.KeyRow(s_.b, kv, s_.first_slot + key);
    }
    int64_t count = Min(kLanes, s_.keys - key);
    CopyRows(w_, s_, kv, key, count, false, copy_);
    ClearFloats(copy_ + count * d, (kLanes - count) * d);
    return copy_;
  }

  /// All heads of a key head.
  void Tile(int64_t kv, int64_t key, float* out) const {
    int64_t d = p_.head_dim, rows = w_.QueryRows();
    const float* keys = Keys(kv, key);
    Ahead ahead = w_.narrow() ? NarrowAhead(w_, s_, kv, key, p_.narrow_past_key, 16)
                              : Ahead{keys + kAhead, 16};
    KeyTiles(keys, d, w_.queries.data() + (s_.b * p_.kv_heads + kv) * d * rows, rows, d, ahead,
             rows, out, w_.scores.stride);
    int64_t oldest = w_.Position(s_, 0) - w_.pre_rows;
    bool all_see = w_.Present(s_, oldest) && p_.visible.End(oldest) >= key + kLanes &&
                   p_.visible.First(s_.keys - 1) <= key && w_.NewRows(s_) == p_.q_len;
    for (int64_t n = 0; n < w_.group() && !all_see; ++n) {
      Mask(key, out + n * w_.scores.head);
    }
  }

  void Mask(int64_t key, float* out) const {
    for (int64_t r = 0; r < w_.score_rows; ++r) {
      int64_t position = w_.Position(s_, r) - w_.pre_rows;
      int64_t first = p_.visible.First(Max(position, 0)) - key;
      int64_t end = w_.Present(s_, position) ? p_.visible.End(position) - key : 0;
      float* row = out + r * w_.scores.stride;
      Store(row, KeepLanes(Load(row), first, end, Zero()));
    }
  }

  const FewWork& w_;
  const AttentionParams& p_;
  const Sequence& s_;
  const int64_t unit_;
  float* const windows_;
  float* const copy_;
};

}  // namespace heddle::HEDDLE_ISA

#endif  // HEDDLE_MULTI_TOKEN_ATTENTION_FEW_SCORES_H_
