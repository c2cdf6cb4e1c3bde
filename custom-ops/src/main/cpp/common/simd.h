// One vector type for all instruction sets: files that include this are compiled once for each,
// with HEDDLE_ISA naming the namespace.
//
// Nothing here or in such files may instantiate standard library templates: the linker keeps one
// copy of an inline function, and it must not be one with instructions that the machine lacks.
#ifndef HEDDLE_COMMON_SIMD_H_
#define HEDDLE_COMMON_SIMD_H_

#include <cstdint>
#include <cstring>

#if defined(__AVX2__)
#include <immintrin.h>
#endif

#if defined(__AVX512F__)
#define HEDDLE_LANES 16
#elif defined(__AVX2__)
#define HEDDLE_LANES 8
#else
#define HEDDLE_LANES 4
#endif

namespace heddle::HEDDLE_ISA {

inline constexpr int kLanes = HEDDLE_LANES;

typedef float Vec __attribute__((vector_size(HEDDLE_LANES * 4)));
typedef int32_t IntVec __attribute__((vector_size(HEDDLE_LANES * 4)));
typedef float UnalignedVec __attribute__((vector_size(HEDDLE_LANES * 4), aligned(4), may_alias));

#define HEDDLE_INLINE static inline __attribute__((always_inline, unused))
#define HEDDLE_INLINE_MEMBER inline __attribute__((always_inline))

HEDDLE_INLINE Vec Load(const float* p) { return *reinterpret_cast<const UnalignedVec*>(p); }
HEDDLE_INLINE void Store(float* p, Vec v) { *reinterpret_cast<UnalignedVec*>(p) = v; }
HEDDLE_INLINE Vec Splat(float x) { return x - Vec{}; }
HEDDLE_INLINE Vec Zero() { return Vec{}; }
/// Contracted to one instruction where there is one.
HEDDLE_INLINE Vec MulAdd(Vec a, Vec b, Vec c) { return a * b + c; }
/// If one is NaN: the second.
HEDDLE_INLINE Vec Max(Vec a, Vec b) { return a > b ? a : b; }

HEDDLE_INLINE IntVec LaneNumbers() {
#if HEDDLE_LANES == 16
  return IntVec{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
#elif HEDDLE_LANES == 8
  return IntVec{0, 1, 2, 3, 4, 5, 6, 7};
#else
  return IntVec{0, 1, 2, 3};
#endif
}

/// Lanes first .. end - 1 of v, others from `other`.
HEDDLE_INLINE Vec KeepLanes(Vec v, int64_t first, int64_t end, Vec other) {
  int32_t a = static_cast<int32_t>(first < 0 ? 0 : (first > kLanes ? kLanes : first));
  int32_t b = static_cast<int32_t>(end < 0 ? 0 : (end > kLanes ? kLanes : end));
  IntVec lanes = LaneNumbers();
  v = lanes >= a ? v : other;
  return lanes < b ? v : other;
}

HEDDLE_INLINE float Sum(Vec v) {
#if HEDDLE_LANES == 16
  return _mm512_reduce_add_ps(v);
#else
  float sum = 0;
  for (int i = 0; i < kLanes; ++i) {
    sum += v[i];
  }
  return sum;
#endif
}

HEDDLE_INLINE float Largest(Vec v) {
#if HEDDLE_LANES == 16
  return _mm512_reduce_max_ps(v);
#else
  float largest = v[0];
  for (int i = 1; i < kLanes; ++i) {
    largest = v[i] > largest ? v[i] : largest;
  }
  return largest;
#endif
}

/// Whether a > b in any lane; a NaN is not.
HEDDLE_INLINE bool AnyGreater(Vec a, Vec b) {
#if HEDDLE_LANES == 16
  return _mm512_cmp_ps_mask(a, b, _CMP_GT_OQ) != 0;
#elif HEDDLE_LANES == 8
  return _mm256_movemask_ps(_mm256_cmp_ps(a, b, _CMP_GT_OQ)) != 0;
#else
  IntVec greater = a > b;
  int32_t any = 0;
  for (int i = 0; i < kLanes; ++i) {
    any |= greater[i];
  }
  return any != 0;
#endif
}

/// 2^f for |f| <= 1/2: the polynomial of degree 5 through 1 at 0 with the smallest relative error.
HEDDLE_INLINE Vec Exp2Fraction(Vec f) {
  Vec p = Splat(1.3264727e-3f);
  p = MulAdd(p, f, Splat(9.6715130e-3f));
  p = MulAdd(p, f, Splat(5.5507336e-2f));
  p = MulAdd(p, f, Splat(2.4022242e-1f));
  p = MulAdd(p, f, Splat(6.9314700e-1f));
  return MulAdd(p, f, Splat(1.0f));
}

/// 2^x for x <= 127, error below 2.1 units in the last place; 0 for x below -126, NaN stays.
HEDDLE_INLINE Vec Exp2(Vec x) {
#if HEDDLE_LANES == 16
  Vec fraction = _mm512_reduce_ps(x, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
  return _mm512_scalef_ps(Exp2Fraction(fraction), x - fraction);
#else
  Vec low = Splat(-160.0f);
  x = low > x ? low : x;
  Vec magic = Splat(12582912.0f);  // 1.5 * 2^23: adding it rounds to a whole number
  Vec shifted = x + magic;
  asm("" : "+x"(shifted));
  Vec whole = shifted - magic;
  IntVec n = __builtin_convertvector(whole, IntVec);
  IntVec bits = (n + 127) << 23;
  Vec power;
  memcpy(&power, &bits, sizeof power);
  Vec result = Exp2Fraction(x - whole) * power;
  return x < Splat(-126.0f) ? Zero() : result;
#endif
}

HEDDLE_INLINE int64_t Min(int64_t a, int64_t b) { return a < b ? a : b; }
HEDDLE_INLINE int64_t Max(int64_t a, int64_t b) { return a > b ? a : b; }
HEDDLE_INLINE int64_t RoundDown(int64_t x, int64_t unit) { return x / unit * unit; }
HEDDLE_INLINE int64_t RoundUp(int64_t x, int64_t unit) { return (x + unit - 1) / unit * unit; }

}  // namespace heddle::HEDDLE_ISA

#endif  // HEDDLE_COMMON_SIMD_H_
