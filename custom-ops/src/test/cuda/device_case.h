// Random inputs of one call, on the host as float32 and on a device as any element type.
#ifndef HEDDLE_TEST_DEVICE_CASE_H_
#define HEDDLE_TEST_DEVICE_CASE_H_

#include <algorithm>
#include <deque>
#include <initializer_list>
#include <memory>
#include <random>
#include <vector>

#include "common/element.h"
#include "common/executor.h"
#include "multi_token_attention/params.h"
#include "test_device.h"

namespace heddle {

/// One thread, plain memory.
class PlainExecutor final : public Executor {
 public:
  int64_t Workers() const override { return 1; }
  void ParallelFor(int64_t count, Task task, void* state) override {
    for (int64_t i = 0; i < count; ++i) {
      task(state, static_cast<size_t>(i));
    }
  }
  void* Allocate(size_t bytes) override { return ::operator new(bytes); }
  void Free(void* memory) override { ::operator delete(memory); }
};

/// Owns what its `p` points to, and the mask of all slots. The same seed gives the same case.
class DeviceCase {
 public:
  DeviceCase(unsigned seed, Element number_type) : element(number_type), random_(seed) {}

  /// Shapes, parts and numbers of any kind, with a past.
  void Fill();
  /// Makes one number of the last new query NaN.
  void PoisonQuery();
  int64_t Pick(std::initializer_list<int64_t> values);
  /// Numbers that `element` can hold.
  float* Numbers(int64_t count, float size);
  int64_t Below(int64_t count) {
    return static_cast<int64_t>(random_() % static_cast<unsigned>(count));
  }
  void Print() const;

  AttentionParams p;
  Element element;
  int64_t max_len = 0;  ///< of a static cache
  int64_t mask_columns = 0;
  std::unique_ptr<bool[]> mask;  ///< [batch, mask_columns]
  std::vector<int64_t> past_lens;
  std::vector<float> context;

 private:
  void Shape();
  void DynamicMask();
  void StaticMask();
  void Parts();
  ScoreKernel Kernel();
  HeadMix Mix();

  std::mt19937 random_;
  std::deque<std::vector<float>> owned_;
};

/// Copies of host arrays on the device.
class Uploads {
 public:
  explicit Uploads(TestDevice& device) : device_(device), scratch_(device) {}

  /// Float32 numbers as elements of type T; null stays null.
  template <class T>
  T* Elements(const float* numbers, int64_t count) {
    if (numbers == nullptr) {
      return nullptr;
    }
    count = std::max<int64_t>(count, 0);
    std::vector<T> elements(static_cast<size_t>(count) + 1);
    if constexpr (sizeof(T) == 4) {
      std::copy(numbers, numbers + count, elements.data());
    } else {
      Narrow(ElementOf(T{}), numbers, count, elements.data());
    }
    return Copy(elements.data(), count);
  }

  template <class N>
  N* Copy(const N* from, int64_t count) {
    count = std::max<int64_t>(count, 0);
    N* to = scratch_.Take<N>(count + 1);
    device_.Upload(to, from, static_cast<size_t>(count) * sizeof(N));
    return to;
  }

  static Element ElementOf(Float16) { return Element::kFloat16; }
  static Element ElementOf(Bfloat16) { return Element::kBfloat16; }
  static Element ElementOf(float) { return Element::kFloat32; }

  template <class T>
  std::vector<float> Numbers(const T* from, int64_t count) {
    count = std::max<int64_t>(count, 0);
    std::vector<T> elements(static_cast<size_t>(count) + 1);
    device_.Download(elements.data(), from, static_cast<size_t>(count) * sizeof(T));
    std::vector<float> numbers(static_cast<size_t>(count));
    if constexpr (sizeof(T) == 4) {
      std::copy(elements.begin(), elements.begin() + count, numbers.begin());
    } else {
      Widen(ElementOf(T{}), elements.data(), count, numbers.data());
    }
    return numbers;
  }

 private:
  TestDevice& device_;
  DeviceScratch scratch_;
};

}  // namespace heddle

#endif  // HEDDLE_TEST_DEVICE_CASE_H_
