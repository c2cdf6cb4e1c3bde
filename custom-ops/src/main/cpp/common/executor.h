// Threads and memory for kernels, so that they know nothing of ONNX Runtime.
#ifndef HEDDLE_COMMON_EXECUTOR_H_
#define HEDDLE_COMMON_EXECUTOR_H_

#include <cstddef>
#include <cstdint>

namespace heddle {

/// Lends threads and scratch memory to a kernel. Allocate and Free may be called from any of its
/// threads.
class Executor {
 public:
  using Task = void (*)(void* state, size_t index);

  virtual ~Executor();
  /// How many tasks may run at once, at most.
  virtual int64_t Workers() const = 0;
  /// Calls the task for 0 .. count - 1, in any order, on any thread; returns when all are done. A
  /// task's exception is thrown here.
  virtual void ParallelFor(int64_t count, Task task, void* state) = 0;
  /// At least 64-byte aligned; throws std::bad_alloc.
  virtual void* Allocate(size_t bytes) = 0;
  virtual void Free(void* memory) = 0;
};

/// A block of floats from an executor, given back at the end of the scope.
class Scratch {
 public:
  Scratch();
  Scratch(Executor& executor, int64_t count);
  ~Scratch();
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;

  /// Takes a block; there must be none yet.
  void Reset(Executor& executor, int64_t count);
  float* data() const;

 private:
  Executor* executor_ = nullptr;
  float* data_ = nullptr;
};

}  // namespace heddle

#endif  // HEDDLE_COMMON_EXECUTOR_H_
