#include "common/element.h"

#include <cstring>

namespace heddle {
namespace {

float FromBits(uint32_t bits) {
  float value;
  memcpy(&value, &bits, sizeof value);
  return value;
}

uint32_t ToBits(float value) {
  uint32_t bits;
  memcpy(&bits, &value, sizeof bits);
  return bits;
}

float WidenHalf(uint16_t half) {
  uint32_t sign = static_cast<uint32_t>(half & 0x8000u) << 16;
  uint32_t magnitude = half & 0x7fffu;
  uint32_t bits = magnitude << 13;
  if (magnitude >= 0x7c00u) {
    bits |= 0x7f800000u;
  } else if (magnitude >= 0x400u) {
    bits += 112u << 23;  // the exponent's bias, from 15 to 127
  } else {
    // Not as a small float32: threads of kernels take those for 0.
    bits = ToBits(static_cast<float>(magnitude) * 0x1p-24f);
  }
  return FromBits(sign | bits);
}

uint16_t NarrowHalf(float value) {
  uint32_t bits = ToBits(value);
  uint32_t sign = bits >> 16 & 0x8000u;
  uint32_t magnitude = bits & 0x7fffffffu;
  if (magnitude > 0x7f800000u) {
    return static_cast<uint16_t>(sign | 0x7e00u);
  }
  if (magnitude >= 0x477ff000u) {
    return static_cast<uint16_t>(sign | 0x7c00u);
  }
  if (magnitude < 0x38800000u) {
    // Adding 1/2 puts the last kept bit of a small number where float32 rounds.
    return static_cast<uint16_t>(sign | (ToBits(FromBits(magnitude) + 0.5f) - 0x3f000000u));
  }
  uint32_t rounded = magnitude + 0xfffu + (magnitude >> 13 & 1u);
  return static_cast<uint16_t>(sign | (rounded - 0x38000000u) >> 13);
}

uint16_t NarrowBfloat(float value) {
  uint32_t bits = ToBits(value);
  if ((bits & 0x7fffffffu) > 0x7f800000u) {
    return static_cast<uint16_t>(bits >> 16 | 0x40u);
  }
  return static_cast<uint16_t>((bits + 0x7fffu + (bits >> 16 & 1u)) >> 16);
}

}  // namespace

void Widen(Element element, const void* from, int64_t count, float* to) {
  const uint16_t* in = static_cast<const uint16_t*>(from);
  for (int64_t i = 0; i < count; ++i) {
    to[i] = element == Element::kFloat16 ? WidenHalf(in[i])
                                         : FromBits(static_cast<uint32_t>(in[i]) << 16);
  }
}

void Narrow(Element element, const float* from, int64_t count, void* to) {
  uint16_t* out = static_cast<uint16_t*>(to);
  for (int64_t i = 0; i < count; ++i) {
    out[i] = element == Element::kFloat16 ? NarrowHalf(from[i]) : NarrowBfloat(from[i]);
  }
}

}  // namespace heddle
