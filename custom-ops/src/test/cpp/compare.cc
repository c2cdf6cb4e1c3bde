#include "compare.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstring>

namespace heddle {

std::vector<InstructionSet> InstructionSets() {
  std::vector<InstructionSet> sets;
  for (InstructionSet set :
       {InstructionSet::kPortable, InstructionSet::kAvx2, InstructionSet::kAvx512}) {
    if (set <= BestInstructionSet()) {
      sets.push_back(set);
    }
  }
  return sets;
}

double Largest(const std::vector<float>& values) {
  double largest = 0;
  for (float value : values) {
    largest = std::max(largest, std::isnan(value) ? 0.0 : std::fabs(static_cast<double>(value)));
  }
  return largest;
}

std::vector<float> Rounded(Element element, const std::vector<float>& values) {
  std::vector<float> rounded = values;
  if (element != Element::kFloat32) {
    std::vector<uint16_t> narrow(values.size());
    int64_t count = static_cast<int64_t>(values.size());
    Narrow(element, values.data(), count, narrow.data());
    Widen(element, narrow.data(), count, rounded.data());
  }
  return rounded;
}

double RoundingOf(Element element) {
  switch (element) {
    case Element::kFloat32:
      return 0;
    case Element::kFloat16:
      return 1.0 / (1 << 11);
    case Element::kBfloat16:
      return 1.0 / (1 << 8);
  }
  return 0;
}

namespace {

void PrintPlace(const char* what, size_t i, float expected, float actual) {
  std::printf("%s: [%zu]: expected %.9g, got %.9g\n", what, i, static_cast<double>(expected),
              static_cast<double>(actual));
}

}  // namespace

bool Close(const std::vector<float>& actual, const std::vector<float>& expected, double limit,
           const char* what) {
  for (size_t i = 0; i < expected.size(); ++i) {
    bool both = std::isnan(actual[i]) && std::isnan(expected[i]);
    double difference = std::fabs(static_cast<double>(actual[i]) - expected[i]);
    if (!both && !(difference <= limit)) {
      PrintPlace(what, i, expected[i], actual[i]);
      return false;
    }
  }
  return true;
}

bool SameBits(const std::vector<float>& actual, const std::vector<float>& expected,
              const char* what) {
  for (size_t i = 0; i < expected.size(); ++i) {
    if (std::memcmp(&actual[i], &expected[i], sizeof(float)) != 0) {
      PrintPlace(what, i, expected[i], actual[i]);
      return false;
    }
  }
  return true;
}

}  // namespace heddle
