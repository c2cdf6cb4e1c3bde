// Rendered from CustomOps.java by CppHeaderTest; do not edit.
#ifndef HEDDLE_GENERATED_OP_SCHEMAS_G_H_
#define HEDDLE_GENERATED_OP_SCHEMAS_G_H_

#include <cstddef>

#define HEDDLE_SCHEMA_HASH "34999d4163310b2e"

namespace heddle::schema {

inline constexpr char kDomain[] = "dev.heddle";

struct KVShift {
  static constexpr char kName[] = "KVShift";
  enum Input : size_t {
    kX,
    kWeight,
    kTokenMask,
    kLast,
    kInputs
  };
  static constexpr bool kInputRequired[] = {true, true, true, false};
  enum Output : size_t {
    kY,
    kNewLast,
    kOutputs
  };
  static constexpr bool kOutputRequired[] = {true, false};
};

struct MultiTokenAttention {
  static constexpr char kName[] = "MultiTokenAttention";
  enum Input : size_t {
    kQuery,
    kKey,
    kValue,
    kKeyMask,
    kPastKey,
    kPastValue,
    kPastQuery,
    kPreKernel,
    kPreMix,
    kPostKernel,
    kPostMix,
    kNormWeight,
    kGateWeight,
    kGateBias,
    kInputs
  };
  static constexpr bool kInputRequired[] = {true, true, true, true, false, false, false, false, false, false, false, false, false, false};
  enum Output : size_t {
    kContext,
    kPresentKey,
    kPresentValue,
    kPresentQuery,
    kOutputs
  };
  static constexpr bool kOutputRequired[] = {true, false, false, false};
  static constexpr char kNumHeadsAttribute[] = "num_heads";
  static constexpr char kScaleAttribute[] = "scale";
  static constexpr char kMaxLenAttribute[] = "max_len";
  static constexpr char kWindowAttribute[] = "window";
  static constexpr char kPrePaddingAttribute[] = "pre_padding";
  static constexpr char kPostPaddingAttribute[] = "post_padding";
  static constexpr char kNormEpsilonAttribute[] = "norm_epsilon";
  static constexpr char kNormScaleAttribute[] = "norm_scale";
};

struct DifferentialAttention {
  static constexpr char kName[] = "DifferentialAttention";
  enum Input : size_t {
    kQuery,
    kKey,
    kValue,
    kKeyMask,
    kLambda,
    kPastKey,
    kPastValue,
    kInputs
  };
  static constexpr bool kInputRequired[] = {true, true, true, true, true, false, false};
  enum Output : size_t {
    kContext,
    kPresentKey,
    kPresentValue,
    kOutputs
  };
  static constexpr bool kOutputRequired[] = {true, false, false};
  static constexpr char kNumHeadsAttribute[] = "num_heads";
  static constexpr char kScaleAttribute[] = "scale";
  static constexpr char kMaxLenAttribute[] = "max_len";
  static constexpr char kNormEpsilonAttribute[] = "norm_epsilon";
  static constexpr char kNormScaleAttribute[] = "norm_scale";
};

}  // namespace heddle::schema

#endif  // HEDDLE_GENERATED_OP_SCHEMAS_G_H_
