// What every version of KVShift reads of its node: tensors, and the checks of their shapes.
#ifndef HEDDLE_KV_SHIFT_OP_NODE_H_
#define HEDDLE_KV_SHIFT_OP_NODE_H_

#include <string>

#include "generated/op_schemas.g.h"
#include "kv_shift/params.h"
#include "ort/kernel_io.h"

namespace heddle::ort {

struct ShiftTensors {
  Tensor x, weight, mask, last;
};

/// @param view has `const T* Read(const Tensor&)`, null for an absent one
template <class T, class View>
ShiftParamsOf<T> ReadShift(const NodeRun& run, View& view, ShiftTensors& in) {
  using Schema = schema::KVShift;
  in.x = run.Required(Schema::kX, "x", 4);
  in.weight = run.Required(Schema::kWeight, "weight", 2);
  in.mask = run.Required(Schema::kTokenMask, "token_mask", 2);
  in.last = run.Optional(Schema::kLast, "last", 4);
  ShiftParamsOf<T> p;
  p.batch = in.x.dim(0);
  p.kv_heads = in.x.dim(1);
  p.q_len = in.x.dim(2);
  p.head_dim = in.x.dim(3);
  p.taps = in.weight.dim(1);
  if (p.taps < 1) {
    run.Fail("weight: expected at least one tap, got " + ShapeText(in.weight.shape));
  }
  run.Expect(in.weight, "weight", {p.kv_heads, p.taps});
  run.Expect(in.mask, "token_mask", {p.batch, p.q_len});
  run.Expect(in.last, "last", {p.batch, p.kv_heads, p.taps - 1, p.head_dim});
  p.x = view.Read(in.x);
  p.weight = view.Read(in.weight);
  p.real = static_cast<const bool*>(in.mask.data);
  p.last = view.Read(in.last);
  return p;
}

}  // namespace heddle::ort

#endif  // HEDDLE_KV_SHIFT_OP_NODE_H_
