// Memory of the machine that fibers stand for.
#ifndef HEDDLE_TEST_TEST_DEVICE_H_
#define HEDDLE_TEST_TEST_DEVICE_H_

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <new>
#include <utility>

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
    floats_[memory] = {(bytes + sizeof(float) - 1) / sizeof(float), size / sizeof(float)};
    return memory;
  }
  void Free(void* memory) override {
    auto [used, all] = floats_[memory];
    for (size_t i = used; i < all; ++i) {
      if (!std::isnan(static_cast<float*>(memory)[i])) {
        std::fprintf(stderr, "device memory: expected %zu floats, number %zu written\n", used, i);
        std::abort();
      }
    }
    floats_.erase(memory);
    std::free(memory);
  }

  void Upload(void* to, const void* from, size_t bytes) { std::memcpy(to, from, bytes); }
  void Download(void* to, const void* from, size_t bytes) { std::memcpy(to, from, bytes); }

  /// Other limits than the real ones, so that small cases take every way.
  void Limit(int shared_bytes, int processors) {
    emulation::limits = emulation::Limits{shared_bytes, processors};
  }

 private:
  std::map<void*, std::pair<size_t, size_t>> floats_;  ///< asked for, there
};

}  // namespace heddle

#endif  // HEDDLE_TEST_TEST_DEVICE_H_
