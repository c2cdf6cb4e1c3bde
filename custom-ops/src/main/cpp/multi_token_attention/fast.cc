// The fast form of MultiTokenAttention; compiled once for each instruction set, with HEDDLE_ISA
// naming the namespace.
#include "multi_token_attention/fast.h"

#include "multi_token_attention/few_rows.h"
#include "multi_token_attention/flush_tiny.h"
#include "multi_token_attention/sequence.h"
#include "multi_token_attention/strips.h"

namespace heddle::HEDDLE_ISA {
namespace {

/// One call: what is shared, and how the rows are dealt out.
struct Call {
  Executor& executor;
  Packed packed;
  StripLayout layout;
  const Sequence* sequences = nullptr;
  int64_t segments = 0;  ///< units of a sequence and group
  int64_t units = 0;
  int64_t taken = 0;  ///< units that a worker has begun
  float* keys = nullptr;
  float* values = nullptr;
};

void PackTask(void* opaque, size_t index) {
  Call& call = *static_cast<Call*>(opaque);
  constexpr int64_t kKeys = 128;
  const AttentionParams& p = *call.packed.params;
  FlushTiny flush;
  int64_t chunks = (p.keys() + kKeys - 1) / kKeys;
  int64_t head = static_cast<int64_t>(index) / chunks;
  int64_t from = static_cast<int64_t>(index) % chunks * kKeys;
  const Sequence& s = call.sequences[head / p.kv_heads];
  int64_t to = Min(from + kKeys, s.keys);
  for (int64_t j = from; j < to && call.keys != nullptr; j += kPanel) {
    PackKeyPanel(call.packed, s, head % p.kv_heads, j, Min(kPanel, to - j),
                 call.keys + (head * call.packed.panels + j / kPanel) * p.head_dim * kPanel);
  }
  if (call.values != nullptr) {
    PackValues(call.packed, s, head % p.kv_heads, from, to, call.values);
  }
}

/// Keys that a strip goes along: what it costs.
int64_t StripKeys(const Call& call, const Sequence& s, int64_t first) {
  const VisibleKeys& visible = call.packed.params->visible;
  return visible.End(Min(first + call.layout.rows, s.keys) - 1) - visible.First(first);
}

/// First row of a segment, in whole strips. Segment n of N costs about 2n + 1 of N^2 parts: the
/// last ones, which are taken first, are the largest, and small ones are left for workers that are
/// done early.
int64_t SegmentBegin(const Call& call, const Sequence& s, int64_t segment) {
  int64_t total = 0;
  for (int64_t i = s.out_begin; i < s.keys; i += call.layout.rows) {
    total += StripKeys(call, s, i);
  }
  int64_t i = s.out_begin, before = 0;
  for (; i < s.keys && before * call.segments * call.segments < total * segment * segment;
       i += call.layout.rows) {
    before += StripKeys(call, s, i);
  }
  return Min(i, s.keys);
}

/// Takes units, the ones with most keys first, until none is left.
void StripTask(void* opaque, size_t) {
  Call& call = *static_cast<Call*>(opaque);
  const AttentionParams& p = *call.packed.params;
  FlushTiny flush;
  Scratch memory;
  for (;;) {
    int64_t unit = __atomic_fetch_add(&call.taken, 1, __ATOMIC_RELAXED);
    if (unit >= call.units) {
      return;
    }
    if (memory.data() == nullptr) {
      memory.Reset(call.executor, call.layout.total);
    }
    int64_t groups = p.heads / call.packed.group;
    int64_t segment = call.segments - 1 - unit / (p.batch * groups);
    const Sequence& s = call.sequences[unit / groups % p.batch];
    int64_t from = SegmentBegin(call, s, segment), to = SegmentBegin(call, s, segment + 1);
    if (from < to) {
      int64_t head = unit % groups * call.packed.group;
      Strips(StripWork{p, call.packed, call.layout, s, head, memory.data()}).Run(from, to);
    }
  }
}

/// Rows of pads are 0.
void ClearPads(const AttentionParams& p, const Sequence& s) {
  int64_t width = p.heads * p.head_dim;
  int64_t before = s.first_slot - p.PastLen(s.b);
  int64_t first = before + s.out_begin, end = before + s.keys;
  if (s.keys == s.out_begin) {
    first = end = 0;
  }
  float* context = p.context + s.b * p.q_len * width;
  memset(context, 0, static_cast<size_t>(first * width) * sizeof(float));
  memset(context + end * width, 0, static_cast<size_t>((p.q_len - end) * width) * sizeof(float));
}

/// The largest unit is at most a worker's share, the smallest about an eighth of it, since a worker
/// may be held up. Not more than that: each unit begins with rows that another one has too.
int64_t Segments(int64_t workers, int64_t columns) {
  if (workers == 1) {
    return 1;
  }
  int64_t segments = (2 * workers + columns - 1) / columns;
  while (segments * segments * columns < 8 * workers) ++segments;
  return segments;
}

void RunStrips(Call& call) {
  const AttentionParams& p = *call.packed.params;
  Executor& executor = call.executor;
  call.layout = StripLayout::Of(call.packed, p.keys());
  int64_t columns = p.batch * (p.heads / call.packed.group);
  call.segments = Segments(executor.Workers(), columns);
  call.units = columns * call.segments;
  executor.ParallelFor(Min(executor.Workers(), call.units), StripTask, &call);
}

}  // namespace

void Attend(const AttentionParams& p, Executor& executor) {
  Call call{executor, {}, {}, nullptr, 0, 0, 0, nullptr, nullptr};
  Packed& packed = call.packed;
  packed.params = &p;
  packed.group =
      JoinedHeads(p.pre_mix ? p.pre_mix.size : 1, p.post_mix ? p.post_mix.size : 1, p.heads);
  packed.factor = p.scale * 1.44269504088896f;
  packed.features = RoundUp(p.head_dim, kLanes);
  packed.panels = RoundUp(p.keys(), kPanel) / kPanel;

  Scratch sequences(executor, p.batch * static_cast<int64_t>(sizeof(Sequence)) / 4);
  Sequence* cut = reinterpret_cast<Sequence*>(sequences.data());
  for (int64_t b = 0; b < p.batch; ++b) {
    cut[b] = CutSequence(p, b);
    ClearPads(p, cut[b]);
  }
  call.sequences = cut;

  int64_t pre = p.pre_kernel ? p.heads * p.pre_kernel.rows * p.pre_kernel.columns : 0;
  int64_t post = p.post_kernel ? p.heads * p.post_kernel.rows * p.post_kernel.columns : 0;
  int64_t pre_mix = p.pre_mix ? p.heads * p.pre_mix.size : 0;
  int64_t post_mix = p.post_mix ? p.heads * p.post_mix.size : 0;
  Scratch weights(executor, pre + post + pre_mix + post_mix);
  float* at = weights.data();
  if (pre > 0) PackKernel(p.pre_kernel, p.heads, at);
  packed.pre = at;
  if (post > 0) PackKernel(p.post_kernel, p.heads, at + pre);
  packed.post = at + pre;
  if (pre_mix > 0) PackMix(p.pre_mix, p.heads, at + pre + post);
  packed.pre_mix = at + pre + post;
  if (post_mix > 0) PackMix(p.post_mix, p.heads, at + pre + post + pre_mix);
  packed.post_mix = at + pre + post + pre_mix;

  bool few = p.q_len <= kFewRows;
  bool whole = packed.features == p.head_dim;
  int64_t all_kv = p.batch * p.kv_heads;
  Scratch keys(executor, few ? 0 : all_kv * packed.panels * p.head_dim * kPanel);
  Scratch values(executor, whole ? 0 : all_kv * p.keys() * packed.features);
  packed.keys = call.keys = few ? nullptr : keys.data();
  packed.values = call.values = whole ? nullptr : values.data();
  if (!few || !whole) {
    executor.ParallelFor(all_kv * ((p.keys() + 127) / 128), PackTask, &call);
  }
  if (few) {
    FewRows(executor, packed, cut).Run();
  } else {
    RunStrips(call);
  }
}

}  // namespace heddle::HEDDLE_ISA
