// The built library: device code for every chip, registration, no need for CUDA on this machine.
//   library_test LIBRARY [chip ...]    for instance 80 90
// Chips: what `cuobjdump --list-elf` lists, read from the file here. None = built without CUDA.
#include <dlfcn.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <set>
#include <string>
#include <vector>

#include "ort/abi.h"

namespace {

/// Chips of a file's device code: machine code, and PTX.
struct DeviceCode {
  std::set<int> chips, ptx;
};

template <class N>
N At(const std::string& bytes, size_t offset) {
  N value{};
  if (offset + sizeof value <= bytes.size()) {
    std::memcpy(&value, bytes.data() + offset, sizeof value);
  }
  return value;
}

/// Entries of every fat binary: kind (1 = PTX, 2 = machine code), length of header and payload,
/// chip.
DeviceCode ReadDeviceCode(const std::string& bytes) {
  constexpr char kMagic[] = "\x50\xed\x55\xba\x01\x00\x10\x00";
  DeviceCode code;
  size_t start = bytes.find(std::string(kMagic, 8));
  for (; start != std::string::npos; start = bytes.find(std::string(kMagic, 8), start + 8)) {
    size_t entry = start + 16, end = entry + At<uint64_t>(bytes, start + 8);
    while (entry < end && end <= bytes.size()) {
      uint16_t kind = At<uint16_t>(bytes, entry);
      int chip = static_cast<int>(At<uint32_t>(bytes, entry + 28));
      (kind == 1 ? code.ptx : code.chips).insert(chip);
      entry += At<uint32_t>(bytes, entry + 4) + At<uint64_t>(bytes, entry + 8);
    }
  }
  return code;
}

bool Same(const char* what, const std::set<int>& expected, const std::set<int>& actual) {
  auto text = [](const std::set<int>& chips) {
    std::string all;
    for (int chip : chips) all += " sm_" + std::to_string(chip);
    return all.empty() ? std::string(" none") : all;
  };
  if (expected != actual) {
    std::printf("%s: expected%s, got%s\n", what, text(expected).c_str(), text(actual).c_str());
  }
  return expected == actual;
}

/// Operators that the library added, as "KVShift CUDAExecutionProvider 16".
std::multiset<std::string>* added = nullptr;

OrtStatus* CreateDomain(const char*, OrtCustomOpDomain** domain) {
  *domain = reinterpret_cast<OrtCustomOpDomain*>(&added);
  return nullptr;
}

OrtStatus* AddOp(OrtCustomOpDomain*, const OrtCustomOp* op) {
  added->insert(std::string(op->GetName(op)) + " " + op->GetExecutionProviderType(op) + " " +
                std::to_string(op->GetOutputType(op, 0)));
  return nullptr;
}

OrtStatus* AddDomain(OrtSessionOptions*, OrtCustomOpDomain*) { return nullptr; }

std::vector<void*> slots(512, nullptr);

void Fill(heddle::ort::Slot slot, void* function) { slots[static_cast<size_t>(slot)] = function; }

const OrtApi* FakeApi(uint32_t) { return reinterpret_cast<const OrtApi*>(slots.data()); }

/// Registers at a runtime that only counts.
bool TestRegistration(void* library, bool cuda) {
  using heddle::ort::Slot;
  Fill(Slot::kCreateCustomOpDomain, reinterpret_cast<void*>(CreateDomain));
  Fill(Slot::kCustomOpDomainAdd, reinterpret_cast<void*>(AddOp));
  Fill(Slot::kAddCustomOpDomain, reinterpret_cast<void*>(AddDomain));
  std::multiset<std::string> actual, expected;
  added = &actual;
  auto enter = reinterpret_cast<OrtStatus* (*)(OrtSessionOptions*, const OrtApiBase*)>(
      dlsym(library, "RegisterCustomOps"));
  OrtApiBase base{FakeApi, nullptr};
  if (enter == nullptr || enter(nullptr, &base) != nullptr) {
    std::printf("RegisterCustomOps: expected success\n");
    return false;
  }
  for (const char* name : {"KVShift", "MultiTokenAttention"}) {
    for (const char* type : {"1", "10", "16"}) {
      expected.insert(std::string(name) + " CPUExecutionProvider " + type);
      if (cuda) {
        expected.insert(std::string(name) + " CUDAExecutionProvider " + type);
      }
    }
  }
  if (actual != expected) {
    std::printf("RegisterCustomOps: expected %zu operators, got %zu:\n", expected.size(),
                actual.size());
    for (const std::string& op : actual) std::printf("  %s\n", op.c_str());
  }
  return actual == expected;
}

/// Whether loading the library brought this one with it.
bool Loaded(const char* name) {
  std::ifstream maps("/proc/self/maps");
  std::string text((std::istreambuf_iterator<char>(maps)), std::istreambuf_iterator<char>());
  if (text.find(name) != std::string::npos) {
    std::printf("loading the library: expected it to need no %s, got it\n", name);
    return true;
  }
  return false;
}

}  // namespace

int main(int count, char** arguments) {
  if (count < 2) {
    std::fprintf(stderr, "usage: library_test LIBRARY [chip ...]\n");
    return 2;
  }
  std::set<int> chips, ptx;
  for (int i = 2; i < count; ++i) {
    chips.insert(std::atoi(arguments[i]));
  }
  if (!chips.empty()) {
    ptx.insert(*chips.begin());
  }
  std::ifstream file(arguments[1], std::ios::binary);
  std::string bytes((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  DeviceCode code = ReadDeviceCode(bytes);
  bool good = Same("machine code", chips, code.chips);
  good = Same("PTX", ptx, code.ptx) && good;
  void* library = dlopen(arguments[1], RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) {
    std::printf("%s\n", dlerror());
    return 1;
  }
  good = !Loaded("libcudart") && good;
  good = !Loaded("libcuda.so") && good;
  good = TestRegistration(library, !chips.empty()) && good;
  std::printf("%s\n", good ? "library is as it should be" : "library is not as it should be");
  return good ? 0 : 1;
}
