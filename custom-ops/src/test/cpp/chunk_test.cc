#include <algorithm>
#include <cmath>
#include <cstdio>
#include <vector>

#include "attention_case.h"
#include "compare.h"
#include "multi_token_attention/cpu.h"
#include "test_executor.h"
#include "tests.h"

namespace heddle {
namespace {

/// Calls with at most so many new tokens go another way than longer ones, and all give the same
/// bits. Between the two ways scores and sums are added up in another order, so results differ as
/// much as they may differ from exact ones.
constexpr int64_t kFewRows = 16;

/// Rows [from, to) of each head of [heads, rows, size].
std::vector<float> Rows(const float* all, int64_t heads, int64_t rows, int64_t size, int64_t from,
                        int64_t to) {
  std::vector<float> some;
  for (int64_t head = 0; head < heads; ++head) {
    some.insert(some.end(), all + (head * rows + from) * size, all + (head * rows + to) * size);
  }
  return some;
}

/// Rows [from, to) of a prompt after those before them, as a cache would give them.
class Chunk {
 public:
  Chunk(const AttentionParams& whole, int64_t from, int64_t to) : p(whole), from_(from) {
    int64_t history = p.pre_kernel.rows - 1 + p.post_kernel.rows - 1;
    p.q_len = to - from;
    p.past_len = p.past_capacity = from;
    p.past_rows = std::min(from, history);
    int64_t heads = p.batch * p.heads, kv = p.batch * p.kv_heads;
    p.query = Keep(0, Rows(whole.query, heads, whole.q_len, p.head_dim, from, to));
    p.key = Keep(1, Rows(whole.key, kv, whole.q_len, p.head_dim, from, to));
    p.value = Keep(2, Rows(whole.value, kv, whole.q_len, p.head_dim, from, to));
    p.past_query =
        Keep(3, Rows(whole.query, heads, whole.q_len, p.head_dim, from - p.past_rows, from));
    p.past_key = Keep(4, Rows(whole.key, kv, whole.q_len, p.head_dim, 0, from));
    p.past_value = Keep(5, Rows(whole.value, kv, whole.q_len, p.head_dim, 0, from));
    context_.assign(static_cast<size_t>(p.batch * p.q_len * p.heads * p.head_dim), NAN);
    p.context = context_.data();
  }

  /// Writes the context to its place in that of the whole prompt.
  void Run(InstructionSet set, Executor& executor, int64_t rows, float* whole) {
    Attend(p, set, executor);
    int64_t width = p.heads * p.head_dim;
    for (int64_t b = 0; b < p.batch; ++b) {
      std::copy(context_.begin() + b * p.q_len * width,
                context_.begin() + (b + 1) * p.q_len * width, whole + (b * rows + from_) * width);
    }
  }

  AttentionParams p;

 private:
  const float* Keep(int index, std::vector<float> values) {
    owned_[index] = std::move(values);
    return owned_[index].data();
  }

  int64_t from_;
  std::vector<float> owned_[6], context_;
};

/// Lengths of at least `least` and at most `most` tokens; the last chunk may be shorter unless it
/// is joined to the one before.
std::vector<int64_t> Ends(AttentionCase& c, int64_t least, int64_t most) {
  std::vector<int64_t> ends;
  for (int64_t end = 0; end < c.p.q_len;) {
    end += least + c.Below(most - least + 1);
    end = c.p.q_len - end < least ? c.p.q_len : end;
    ends.push_back(end);
  }
  return ends;
}

std::vector<float> InChunks(const AttentionCase& c, const std::vector<int64_t>& ends,
                            InstructionSet set) {
  TestExecutor serial(1);
  std::vector<float> context(c.context.size(), NAN);
  int64_t from = 0;
  for (int64_t end : ends) {
    Chunk(c.p, from, end).Run(set, serial, c.p.q_len, context.data());
    from = end;
  }
  return context;
}

}  // namespace

bool TestChunks(unsigned seed) {
  AttentionCase c(seed);
  c.FillPrompt();
  TestExecutor serial(1);
  AttendPlain(c.p, serial);
  std::vector<float> exact = c.context;
  double size = std::max(1.0, Largest(exact));
  for (InstructionSet set : InstructionSets()) {
    char what[64];
    std::snprintf(what, sizeof what, "seed %u %s in chunks", seed, Name(set));
    Attend(c.p, set, serial);
    std::vector<float> whole = c.context;
    std::vector<float> any = InChunks(c, Ends(c, 1, 30), set);
    bool right = Close(any, exact, c.Tolerance() * size, what);
    right = right && Close(any, whole, c.Tolerance() * size, what) &&
            SameBits(InChunks(c, Ends(c, 1, kFewRows), set), InChunks(c, Ends(c, 1, 3), set), what);
    if (!right) {
      c.Print();
      return false;
    }
  }
  return true;
}

}  // namespace heddle
