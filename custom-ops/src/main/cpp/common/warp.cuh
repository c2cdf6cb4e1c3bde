// The instructions that kernels need beyond plain C++: matrix products of a warp, conversions,
// shuffles. Everything that is PTX or an intrinsic is in this file; tests without a GPU put another
// one in its place.
#ifndef HEDDLE_COMMON_WARP_CUH_
#define HEDDLE_COMMON_WARP_CUH_

#include <cuda_bf16.h>
#include <cuda_fp16.h>
#include <cuda_runtime.h>

#include <cstdint>

#include "common/element.h"

namespace heddle {

/// The block's dynamic shared memory.
__device__ inline float* SharedMemory() {
  extern __shared__ uint4 heddle_shared_memory[];
  return reinterpret_cast<float*>(heddle_shared_memory);
}

__device__ inline float ShuffleXor(float value, int mask) {
  return __shfl_xor_sync(0xffffffffu, value, mask);
}

__device__ inline int ShuffleXor(int value, int mask) {
  return __shfl_xor_sync(0xffffffffu, value, mask);
}

/// What the warp's lanes wrote before is there for all of them, and what they read is read.
__device__ inline void SyncWarp() { __syncwarp(); }

/// From here on the compiler keeps this in memory (the first-level cache), not in registers.
template <class N>
__device__ inline void KeepInMemory(N& numbers) {
  asm volatile("" : : "l"(&numbers) : "memory");
}

/// Asks for 32 bytes of the GPU's memory to be brought into the second-level cache.
__device__ inline void Prefetch(const char* memory) {
  asm volatile("prefetch.global.L2 [%0];" : : "l"(__cvta_generic_to_global(memory)));
}

/// 2^x; 0 for x below -126.
__device__ inline float Exp2(float x) {
  float y;
  asm("ex2.approx.ftz.f32 %0, %1;" : "=f"(y) : "f"(x));
  return y;
}

/// Rounded to the 10 mantissa bits that a matrix product of float32 reads.
__device__ inline float RoundToTf32(float x) {
  uint32_t y;
  asm("cvt.rna.tf32.f32 %0, %1;" : "=r"(y) : "f"(x));
  return __uint_as_float(y);
}

__device__ inline uint32_t Bits(float x) { return __float_as_uint(x); }
__device__ inline float FromBits(uint32_t x) { return __uint_as_float(x); }

/// Half i (0 or 1) of two words: the one of `low` below the one of `high`.
__device__ inline uint32_t PairHalves(uint32_t low, uint32_t high, int i) {
  return __byte_perm(low, high, i == 0 ? 0x5410 : 0x7632);
}

__device__ inline float ToFloat(float x) { return x; }
__device__ inline float ToFloat(Float16 x) { return __half2float(__ushort_as_half(x.bits)); }
__device__ inline float ToFloat(Bfloat16 x) { return FromBits(uint32_t{x.bits} << 16); }

template <class T>
__device__ inline T FromFloat(float x);
template <>
__device__ inline float FromFloat<float>(float x) {
  return x;
}
template <>
__device__ inline Float16 FromFloat<Float16>(float x) {
  return Float16{__half_as_ushort(__float2half_rn(x))};
}
template <>
__device__ inline Bfloat16 FromFloat<Bfloat16>(float x) {
  return Bfloat16{__bfloat16_as_ushort(__float2bfloat16_rn(x))};
}

/// a[16, 8] for MmaTf32 from shared memory: lanes 8 m .. 8 m + 7 give where 4 numbers of 8 rows
/// lie, 16-byte aligned: rows 0 .. 7, then 8 .. 15, then the same for the next 4 numbers.
__device__ inline void LoadTile(float (&a)[4], const float* part) {
  uint32_t address = static_cast<uint32_t>(__cvta_generic_to_shared(part));
  asm volatile("ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%0,%1,%2,%3}, [%4];"
               : "=f"(a[0]), "=f"(a[1]), "=f"(a[2]), "=f"(a[3])
               : "r"(address)
               : "memory");
}

/// c[16, 8] += a[16, 8] b[8, 8] of a warp, float32 read as tf32. Lane 4 g + t holds a[g, t],
/// a[g + 8, t], a[g, t + 4], a[g + 8, t + 4]; b[t, g], b[t + 4, g]; c[g, 2 t], c[g, 2 t + 1],
/// c[g + 8, 2 t], c[g + 8, 2 t + 1].
__device__ inline void MmaTf32(float (&c)[4], const uint32_t (&a)[4], uint32_t b0, uint32_t b1) {
  asm volatile(
      "mma.sync.aligned.m16n8k8.row.col.f32.tf32.tf32.f32 {%0,%1,%2,%3}, {%4,%5,%6,%7}, {%8,%9}, "
      "{%0,%1,%2,%3};"
      : "+f"(c[0]), "+f"(c[1]), "+f"(c[2]), "+f"(c[3])
      : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b0), "r"(b1));
}

/// c[16, 8] += a[16, 16] b[16, 8]; as MmaTf32, a pair of neighbours along the sum (2 t, 2 t + 1 and
/// 2 t + 8, 2 t + 9) for each number.
__device__ inline void Mma16(Float16, float (&c)[4], const uint32_t (&a)[4], uint32_t b0,
                             uint32_t b1) {
  asm volatile(
      "mma.sync.aligned.m16n8k16.row.col.f32.f16.f16.f32 {%0,%1,%2,%3}, {%4,%5,%6,%7}, {%8,%9}, "
      "{%0,%1,%2,%3};"
      : "+f"(c[0]), "+f"(c[1]), "+f"(c[2]), "+f"(c[3])
      : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b0), "r"(b1));
}
__device__ inline void Mma16(Bfloat16, float (&c)[4], const uint32_t (&a)[4], uint32_t b0,
                             uint32_t b1) {
  asm volatile(
      "mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32 {%0,%1,%2,%3}, {%4,%5,%6,%7}, {%8,%9}, "
      "{%0,%1,%2,%3};"
      : "+f"(c[0]), "+f"(c[1]), "+f"(c[2]), "+f"(c[3])
      : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b0), "r"(b1));
}

}  // namespace heddle

#endif  // HEDDLE_COMMON_WARP_CUH_
