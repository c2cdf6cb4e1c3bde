// Random inputs of one call of MultiTokenAttention.
#ifndef HEDDLE_TEST_ATTENTION_CASE_H_
#define HEDDLE_TEST_ATTENTION_CASE_H_

#include <deque>
#include <initializer_list>
#include <memory>
#include <random>
#include <vector>

#include "common/element.h"
#include "multi_token_attention/params.h"

namespace heddle {

/// Owns what its `p` points to. The same seed gives the same case.
class AttentionCase {
 public:
  explicit AttentionCase(unsigned seed) : random_(seed) {}

  /// Shapes, parts and numbers of any kind, with a past.
  void FillAny();
  /// A whole prompt for `ChunkTest`: no past, pads at the left end only.
  void FillPrompt();

  /// One of these, each with the same chance.
  int64_t Pick(std::initializer_list<int64_t> values);
  /// From 0 to count - 1.
  int64_t Below(int64_t count);
  /// With one chance in so many.
  bool Sometimes(int64_t chances) { return Below(chances) == 0; }
  /// Normally distributed numbers of this size that `element` can hold.
  float* Numbers(int64_t count, float size);

  /// How far a result in float32 may be from the one in double, for results up to 1. Scores are
  /// exponents, so their rounding errors become relative errors of the weights.
  double Tolerance() const;
  void Print() const;

  AttentionParams p;
  Element element = Element::kFloat32;
  std::vector<float> context;

 private:
  void Shape();
  void KeepSmall();
  void StaticCache();
  void StaticMask();
  void AnyMask();
  void RealTokens(int64_t b, int64_t first, int64_t end);
  ScoreKernel Kernel();
  HeadMix Mix();
  void Tensors(float size);
  void Parts();
  void AddOutliers(float* numbers, int64_t count);

  std::mt19937 random_;
  std::deque<std::vector<float>> owned_;
  std::unique_ptr<bool[]> real_;
  std::vector<int64_t> past_lens_;
};

}  // namespace heddle

#endif  // HEDDLE_TEST_ATTENTION_CASE_H_
