// Tensors that a GPU's vectors cannot reach are refused before a kernel starts.
#include <cstdio>
#include <string>

#include "ort/cuda_device.h"

namespace {

using heddle::ort::Failure;
using heddle::ort::NodeRun;
using heddle::ort::Tensor;

/// The message for a tensor that starts `offset` bytes after a multiple of 16; empty if it is
/// taken.
std::string Refusal(int offset) {
  alignas(16) static char memory[32];
  const std::string where = "KVShift at layer 3";
  NodeRun run(nullptr, nullptr, where);
  Tensor tensor{memory + offset, {1, 2, 3, 4}, 24};
  try {
    bool same = heddle::ort::DeviceView<float>{run}.Read(tensor) ==
                static_cast<const void*>(memory + offset);
    return same ? "" : "other memory";
  } catch (const Failure& e) {
    return e.what();
  }
}

bool Expect(const std::string& expected, const std::string& actual) {
  if (actual.rfind(expected, 0) != 0 || expected.empty() != actual.empty()) {
    std::printf("expected \"%s\", got \"%s\"\n", expected.c_str(), actual.c_str());
    return false;
  }
  return true;
}

}  // namespace

int main() {
  bool good = Expect("", Refusal(0)) && Expect("", Refusal(16));
  for (int offset : {2, 4, 8}) {
    good =
        Expect("KVShift at layer 3: tensor [1, 2, 3, 4]: expected memory", Refusal(offset)) && good;
  }
  return good ? 0 : 1;
}
