// Copies of rows. What they need is passed by value: vector stores may alias anything, and numbers
// behind a pointer would be read again after each.
#ifndef HEDDLE_MULTI_TOKEN_ATTENTION_ROWS_H_
#define HEDDLE_MULTI_TOKEN_ATTENTION_ROWS_H_

#include "common/simd.h"

namespace heddle::HEDDLE_ISA {

/// The first of some rows, floats from row to row.
struct Rows {
  float* at;
  int64_t stride;

  /// @param x added to each row's begin
  HEDDLE_INLINE_MEMBER Rows From(int64_t x) const { return Rows{at + x, stride}; }
};

/// @param count a multiple of kLanes
HEDDLE_INLINE void CopyRow(float* to, const float* from, int64_t count) {
  for (int64_t x = 0; x < count; x += kLanes) {
    Store(to + x, Load(from + x));
  }
}

/// @param count a multiple of kLanes
HEDDLE_INLINE void ClearRow(float* to, int64_t count) {
  for (int64_t x = 0; x < count; x += kLanes) {
    Store(to + x, Zero());
  }
}

/// @param count a multiple of kLanes
HEDDLE_INLINE void ScaleRow(float factor, float* row, int64_t count) {
  for (int64_t x = 0; x < count; x += kLanes) {
    Store(row + x, Splat(factor) * Load(row + x));
  }
}

/// From the first row on: rows may move up in place.
/// @param count of each row, a multiple of kLanes
HEDDLE_INLINE void CopyRows(Rows to, Rows from, int64_t rows, int64_t count) {
  for (int64_t r = 0; r < rows; ++r) {
    CopyRow(to.at + r * to.stride, from.at + r * from.stride, count);
  }
}

/// @param count of each row, a multiple of kLanes
HEDDLE_INLINE void ClearRows(Rows to, int64_t rows, int64_t count) {
  for (int64_t r = 0; r < rows; ++r) {
    ClearRow(to.at + r * to.stride, count);
  }
}

}  // namespace heddle::HEDDLE_ISA

#endif  // HEDDLE_MULTI_TOKEN_ATTENTION_ROWS_H_
