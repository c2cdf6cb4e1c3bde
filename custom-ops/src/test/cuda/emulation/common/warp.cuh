// Takes the place of the main sources' file in tests without a GPU: the same functions, a lane at a
// time.
#ifndef HEDDLE_COMMON_WARP_CUH_
#define HEDDLE_COMMON_WARP_CUH_

#include <cstring>

#include "common/element.h"
#include "cuda_runtime.h"
#include "machine.h"

namespace heddle {

inline uint32_t Bits(float x) {
  uint32_t y;
  std::memcpy(&y, &x, sizeof y);
  return y;
}
inline float FromBits(uint32_t x) {
  float y;
  std::memcpy(&y, &x, sizeof y);
  return y;
}

inline float* SharedMemory() { return emulation::Shared(); }

inline float ShuffleXor(float value, int mask) {
  emulation::Exchange& exchange = emulation::WarpExchange();
  unsigned lane = threadIdx.x % 32;
  exchange.word[lane][0] = Bits(value);
  emulation::WarpBarrier();
  return FromBits(exchange.word[lane ^ static_cast<unsigned>(mask)][0]);
}

inline int ShuffleXor(int value, int mask) {
  return static_cast<int>(Bits(ShuffleXor(FromBits(static_cast<uint32_t>(value)), mask)));
}

inline void SyncWarp() { emulation::WarpBarrier(); }

template <class N>
void KeepInMemory(N&) {}

/// Reads it, so that a tool for memory errors sees an address that does not exist.
inline void Prefetch(const char* memory) { *static_cast<const volatile char*>(memory); }

inline float Exp2(float x) { return x < -126 ? 0 : std::exp2(x); }

inline float RoundToTf32(float x) {
  return std::isfinite(x) ? FromBits((Bits(x) + 0x1000u) & ~0x1fffu) : x;
}

inline uint32_t PairHalves(uint32_t low, uint32_t high, int i) {
  return (low >> 16 * i & 0xffffu) | (high >> 16 * i & 0xffffu) << 16;
}

inline float ToFloat(float x) { return x; }
inline float ToFloat(Float16 x) {
  float y;
  Widen(Element::kFloat16, &x, 1, &y);
  return y;
}
inline float ToFloat(Bfloat16 x) { return FromBits(uint32_t{x.bits} << 16); }

template <class T>
inline T FromFloat(float x);
template <>
inline float FromFloat<float>(float x) {
  return x;
}
template <>
inline Float16 FromFloat<Float16>(float x) {
  Float16 y;
  Narrow(Element::kFloat16, &x, 1, &y);
  return y;
}
template <>
inline Bfloat16 FromFloat<Bfloat16>(float x) {
  Bfloat16 y;
  Narrow(Element::kBfloat16, &x, 1, &y);
  return y;
}

inline void LoadTile(float (&a)[4], const float* part) {
  emulation::CheckShared(part, 16);
  emulation::Exchange& exchange = emulation::WarpExchange();
  unsigned lane = threadIdx.x % 32;
  std::memcpy(exchange.word[lane], &part, sizeof part);
  emulation::WarpBarrier();
  for (unsigned m = 0; m < 4; ++m) {
    const float* row;
    std::memcpy(&row, exchange.word[8 * m + lane / 4], sizeof row);
    a[m] = row[lane % 4];
  }
}

/// Gives the warp's lanes each other's words: 4 of a, 2 of b.
inline const emulation::Exchange& Gather(const uint32_t (&a)[4], uint32_t b0, uint32_t b1) {
  emulation::Exchange& exchange = emulation::WarpExchange();
  uint32_t(&mine)[8] = exchange.word[threadIdx.x % 32];
  std::memcpy(mine, a, sizeof a);
  mine[4] = b0;
  mine[5] = b1;
  emulation::WarpBarrier();
  return exchange;
}

/// c[row, column] += the sum over the 4 lanes along a row and both words of each; `product` is that
/// of two words.
template <class Product>
void AddProducts(float (&c)[4], const emulation::Exchange& all, Product product) {
  unsigned lane = threadIdx.x % 32, g = lane / 4, t = lane % 4;
  for (unsigned e = 0; e < 4; ++e) {
    unsigned column = 2 * t + e % 2;
    float sum = c[e];
    for (unsigned k = 0; k < 4; ++k) {
      const uint32_t* a = all.word[4 * g + k];
      const uint32_t* b = all.word[4 * column + k] + 4;
      sum += product(a[e / 2], b[0]) + product(a[2 + e / 2], b[1]);
    }
    c[e] = sum;
  }
}

inline void MmaTf32(float (&c)[4], const uint32_t (&a)[4], uint32_t b0, uint32_t b1) {
  AddProducts(c, Gather(a, b0, b1), [](uint32_t x, uint32_t y) {
    return FromBits(x & ~0x1fffu) * FromBits(y & ~0x1fffu);
  });
}

template <class T>
void Mma16(T, float (&c)[4], const uint32_t (&a)[4], uint32_t b0, uint32_t b1) {
  AddProducts(c, Gather(a, b0, b1), [](uint32_t x, uint32_t y) {
    T low{static_cast<uint16_t>(x)}, high{static_cast<uint16_t>(x >> 16)};
    T other{static_cast<uint16_t>(y)}, other_high{static_cast<uint16_t>(y >> 16)};
    return ToFloat(low) * ToFloat(other) + ToFloat(high) * ToFloat(other_high);
  });
}

}  // namespace heddle

#endif  // HEDDLE_COMMON_WARP_CUH_
