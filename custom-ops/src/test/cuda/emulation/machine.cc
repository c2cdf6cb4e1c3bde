#include "machine.h"

#include <ucontext.h>

#include <cmath>
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

/// What a thread last stopped at.
struct Stop {
  char kind;  ///< w, b: barrier of the warp, of the block; e: end; s: start
  int64_t count;
};

struct Fiber {
  ucontext_t start;
  jmp_buf place;
  bool started;
  Stop stop;        ///< lanes of a warp must agree
  Stop block_stop;  ///< b or e; all threads of a block must agree
  int warp_barriers;
};

struct Machine {
  std::vector<Fiber> fibers;
  std::unique_ptr<char[]> stacks;
  std::vector<int> order;  ///< of warps
  bool backwards = false;  ///< lanes take turns from the last one to the first
  int launches = 0;
  std::vector<Exchange> exchange;
  std::vector<float> shared;
  const std::function<void()>* body = nullptr;
  jmp_buf home;
  ucontext_t home_context;
  int threads = 0, warps = 0, now = 0;
};

Machine machine;

int WarpOf(int thread) { return thread / kLanes; }

int FirstOf(int warp) { return warp * kLanes + (machine.backwards ? kLanes - 1 : 0); }
int LastOf(int warp) { return warp * kLanes + (machine.backwards ? 0 : kLanes - 1); }
int FirstThread() { return FirstOf(machine.order[0]); }

/// Where a warp stands in the block's order of warps.
int TurnOf(int warp) {
  int at = 0;
  while (machine.order[static_cast<size_t>(at)] != warp) {
    ++at;
  }
  return at;
}

/// The thread after this one in the block's order.
int Following(int thread) {
  if (thread != LastOf(WarpOf(thread))) {
    return thread + (machine.backwards ? -1 : 1);
  }
  int next = (TurnOf(WarpOf(thread)) + 1) % machine.warps;
  return FirstOf(machine.order[static_cast<size_t>(next)]);
}

/// The thread before this one, which is not the first.
int Preceding(int thread) {
  if (thread != FirstOf(WarpOf(thread))) {
    return thread + (machine.backwards ? 1 : -1);
  }
  return LastOf(machine.order[static_cast<size_t>(TurnOf(WarpOf(thread)) - 1)]);
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

void Expect(const char* whom, const Stop& expected, const Stop& actual) {
  if (expected.kind != actual.kind || expected.count != actual.count) {
    std::fprintf(stderr, "thread %d: expected stop %c %ld as %s, got %c %ld\n", machine.now,
                 expected.kind, static_cast<long>(expected.count), whom, actual.kind,
                 static_cast<long>(actual.count));
    std::abort();
  }
}

/// Notes that this thread stops here, where those before it stopped too: those of its warp at any
/// stop, all of the block at one of the block.
void Arrive(char kind) {
  Fiber& fiber = machine.fibers[static_cast<size_t>(machine.now)];
  fiber.stop = Stop{kind, fiber.stop.count + 1};
  if (kind != 'w') {
    fiber.block_stop = Stop{kind, fiber.block_stop.count + 1};
  }
  if (machine.now == FirstThread()) {
    return;
  }
  const Fiber& before = machine.fibers[static_cast<size_t>(Preceding(machine.now))];
  if (machine.now != FirstOf(WarpOf(machine.now))) {
    Expect("its neighbour", before.stop, fiber.stop);
  } else if (kind != 'w') {
    Expect("the warp before", before.block_stop, fiber.block_stop);
  }
}

void ThreadMain() {
  (*machine.body)();
  Arrive('e');
  int next = Following(machine.now);
  if (next == FirstThread()) {
    _longjmp(machine.home, 1);
  }
  Resume(next);
}

/// Floats behind the shared memory, which must stay as they are.
constexpr size_t kGuard = 256;

void CheckGuard() {
  for (size_t i = machine.shared.size() - kGuard; i < machine.shared.size(); ++i) {
    if (!std::isnan(machine.shared[i])) {
      std::fprintf(stderr, "block %u: expected %zu floats of shared memory, number %zu written\n",
                   blockIdx.x, machine.shared.size() - kGuard, i);
      std::abort();
    }
  }
}

void RunBlock(int64_t block) {
  blockIdx.x = static_cast<unsigned>(block);
  std::fill(machine.shared.begin(), machine.shared.end(), NAN);
  machine.backwards = block % 3 == 1;
  for (int i = 0; i < machine.warps; ++i) {
    int shifted = static_cast<int>((i + block) % machine.warps);
    machine.order[static_cast<size_t>(i)] = block % 2 == 0 ? shifted : machine.warps - 1 - shifted;
  }
  for (size_t i = 0; i < machine.fibers.size(); ++i) {
    Fiber& fiber = machine.fibers[i];
    fiber.started = false;
    fiber.stop = fiber.block_stop = Stop{'s', 0};
    fiber.warp_barriers = 0;
    getcontext(&fiber.start);
    fiber.start.uc_stack.ss_sp = machine.stacks.get() + i * kStack;
    fiber.start.uc_stack.ss_size = kStack;
    fiber.start.uc_link = nullptr;
    makecontext(&fiber.start, ThreadMain, 0);
  }
  if (_setjmp(machine.home) == 0) {
    Resume(FirstThread());
  }
  CheckGuard();
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
  machine.shared.assign(shared_bytes / sizeof(float) + 4 + kGuard, NAN);
  blockDim.x = static_cast<unsigned>(threads);
  gridDim.x = static_cast<unsigned>(blocks);
  // No block may wait for one before it.
  bool backwards = machine.launches++ % 2 != 0;
  for (int64_t block = 0; block < blocks; ++block) {
    RunBlock(backwards ? blocks - 1 - block : block);
  }
}

float* Shared() {
  return reinterpret_cast<float*>((reinterpret_cast<uintptr_t>(machine.shared.data()) + 15) / 16 *
                                  16);
}

void CheckShared(const void* memory, size_t alignment) {
  const char* at = static_cast<const char*>(memory);
  const char* begin = reinterpret_cast<const char*>(Shared());
  const char* end = reinterpret_cast<const char*>(machine.shared.data() + machine.shared.size()) -
                    kGuard * sizeof(float);
  if (at < begin || at >= end || reinterpret_cast<uintptr_t>(at) % alignment != 0) {
    std::fprintf(stderr, "thread %d: expected shared memory aligned to %zu bytes, got %p\n",
                 machine.now, alignment, memory);
    std::abort();
  }
}

void WarpBarrier() {
  Arrive('w');
  ++machine.fibers[static_cast<size_t>(machine.now)].warp_barriers;
  int warp = WarpOf(machine.now);
  SwitchTo(machine.now == LastOf(warp) ? FirstOf(warp) : Following(machine.now));
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
