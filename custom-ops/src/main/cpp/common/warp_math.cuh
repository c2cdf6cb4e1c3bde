// What kernels build on common/warp.cuh: sums over a warp, vectors of 16 bytes, matrix products for
// each element type.
#ifndef HEDDLE_COMMON_WARP_MATH_CUH_
#define HEDDLE_COMMON_WARP_MATH_CUH_

#include "common/warp.cuh"

namespace heddle {

template <class N>
__host__ __device__ inline N Min(N a, N b) {
  return a < b ? a : b;
}
template <class N>
__host__ __device__ inline N Max(N a, N b) {
  return a < b ? b : a;
}
template <class N>
__host__ __device__ inline N CeilDiv(N a, N b) {
  return (a + b - 1) / b;
}

/// Of `kLanes` lanes side by side; all lanes of the warp take part.
template <int kLanes = 32>
__device__ inline float WarpSum(float x) {
#pragma unroll
  for (int mask = kLanes / 2; mask > 0; mask /= 2) {
    x += ShuffleXor(x, mask);
  }
  return x;
}

template <int kLanes = 32>
__device__ inline float WarpMax(float x) {
#pragma unroll
  for (int mask = kLanes / 2; mask > 0; mask /= 2) {
    x = fmaxf(x, ShuffleXor(x, mask));
  }
  return x;
}

/// 16 bytes of a row.
struct alignas(16) Vector {
  uint32_t word[4];
};

template <class T>
inline constexpr int kVectorElements = 16 / static_cast<int>(sizeof(T));

/// Whether rows of `size` elements are whole vectors; if not, rows start anywhere.
template <class T>
__host__ __device__ inline bool WholeVectors(int size) {
  return size % kVectorElements<T> == 0;
}

/// Elements x .. of a row of `size`; 0 beyond its end, or if the row is not there.
/// @tparam kWhole WholeVectors, asked outside of loops so that all loads of one step can be under
/// way together
template <bool kWhole, class T>
__device__ inline Vector LoadVector(const T* row, int x, int size, bool there = true) {
  Vector v{};
  if constexpr (kWhole) {
    if (there && x < size) {
      v = *reinterpret_cast<const Vector*>(row + x);
    }
  } else {
    T* element = reinterpret_cast<T*>(v.word);
#pragma unroll
    for (int i = 0; i < kVectorElements<T>; ++i) {
      if (there && x + i < size) {
        element[i] = row[x + i];
      }
    }
  }
  return v;
}

/// Convolutions and mixes of float32 models: 3 products of rounded parts for each one.
template <class T>
inline constexpr bool kExactProducts = sizeof(T) == 4;

/// A cell that a convolution or mix will read is rounded where it is written, once, and not by each
/// product.
template <bool kRounded>
__device__ inline float Cell(float x) {
  return kRounded ? RoundToTf32(x) : x;
}

/// c += a b as MmaTf32 on float32. kExact: 3 products of rounded parts, about as good as float32.
/// Else a and b are numbers that tf32 holds, as all 16-bit ones are.
template <bool kExact>
__device__ inline void MmaFloat(float (&c)[4], const float (&a)[4], float b0, float b1) {
  uint32_t high[4];
  if constexpr (kExact) {
    float b0_high = RoundToTf32(b0), b1_high = RoundToTf32(b1);
    uint32_t low[4];
#pragma unroll
    for (int i = 0; i < 4; ++i) {
      high[i] = Bits(RoundToTf32(a[i]));
      low[i] = Bits(RoundToTf32(a[i] - FromBits(high[i])));
    }
    MmaTf32(c, low, Bits(b0_high), Bits(b1_high));
    MmaTf32(c, high, Bits(RoundToTf32(b0 - b0_high)), Bits(RoundToTf32(b1 - b1_high)));
    MmaTf32(c, high, Bits(b0_high), Bits(b1_high));
  } else {
#pragma unroll
    for (int i = 0; i < 4; ++i) {
      high[i] = Bits(a[i]);
    }
    MmaTf32(c, high, Bits(b0), Bits(b1));
  }
}

/// One step of a product whose operands lie in memory as T: 16 elements of the sum for 16-bit
/// types, 8 for float32.
template <class T>
__device__ inline void MmaElements(float (&c)[4], uint32_t a0, uint32_t a1, uint32_t a2,
                                   uint32_t a3, uint32_t b0, uint32_t b1) {
  if constexpr (sizeof(T) == 2) {
    Mma16(T{}, c, {a0, a1, a2, a3}, b0, b1);
  } else {
    MmaFloat<true>(c, {FromBits(a0), FromBits(a1), FromBits(a2), FromBits(a3)}, FromBits(b0),
                   FromBits(b1));
  }
}

/// c[16, 8] += a b^T over 4 vectors of each row: lane 4 g + t holds vector t of rows g and g + 8 of
/// a, and of row g of b. Any order of the sum will do, so both take it as it lies in memory.
template <class T>
__device__ inline void MmaRows(float (&c)[4], const Vector& a, const Vector& a8, const Vector& b) {
  MmaElements<T>(c, a.word[0], a8.word[0], a.word[1], a8.word[1], b.word[0], b.word[1]);
  MmaElements<T>(c, a.word[2], a8.word[2], a.word[3], a8.word[3], b.word[2], b.word[3]);
}

/// Two float32 as one word of 16-bit elements, the first one low.
template <class T>
__device__ inline uint32_t PackPair(float low, float high) {
  return uint32_t{FromFloat<T>(low).bits} | uint32_t{FromFloat<T>(high).bits} << 16;
}

}  // namespace heddle

#endif  // HEDDLE_COMMON_WARP_MATH_CUH_
