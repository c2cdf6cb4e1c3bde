// Numbers too small for full precision count as 0 while a worker computes.
#ifndef HEDDLE_MULTI_TOKEN_ATTENTION_FLUSH_TINY_H_
#define HEDDLE_MULTI_TOKEN_ATTENTION_FLUSH_TINY_H_

#if defined(__SSE__)
#include <xmmintrin.h>
#endif

namespace heddle::HEDDLE_ISA {

/// From here to the end of the scope, on this thread. They would cost a hundred cycles each; and
/// all ways to compute a row must treat them alike, or results would differ in their last bits.
class FlushTiny {
 public:
#if defined(__SSE__)
  FlushTiny() : before_(_mm_getcsr()) { _mm_setcsr(before_ | 0x8040u); }
  ~FlushTiny() { _mm_setcsr(before_); }
#else
  FlushTiny() {}
  ~FlushTiny() {}
#endif
  FlushTiny(const FlushTiny&) = delete;
  FlushTiny& operator=(const FlushTiny&) = delete;

#if defined(__SSE__)
 private:
  unsigned before_;
#endif
};

}  // namespace heddle::HEDDLE_ISA

#endif  // HEDDLE_MULTI_TOKEN_ATTENTION_FLUSH_TINY_H_
