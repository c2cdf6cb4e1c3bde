// First step on a few query rows: masked scores of a chunk of keys, read where they lie.
#ifndef HEDDLE_MULTI_TOKEN_ATTENTION_FEW_SCORES_H_
#define HEDDLE_MULTI_TOKEN_ATTENTION_FEW_SCORES_H_

#include "multi_token_attention/few_work.h"

namespace heddle::HEDDLE_ISA {

class FewScores {
 public:
  explicit FewScores(const FewWork& work) : w_(work), p_(work.p) {}

  /// Queries of one head in lanes, absent ones 0; zeros beside the planes.
  void Prepare(int64_t index) const {
    const Sequence& s = w_.sequences[index / p_.heads];
    int64_t h = index % p_.heads, d = p_.head_dim, lanes = w_.query_lanes;
    float* queries = Queries(index);
    FewPlane::ClearFloats(queries, d * lanes);
    for (int64_t r = 0; r < w_.score_rows; ++r) {
      int64_t position = Position(s, r);
      if (w_.Present(s, position)) {
        const float* row = p_.QueryRow(s.b, h, s.first_slot + position);
        for (int64_t x = 0; x < d; ++x) {
          queries[x * lanes + r] = row[x] * w_.packed.factor;
        }
      }
    }
    for (int64_t r = 0; r < w_.scores.rows; ++r) {
      w_.scores.ClearBeside(index, r, RoundUp(s.keys, kLanes));
    }
    for (int64_t r = 0; r < w_.weights.rows; ++r) {
      bool present = r < w_.weight_rows && w_.Present(s, w_.Position(s, r));
      w_.weights.ClearBeside(index, r, present ? RoundDown(s.keys, kSpan) : 0);
    }
  }

  /// One chunk of keys of one key head.
  void Chunk(int64_t index) const {
    int64_t chunk = index % w_.chunks, kv = index / w_.chunks % p_.kv_heads;
    const Sequence& s = w_.sequences[index / w_.chunks / p_.kv_heads];
    if (w_.Skips(s, chunk)) {
      return;
    }
    Scratch copy(w_.executor, kLanes * p_.head_dim);
    int64_t group = p_.heads / p_.kv_heads;
    int64_t from = chunk * kChunk, to = Min(from + kChunk, s.keys);
    for (int64_t key = from; key < to; key += kLanes) {
      const float* keys = Keys(s, kv, key, copy.data());
      Ahead ahead{keys + kAhead, 16};
      for (int64_t h = kv * group; h < (kv + 1) * group; ++h) {
        Tile(s, h, key, keys, ahead);
        ahead.step = 0;
      }
    }
  }

 private:
  float* Queries(int64_t index) const {
    return w_.queries.data() + index * p_.head_dim * w_.query_lanes;
  }
  int64_t Position(const Sequence& s, int64_t score_row) const {
    return w_.Position(s, score_row) - w_.pre_rows;
  }

  /// kLanes keys, in a copy if they do not lie together.
  const float* Keys(const Sequence& s, int64_t kv, int64_t key, float* copy) const {
    int64_t border = p_.PastLen(s.b) - s.first_slot, d = p_.head_dim;
    bool together = key >= border || key + kLanes <= border;
    if (together && key + kLanes <= s.keys) {
      return p_.KeyRow(s.b, kv, s.first_slot + key);
    }
    FewPlane::ClearFloats(copy, kLanes * d);
    for (int64_t n = 0; n < Min(kLanes, s.keys - key); ++n) {
      memcpy(copy + n * d, p_.KeyRow(s.b, kv, s.first_slot + key + n),
             static_cast<size_t>(d) * sizeof(float));
    }
    return copy;
  }

  void Tile(const Sequence& s, int64_t h, int64_t key, const float* keys, Ahead ahead) const {
    int64_t index = s.b * p_.heads + h, d = p_.head_dim;
    for (int64_t r = 0; r < w_.score_rows; r += kLanes) {
      KeyTile(keys, d, Queries(index) + r, w_.query_lanes, d, ahead, w_.score_rows - r,
              w_.scores.Row(index, r) + key, w_.scores.stride);
      ahead.step = 0;
    }
    bool all_see = w_.Present(s, Position(s, 0)) &&
                   p_.visible.End(Position(s, 0)) >= key + kLanes &&
                   p_.visible.First(s.keys - 1) <= key && w_.NewRows(s) == p_.q_len;
    if (!all_see) {
      MaskTile(s, index, key);
    }
  }

  void MaskTile(const Sequence& s, int64_t index, int64_t key) const {
    for (int64_t r = 0; r < w_.score_rows; ++r) {
      int64_t position = Position(s, r);
      int64_t first = p_.visible.First(Max(position, 0)) - key;
      int64_t end = w_.Present(s, position) ? p_.visible.End(position) - key : 0;
      float* row = w_.scores.Row(index, r) + key;
      Store(row, KeepLanes(Load(row), first, end, Zero()));
    }
  }

  const FewWork& w_;
  const AttentionParams& p_;
};

}  // namespace heddle::HEDDLE_ISA

#endif  // HEDDLE_MULTI_TOKEN_ATTENTION_FEW_SCORES_H_
