// The library's entry point: makes the operators of domain dev.heddle known to a session.
#include <deque>

#include "common/instruction_set.h"
#include "generated/op_schemas.g.h"
#include "ort/custom_op.h"

namespace heddle::ort {
namespace {

/// The operators; they live as long as the library, because sessions keep pointers to them.
struct Domain {
  std::deque<OpType> ops;
  OrtCustomOpDomain* domain = nullptr;

  Domain(const OrtApi* api, bool cuda) {
    AddMultiTokenAttention(ops);
    AddKvShift(ops);
    if (cuda) {
      AddOnCuda();
    }
    Check(api, Call<OrtStatus*>(api, Slot::kCreateCustomOpDomain,
                                static_cast<const char*>(schema::kDomain), &domain));
    for (OpType& op : ops) {
      Check(api, Call<OrtStatus*>(api, Slot::kCustomOpDomainAdd, domain,
                                  static_cast<const OrtCustomOp*>(&op)));
    }
  }

 private:
  void AddOnCuda() {
#if defined(HEDDLE_CUDA)
    // A runtime without this provider keeps them and never asks for a kernel.
    AddMultiTokenAttentionOnCuda(ops);
    AddKvShiftOnCuda(ops);
#endif
  }
};

}  // namespace
}  // namespace heddle::ort

extern "C" __attribute__((visibility("default"))) OrtStatus* RegisterCustomOps(
    OrtSessionOptions* options, const OrtApiBase* base) {
  using namespace heddle::ort;
  const OrtApi* api = base->GetApi(kApiVersion);
  return Guarded(api, [&] {
    heddle::ChosenInstructionSet();  // refused here, once, and not by each node
    static Domain domain(api, base->GetApi(kCudaApiVersion) != nullptr);
    Check(api, Call<OrtStatus*>(api, Slot::kAddCustomOpDomain, options, domain.domain));
  });
}

/// Read from the file, so that nothing of the library has to run to know which signatures it was
/// built for.
extern "C" __attribute__((visibility("default"), used)) const char heddle_schema_marker[] =
    "dev.heddle schema hash=" HEDDLE_SCHEMA_HASH;
