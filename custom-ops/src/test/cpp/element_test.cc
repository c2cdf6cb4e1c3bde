#include "common/element.h"

#include <cmath>
#include <cstdio>
#include <cstring>
#include <random>

#include "tests.h"

namespace heddle {
namespace {

double Value(Element element, uint32_t bits) {
  uint16_t narrow = static_cast<uint16_t>(bits);
  float wide;
  Widen(element, &narrow, 1, &wide);
  return static_cast<double>(wide);
}

/// Every 16-bit number survives the way to float32 and back.
bool NumbersComeBack(Element element) {
  for (uint32_t bits = 0; bits < 0x10000; ++bits) {
    uint16_t in = static_cast<uint16_t>(bits), out = 0;
    float wide = 0;
    Widen(element, &in, 1, &wide);
    Narrow(element, &wide, 1, &out);
    if (out != in && !std::isnan(wide)) {
      std::printf("16-bit number %x: expected it back, got %x\n", in, out);
      return false;
    }
  }
  return true;
}

/// No neighbour is closer, and of two equally close ones the even one is taken.
bool IsNearest(Element element, float number) {
  uint16_t narrow;
  Narrow(element, &number, 1, &narrow);
  if (std::isnan(number)) {
    return std::isnan(Value(element, narrow));
  }
  uint32_t infinity = element == Element::kFloat16 ? 0x7c00 : 0x7f80;
  uint32_t magnitude = narrow & 0x7fffu;
  // The number after the largest one stands for infinity here, as rounding sees it.
  auto size = [&](uint32_t bits) {
    return bits < infinity ? Value(element, bits)
                           : 2 * Value(element, infinity - 1) - Value(element, infinity - 2);
  };
  double exact = std::fabs(static_cast<double>(number));
  double taken = std::fabs(size(magnitude) - exact);
  bool beyond = std::isinf(number) || exact > size(infinity);
  if (beyond) {
    return magnitude == infinity;
  }
  for (uint32_t other : {magnitude - 1, magnitude + 1}) {
    if (other > infinity) {
      continue;
    }
    double away = std::fabs(size(other) - exact);
    if (away < taken || (away == taken && magnitude % 2 != 0)) {
      return false;
    }
  }
  return (narrow & 0x8000u) != 0 ? std::signbit(number) : !std::signbit(number);
}

/// Random bits, and numbers that lie in the middle between two 16-bit ones.
bool NumbersRoundToNearest(Element element) {
  std::mt19937 random(1);
  for (int i = 0; i < 200000; ++i) {
    uint32_t bits = static_cast<uint32_t>(random());
    if (i % 2 == 0) {
      bits &= element == Element::kFloat16 ? 0xfffff000u : 0xffff8000u;
    }
    float number;
    std::memcpy(&number, &bits, sizeof number);
    if (!IsNearest(element, number)) {
      std::printf("%.9g as 16-bit type %d: expected the nearest number\n",
                  static_cast<double>(number), static_cast<int>(element));
      return false;
    }
  }
  return true;
}

}  // namespace

bool TestElements() {
  bool right = true;
  for (Element element : {Element::kFloat16, Element::kBfloat16}) {
    right &= NumbersComeBack(element) && NumbersRoundToNearest(element);
  }
  return right;
}

}  // namespace heddle
