// Threads and memory of the tests.
#ifndef HEDDLE_TEST_TEST_EXECUTOR_H_
#define HEDDLE_TEST_TEST_EXECUTOR_H_

#include <atomic>
#include <cmath>
#include <cstdlib>
#include <new>
#include <thread>
#include <vector>

#include "common/executor.h"

namespace heddle {

/// Memory is filled with NaN, so that a cell that is read but never written shows.
class TestExecutor final : public Executor {
 public:
  explicit TestExecutor(int64_t workers) : workers_(workers) {}
  int64_t Workers() const override { return workers_; }

  void ParallelFor(int64_t count, Task task, void* state) override {
    std::atomic<int64_t> next{0};
    auto work = [&] {
      for (int64_t i; (i = next++) < count;) {
        task(state, static_cast<size_t>(i));
      }
    };
    std::vector<std::thread> threads;
    for (int64_t i = 1; i < workers_ && i < count; ++i) {
      threads.emplace_back(work);
    }
    work();
    for (std::thread& thread : threads) {
      thread.join();
    }
  }

  void* Allocate(size_t bytes) override {
    size_t size = (bytes + 64 + 63) / 64 * 64;
    void* memory = std::aligned_alloc(64, size);
    if (memory == nullptr) {
      throw std::bad_alloc();
    }
    for (size_t i = 0; i < size / 4; ++i) {
      static_cast<float*>(memory)[i] = NAN;
    }
    return memory;
  }
  void Free(void* memory) override { std::free(memory); }

 private:
  int64_t workers_;
};

}  // namespace heddle

#endif  // HEDDLE_TEST_TEST_EXECUTOR_H_
