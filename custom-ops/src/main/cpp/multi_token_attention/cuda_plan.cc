#include "multi_token_attention/cuda_plan.h"

#include <algorithm>
#include <initializer_list>

namespace heddle {
namespace {

int64_t RoundUp(int64_t x, int64_t unit) { return (x + unit - 1) / unit * unit; }

/// The smallest number from x on that is half a unit more than whole units: what starts that far
/// apart starts in other banks of shared memory.
int64_t Skewed(int64_t x, int64_t unit) {
  return RoundUp(x > unit / 2 ? x - unit / 2 : 0, unit) + unit / 2;
}

PlaneShape Plane(int rows, int columns, int group) {
  PlaneShape plane;
  plane.rows = rows;
  plane.columns = columns;
  // Eight rows of a tile, 16 bytes of each, lie in all 32 banks.
  plane.stride = static_cast<int>(Skewed(columns, 8));
  plane.head_stride = Skewed(int64_t{rows} * plane.stride, 16);
  // Matrix products read whole tiles, a little beyond the last row.
  plane.floats = plane.head_stride * group + 96;
  return plane;
}

/// Heads that must be computed together, and those that share keys if that is cheap.
int64_t Group(const StripShape& s) {
  int64_t small = std::min(s.pre_group, s.post_group), large = std::max(s.pre_group, s.post_group);
  int64_t group = large % small == 0 ? large : s.heads;
  int64_t sharing = s.heads / s.kv_heads;
  bool few = s.q_len <= kFewRowsOnDevice;
  return few && sharing <= 16 && sharing % group == 0 ? sharing : group;
}

int64_t Tasks(const StripPlan& plan, int64_t head_dim) {
  return plan.group * RoundUp(plan.rows, 16) / 16 *
         (RoundUp(head_dim, kTaskFeatures) / kTaskFeatures);
}

int Rows(const StripShape& s, int64_t group) {
  int halo = s.pre.rows + s.post.rows;
  int64_t slices = RoundUp(s.head_dim, kTaskFeatures) / kTaskFeatures;
  int64_t tiles = std::clamp<int64_t>(32 / (group * slices), 1, 4);
  // Heads alone: the halo fills up the last tile of scores.
  int64_t rows = 16 * tiles - (group == 1 && halo <= 16 && tiles == 4 ? halo : 0);
  return static_cast<int>(std::min(rows, s.q_len));
}

void SetColumns(StripPlan& plan, int columns) {
  plan.columns = columns;
  plan.plane[0] =
      Plane(plan.logit_rows() + plan.pre.rows, plan.logit_columns() + plan.pre.columns, plan.group);
  plan.plane[1] = Plane(plan.logit_rows(), plan.logit_columns(), plan.group);
}

size_t SharedBytes(const StripPlan& plan) {
  int64_t floats =
      plan.plane[0].floats + plan.plane[1].floats + 3 * int64_t{plan.group} * plan.logit_rows();
  return kTileBytes + sizeof(float) * static_cast<size_t>(floats);
}

/// Columns of a step, at most `widest`, so that the last one is not much narrower than the others.
int EvenSteps(int64_t columns, int64_t widest) {
  int64_t steps = std::max<int64_t>((columns + widest - 1) / widest, 1);
  return static_cast<int>(std::min(RoundUp((columns + steps - 1) / steps, 8), widest));
}

/// The widest step, up to `most` columns, whose planes fit twice into a processor, else once, else
/// in scratch memory.
void ChooseColumns(StripPlan& plan, int64_t most, const DeviceLimits& limits) {
  int halo = plan.pre.columns + plan.post.columns;
  for (int64_t share : {2, 1}) {
    for (int width : {256, 128, 96, 64, 48, 40}) {
      bool few = plan.rows <= kFewRowsOnDevice;
      if (width - halo < std::max(16, halo / 2) || (width > 128 && !few)) {
        continue;
      }
      SetColumns(plan, EvenSteps(most, width - halo));
      plan.shared_bytes = SharedBytes(plan);
      // A processor has kReserved more than a block can get, and takes as much for each block.
      constexpr int64_t kReserved = 1024;
      int64_t taken = share * (static_cast<int64_t>(plan.shared_bytes) + kReserved);
      if (taken <= limits.shared_bytes + kReserved) {
        return;
      }
    }
  }
  SetColumns(plan, 64);
  plan.planes_outside = true;
  plan.shared_bytes =
      kTileBytes + sizeof(float) * 3 * static_cast<size_t>(plan.group * plan.logit_rows());
}

/// Warps, and what each of them sums.
void ChooseWarps(StripPlan& plan, int64_t tasks, bool few) {
  plan.warp_tasks = tasks <= 8 && !plan.planes_outside ? 1 : 2;
  int64_t wanted = (tasks + plan.warp_tasks - 1) / plan.warp_tasks;
  int64_t warps = std::clamp<int64_t>(wanted, few || tasks > 8 ? 8 : 4, 16);
  plan.threads = static_cast<int>(warps) * 32;
  plan.parts = static_cast<int>((wanted + warps - 1) / warps);
  plan.shares = few ? static_cast<int>(std::max<int64_t>(warps / wanted, 1)) : 1;
}

}  // namespace

StripPlan PlanStrips(const StripShape& s, const DeviceLimits& limits) {
  StripPlan plan;
  plan.pre = s.pre;
  plan.post = s.post;
  plan.keys = s.keys;
  plan.group = static_cast<int>(Group(s));
  plan.sharing = static_cast<int>(s.heads / s.kv_heads);
  plan.rows = Rows(s, plan.group);
  bool few = s.q_len <= kFewRowsOnDevice;
  ChooseWarps(plan, Tasks(plan, s.head_dim), few);
  plan.row_tiles = (s.q_len + plan.rows - 1) / plan.rows;
  plan.tiles = s.batch * (s.heads / plan.group) * plan.row_tiles;
  int64_t alone = std::max<int64_t>(plan.tiles * plan.parts, 1);
  // As many blocks as work at once; each has keys enough to be worth its start.
  int64_t least_keys = few ? 32 : 256, at_once = plan.warp_tasks == 1 ? 2 : 1;
  plan.splits = std::clamp<int64_t>(at_once * limits.processors / alone, 1,
                                    std::max<int64_t>(s.keys / least_keys, 1));
  ChooseColumns(plan, (s.keys + plan.splits - 1) / plan.splits, limits);
  if (plan.planes_outside) {
    // Rare, so there is one kernel for it, that with two tasks.
    ChooseWarps(plan, Tasks(plan, s.head_dim), few);
  }
  plan.keep_logits = s.two_passes && few;
  plan.blocks = plan.tiles * plan.parts * plan.splits;
  if (plan.planes_outside) {
    plan.blocks = std::min(plan.blocks, 2 * limits.processors);
  }
  return plan;
}

}  // namespace heddle
