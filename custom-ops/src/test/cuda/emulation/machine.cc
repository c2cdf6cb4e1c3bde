#include "machine.h"

#include <ucontext.h>

#include <csetjmp>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <vector>

#include "cuda_runtime.h"

Dimensions threadIdx, blockIdx, blockDim, gridDim;

namespace heddle::emulation {

Limits limits;

namespace {

constexpr size_t kStack = 128 * 1024;
constexpr int kLanes = 32;

/// What a thread last stopped at; lanes of a warp must agree.
struct Stop {
  char kind;
  int64_t count;
};

struct Fiber {
  ucontext_t start;
  jmp_buf place;
  bool started;
  Stop stop;
  int warp_barriers;
};

struct Machine {
  std::vector<Fiber> fibers;
  std::unique_ptr<char[]> stacks;
  std::vector<int> order;  ///< of warps
  std::vector<Exchange> exchange;
  std::vector<float> shared;
  const std::function<void()>* body = nullptr;
  jmp_buf home;
  ucontext_t home_context;
  int threads = 0, warps = 0, now = 0;
};

Machine machine;

int WarpOf(int thread) { return thread / kLanes; }

/// The thread after this one in the block's order of warps.
int Following(int thread) {
  if (thread % kLanes != kLanes - 1) {
    return thread + 1;
  }
  int at = 0;
  while (machine.order[static_cast<size_t>(at)] != WarpOf(thread)) {
    ++at;
  }
  return at + 1 == machine.warps ? machine.order[0] * kLanes
                                 : machine.order[static_cast<size_t>(at + 1)] * kLanes;
}

[[noreturn]] void Resume(int thread) {
  machine.now = thread;
  threadIdx.x = static_cast<unsigned>(thread);
  Fiber& fiber = machine.fibers[static_cast<size_t>(thread)];
  if (fiber.started) {
    _longjmp(fiber.place, 1);
  }
  fiber.started = true;
  setcontext(&fiber.start);
  std::abort();
}

void SwitchTo(int thread) {
  if (_setjmp(machine.fibers[static_cast<size_t>(machine.now)].place) == 0) {
    Resume(thread);
  }
}

/// Notes that this thread stops here and that its warp's lower lanes stopped at the same place.
void Arrive(char kind) {
  Stop& stop = machine.fibers[static_cast<size_t>(machine.now)].stop;
  stop = Stop{kind, stop.count + 1};
  if (machine.now % kLanes != 0) {
    const Stop& other = machine.fibers[static_cast<size_t>(machine.now - 1)].stop;
    if (other.kind != kind || other.count != stop.count) {
      std::fprintf(stderr, "thread %d: expected stop %c %ld as its neighbour, got %c %ld\n",
                   machine.now, other.kind, static_cast<long>(other.count), kind,
                   static_cast<long>(stop.count));
      std::abort();
    }
  }
}

void ThreadMain() {
  (*machine.body)();
  Arrive('e');
  int next = Following(machine.now);
  if (next == machine.order[0] * kLanes) {
    _longjmp(machine.home, 1);
  }
  Resume(next);
}

void RunBlock(int64_t block) {
  blockIdx.x = static_cast<unsigned>(block);
  std::fill(machine.shared.begin(), machine.shared.end(), NAN);
  for (int i = 0; i < machine.warps; ++i) {
    int shifted = static_cast<int>((i + block) % machine.warps);
    machine.order[static_cast<size_t>(i)] = block % 2 == 0 ? shifted : machine.warps - 1 - shifted;
  }
  for (size_t i = 0; i < machine.fibers.size(); ++i) {
    Fiber& fiber = machine.fibers[i];
    fiber.started = false;
    fiber.stop = Stop{'s', 0};
    fiber.warp_barriers = 0;
    getcontext(&fiber.start);
    fiber.start.uc_stack.ss_sp = machine.stacks.get() + i * kStack;
    fiber.start.uc_stack.ss_size = kStack;
    fiber.start.uc_link = nullptr;
    makecontext(&fiber.start, ThreadMain, 0);
  }
  if (_setjmp(machine.home) == 0) {
    Resume(machine.order[0] * kLanes);
  }
}

}  // namespace

void Run(int64_t blocks, int threads, size_t shared_bytes, const std::function<void()>& body) {
  if (threads % kLanes != 0 || shared_bytes > static_cast<size_t>(limits.shared_bytes)) {
    std::fprintf(stderr, "launch: expected whole warps and at most %d bytes, got %d and %zu\n",
                 limits.shared_bytes, threads, shared_bytes);
    std::abort();
  }
  machine.threads = threads;
  machine.warps = threads / kLanes;
  machine.body = &body;
  if (machine.fibers.size() < static_cast<size_t>(threads)) {
    machine.stacks.reset(new char[kStack * static_cast<size_t>(threads)]);
  }
  machine.fibers.resize(static_cast<size_t>(threads));
  machine.order.resize(static_cast<size_t>(machine.warps));
  machine.exchange.resize(static_cast<size_t>(2 * machine.warps));
  machine.shared.assign(shared_bytes / sizeof(float) + 4, NAN);
  blockDim.x = static_cast<unsigned>(threads);
  gridDim.x = static_cast<unsigned>(blocks);
  for (int64_t block = 0; block < blocks; ++block) {
    RunBlock(block);
  }
}

float* Shared() {
  return reinterpret_cast<float*>((reinterpret_cast<uintptr_t>(machine.shared.data()) + 15) / 16 *
                                  16);
}

void CheckShared(const void* memory, size_t alignment) {
  const char* at = static_cast<const char*>(memory);
  const char* begin = reinterpret_cast<const char*>(Shared());
  const char* end = reinterpret_cast<const char*>(machine.shared.data() + machine.shared.size());
  if (at < begin || at >= end || reinterpret_cast<uintptr_t>(at) % alignment != 0) {
    std::fprintf(stderr, "thread %d: expected shared memory aligned to %zu bytes, got %p\n",
                 machine.now, alignment, memory);
    std::abort();
  }
}

void WarpBarrier() {
  Arrive('w');
  ++machine.fibers[static_cast<size_t>(machine.now)].warp_barriers;
  int first = WarpOf(machine.now) * kLanes;
  SwitchTo(first + (machine.now - first + 1) % kLanes);
}

Exchange& WarpExchange() {
  int parity = machine.fibers[static_cast<size_t>(machine.now)].warp_barriers % 2;
  return machine.exchange[static_cast<size_t>(2 * WarpOf(machine.now) + parity)];
}

}  // namespace heddle::emulation

void __syncthreads() {
  using namespace heddle::emulation;
  Arrive('b');
  SwitchTo(Following(machine.now));
}

cudaError_t cudaMemcpyAsync(void* to, const void* from, size_t bytes, cudaMemcpyKind,
                            cudaStream_t) {
  std::memcpy(to, from, bytes);
  return cudaSuccess;
}
