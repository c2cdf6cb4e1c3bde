// 16-bit numbers as vectors of float32; compiled once for each instruction set.
#ifndef HEDDLE_COMMON_WIDEN_H_
#define HEDDLE_COMMON_WIDEN_H_

#include "common/element.h"
#include "common/simd.h"

namespace heddle::HEDDLE_ISA {

/// @param from 16-bit elements
/// @param count whole vectors
static inline void WidenVectors(Element element, const uint16_t* from, int64_t count, float* to) {
#if HEDDLE_LANES == 16
  for (int64_t i = 0; i < count; i += kLanes) {
    __m256i bits = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(from + i));
    Store(to + i, element == Element::kFloat16
                      ? _mm512_cvtph_ps(bits)
                      : _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_cvtepu16_epi32(bits), 16)));
  }
#elif HEDDLE_LANES == 8
  for (int64_t i = 0; i < count; i += kLanes) {
    __m128i bits = _mm_loadu_si128(reinterpret_cast<const __m128i*>(from + i));
    Store(to + i, element == Element::kFloat16
                      ? _mm256_cvtph_ps(bits)
                      : _mm256_castsi256_ps(_mm256_slli_epi32(_mm256_cvtepu16_epi32(bits), 16)));
  }
#else
  Widen(element, from, count, to);
#endif
}

}  // namespace heddle::HEDDLE_ISA

#endif  // HEDDLE_COMMON_WIDEN_H_
