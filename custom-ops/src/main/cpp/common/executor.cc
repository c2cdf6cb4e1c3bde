#include "common/executor.h"

namespace heddle {

// Out of line: kernel files are compiled for several instruction sets, and an inline copy could be
// of the wrong one.
Executor::~Executor() = default;

Scratch::Scratch() = default;

Scratch::Scratch(Executor& executor, int64_t count) { Reset(executor, count); }

Scratch::~Scratch() {
  if (data_ != nullptr) {
    executor_->Free(data_);
  }
}

void Scratch::Reset(Executor& executor, int64_t count) {
  executor_ = &executor;
  data_ = static_cast<float*>(executor.Allocate(static_cast<size_t>(count) * sizeof(float)));
}

float* Scratch::data() const { return data_; }

}  // namespace heddle
