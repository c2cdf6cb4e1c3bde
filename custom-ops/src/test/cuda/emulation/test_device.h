// Memory of the machine that fibers stand for.
#ifndef HEDDLE_TEST_TEST_DEVICE_H_
#define HEDDLE_TEST_TEST_DEVICE_H_

#include <cmath>
#include <cstdlib>
#include <cstring>
#include <new>

#include "common/device.h"
#include "machine.h"

namespace heddle {

/// Memory is filled with NaN, so that a cell that is read but never written shows.
class TestDevice final : public Device {
 public:
  /// Whether Limit does something.
  static constexpr bool kHasLimits = true;

  void* Stream() const override { return nullptr; }

  void* Allocate(size_t bytes) override {
    size_t size = (bytes + 511) / 256 * 256;
    void* memory = std::aligned_alloc(256, size);
    if (memory == nullptr) {
      throw std::bad_alloc();
    }
    for (size_t i = 0; i < size / sizeof(float); ++i) {
      static_cast<float*>(memory)[i] = NAN;
    }
    return memory;
  }
  void Free(void* memory) override { std::free(memory); }

  void Upload(void* to, const void* from, size_t bytes) { std::memcpy(to, from, bytes); }
  void Download(void* to, const void* from, size_t bytes) { std::memcpy(to, from, bytes); }

  /// Other limits than the real ones, so that small cases take every way.
  void Limit(int shared_bytes, int processors) {
    emulation::limits = emulation::Limits{shared_bytes, processors};
  }
};

}  // namespace heddle

#endif  // HEDDLE_TEST_TEST_DEVICE_H_
