// A machine that runs one block at a time: a fiber for each thread, all on one thread of the
// system.
#ifndef HEDDLE_EMULATION_MACHINE_H_
#define HEDDLE_EMULATION_MACHINE_H_

#include <cstddef>
#include <cstdint>
#include <functional>

namespace heddle::emulation {

/// What the kernels take for the GPU's limits.
struct Limits {
  int shared_bytes = 227 * 1024;
  int processors = 4;
};
extern Limits limits;

/// Runs the body as every thread of every block. Warps and lanes of a block take turns in another
/// order for each block, blocks for each launch; shared memory starts as NaN. Stops the program at
/// a barrier that not all threads reach, and at a write behind the shared memory.
void Run(int64_t blocks, int threads, size_t shared_bytes, const std::function<void()>& body);

float* Shared();

/// Stops the program if the memory is not the block's shared memory or not aligned.
void CheckShared(const void* memory, size_t alignment);

/// All lanes of the warp have come here before one goes on.
void WarpBarrier();

/// A place for each lane of this warp to put words for the others; another one after each barrier.
struct Exchange {
  uint32_t word[32][8];
};
Exchange& WarpExchange();

}  // namespace heddle::emulation

#endif  // HEDDLE_EMULATION_MACHINE_H_
