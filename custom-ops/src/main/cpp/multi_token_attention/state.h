// How the state of a step follows from the one before it; any element type, rows of bytes.
#ifndef HEDDLE_MULTI_TOKEN_ATTENTION_STATE_H_
#define HEDDLE_MULTI_TOKEN_ATTENTION_STATE_H_

#include <algorithm>
#include <cstdint>
#include <cstring>

namespace heddle {

/// Dynamic cache: the rows of two tensors one after the other, the oldest of them left out:
/// [outer][rows][row_bytes].
struct JoinRows {
  const char* past;
  const char* now;
  char* out;
  int64_t past_rows, now_rows, out_rows, row_bytes;

  void Copy(int64_t outer) const {
    int64_t skipped = past_rows + now_rows - out_rows;
    int64_t from_past = std::max<int64_t>(past_rows - skipped, 0);
    int64_t from_now = out_rows - from_past;
    char* to = out + outer * out_rows * row_bytes;
    if (from_past > 0) {
      memcpy(to, past + ((outer + 1) * past_rows - from_past) * row_bytes,
             static_cast<size_t>(from_past * row_bytes));
    }
    if (from_now > 0) {
      memcpy(to + from_past * row_bytes, now + ((outer + 1) * now_rows - from_now) * row_bytes,
             static_cast<size_t>(from_now * row_bytes));
    }
  }
};

/// The new tokens of one sequence.
struct NewTokens {
  int64_t past_len;  ///< real tokens before them
  int64_t first;     ///< row of the new tensors that holds the first real one
  int64_t count;     ///< real ones; they lie together
};

/// Static cache: writes the new tokens behind the past ones, in place if `out` is `past`:
/// [outer][capacity][row_bytes].
struct AppendRows {
  const char* past;
  const char* now;
  char* out;
  const NewTokens* tokens;  ///< [batch]
  int64_t heads, capacity, now_rows, row_bytes;

  void Copy(int64_t outer) const {
    const NewTokens& t = tokens[outer / heads];
    char* to = out + outer * capacity * row_bytes;
    if (out != past) {
      memcpy(to, past + outer * capacity * row_bytes, static_cast<size_t>(capacity * row_bytes));
    }
    memcpy(to + t.past_len * row_bytes, now + (outer * now_rows + t.first) * row_bytes,
           static_cast<size_t>(t.count * row_bytes));
  }
};

/// Static cache: the last `rows` of the past rows and the new tokens: [outer][rows][row_bytes].
struct LastRows {
  const char* past;
  const char* now;
  char* out;
  const NewTokens* tokens;  ///< [batch]
  int64_t heads, rows, now_rows, row_bytes;

  void Copy(int64_t outer) const {
    const NewTokens& t = tokens[outer / heads];
    int64_t from_now = std::min(t.count, rows), from_past = rows - from_now;
    char* to = out + outer * rows * row_bytes;
    // In place the rows move towards the front.
    memmove(to, past + (outer * rows + from_now) * row_bytes,
            static_cast<size_t>(from_past * row_bytes));
    memcpy(to + from_past * row_bytes,
           now + (outer * now_rows + t.first + t.count - from_now) * row_bytes,
           static_cast<size_t>(from_now * row_bytes));
  }
};

}  // namespace heddle

#endif  // HEDDLE_MULTI_TOKEN_ATTENTION_STATE_H_
