// Element types of tensors and their conversion to and from float32.
#ifndef HEDDLE_COMMON_ELEMENT_H_
#define HEDDLE_COMMON_ELEMENT_H_

#include <cstdint>

namespace heddle {

enum class Element { kFloat32, kFloat16, kBfloat16 };

/// 16-bit numbers in memory.
struct Float16 {
  uint16_t bits;
};
struct Bfloat16 {
  uint16_t bits;
};

inline int64_t BytesOf(Element element) { return element == Element::kFloat32 ? 4 : 2; }

/// @param from 16-bit elements
void Widen(Element element, const void* from, int64_t count, float* to);

/// Rounds to nearest, ties to even.
void Narrow(Element element, const float* from, int64_t count, void* to);

}  // namespace heddle

#endif  // HEDDLE_COMMON_ELEMENT_H_
