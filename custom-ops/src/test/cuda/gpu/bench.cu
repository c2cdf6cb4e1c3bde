// Times of the CUDA kernels on this machine's GPU, bfloat16, medians; a line for each case:
//   name|milliseconds|bytes that must move|part of the memory rate
// The memory rate is that of a copy on the same GPU in the same run.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <functional>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "common/element.h"
#include "common/launch.cuh"
#include "kv_shift/cuda.h"
#include "multi_token_attention/cuda.h"

namespace heddle {
namespace {

using Number = Bfloat16;

/// Gives blocks out again, as ONNX Runtime's arena does.
class PoolDevice final : public Device {
 public:
  void* Stream() const override { return nullptr; }
  void* Allocate(size_t bytes) override {
    auto found = free_.lower_bound(bytes);
    void* memory = nullptr;
    if (found != free_.end() && found->first <= 2 * bytes) {
      memory = found->second;
      free_.erase(found);
      return memory;
    }
    CheckCuda(cudaMalloc(&memory, bytes), "memory of the bench");
    sizes_[memory] = bytes;
    return memory;
  }
  void Free(void* memory) override { free_.emplace(sizes_[memory], memory); }

 private:
  std::multimap<size_t, void*> free_;
  std::map<void*, size_t> sizes_;
};

/// Median milliseconds of one call.
float Time(const std::function<void()>& call) {
  constexpr int kWarm = 5, kRounds = 21;
  cudaEvent_t begin, end;
  CheckCuda(cudaEventCreate(&begin), "event");
  CheckCuda(cudaEventCreate(&end), "event");
  std::vector<float> times;
  for (int i = 0; i < kWarm + kRounds; ++i) {
    float time = 0;
    CheckCuda(cudaEventRecord(begin), "event");
    call();
    CheckCuda(cudaEventRecord(end), "event");
    CheckCuda(cudaEventSynchronize(end), "kernels of the bench");
    CheckCuda(cudaEventElapsedTime(&time, begin, end), "event");
    if (i >= kWarm) {
      times.push_back(time);
    }
  }
  CheckCuda(cudaEventDestroy(begin), "event");
  CheckCuda(cudaEventDestroy(end), "event");
  std::sort(times.begin(), times.end());
  return times[times.size() / 2];
}

class Bench {
 public:
  void Run() {
    Copy();
    Shift();
    constexpr int64_t kLong = 4096;
    for (const char* parts : {"plain", "pre-conv", "talking heads", "full"}) {
      Attention(parts, 16, 16, 128, kLong, 0);
    }
    Attention("pre-conv", 16, 16, 128, 8192, 0);
    Attention("pre-conv", 32, 8, 128, kLong, 0);
    Attention("full", 16, 16, 64, 2048, 0);
    for (const char* parts : {"plain", "pre-conv", "full"}) {
      Attention(parts, 16, 16, 128, 1, 16384);
      Attention(parts, 32, 8, 128, 1, 65536);
    }
  }

 private:
  void Copy() {
    int64_t bytes = int64_t{1} << 30;
    void* from = device_.Allocate(static_cast<size_t>(bytes));
    void* to = device_.Allocate(static_cast<size_t>(bytes));
    float ms = Time([&] {
      CheckCuda(cudaMemcpyAsync(to, from, static_cast<size_t>(bytes), cudaMemcpyDeviceToDevice),
                "copy");
    });
    rate_ = 2.0 * static_cast<double>(bytes) / ms;
    Print("copy of 1 GiB", ms, 2 * bytes);
    device_.Free(from);
    device_.Free(to);
  }

  void Shift() {
    ShiftParamsOf<Number> p;
    p.batch = 8;
    p.kv_heads = 16;
    p.q_len = 8192;
    p.head_dim = 128;
    p.taps = 2;
    int64_t size = p.batch * p.kv_heads * p.q_len * p.head_dim;
    p.x = Numbers(size);
    p.weight = Numbers(p.kv_heads * p.taps);
    p.real = Real(p.batch * p.q_len);
    p.y = Numbers(size);
    float ms = Time([&] { ShiftOnDevice(p, device_); });
    Print("KVShift, 2 taps, B=8 H=16 d=128 T=8192", ms, 2 * size * 2);
    FreeAll();
  }

  void Attention(const std::string& parts, int64_t heads, int64_t kv_heads, int64_t d,
                 int64_t q_len, int64_t past) {
    AttentionParamsOf<Number> p;
    p.batch = 1;
    p.heads = heads;
    p.kv_heads = kv_heads;
    p.head_dim = d;
    p.q_len = q_len;
    p.past_len = p.past_capacity = past;
    p.past_rows = std::min<int64_t>(past, 10);
    p.scale = 1 / std::sqrt(static_cast<float>(d));
    p.query = Numbers(heads * q_len * d);
    p.key = Numbers(kv_heads * q_len * d);
    p.value = Numbers(kv_heads * q_len * d);
    p.past_query = Numbers(heads * p.past_rows * d);
    p.past_key = Numbers(kv_heads * past * d);
    p.past_value = Numbers(kv_heads * past * d);
    p.context = Numbers(q_len * heads * d);
    bool full = parts == "full";
    if (full || parts == "pre-conv") p.pre_kernel = {Numbers(heads * 66), 6, 11, 5};
    if (full) p.post_kernel = {Numbers(heads * 66), 6, 11, 5};
    if (full || parts == "talking heads") {
      p.pre_mix = {Numbers(heads * heads), heads};
      p.post_mix = {Numbers(heads * heads), heads};
    }
    MaskColumns mask{Real(p.keys()), p.keys(), q_len, past, p.past_rows, 0};
    TokenRun* runs = static_cast<TokenRun*>(device_.Allocate(sizeof(TokenRun)));
    float ms = Time([&] {
      CutRuns(mask, 1, device_, runs);
      AttendOnDevice(p, mask, runs, device_);
    });
    char name[96];
    std::snprintf(name, sizeof name, "%s, %s H=%ld/%ld d=%ld %s=%ld", parts.c_str(),
                  past > 0 ? "one token," : "prompt,", static_cast<long>(heads),
                  static_cast<long>(kv_heads), static_cast<long>(d), past > 0 ? "past" : "T",
                  static_cast<long>(past > 0 ? past : q_len));
    Print(name, ms, 2 * 2 * kv_heads * p.keys() * d);
    device_.Free(runs);
    FreeAll();
  }

  Number* Numbers(int64_t count) {
    std::mt19937 random(static_cast<unsigned>(count));
    std::normal_distribution<float> normal(0, 0.3f);
    std::vector<uint16_t> host(static_cast<size_t>(count) + 1);
    std::vector<float> some(4096);
    for (float& number : some) number = normal(random);
    std::vector<uint16_t> narrow(some.size());
    Narrow(Element::kBfloat16, some.data(), static_cast<int64_t>(some.size()), narrow.data());
    for (size_t i = 0; i < host.size(); ++i) host[i] = narrow[random() % narrow.size()];
    return static_cast<Number*>(Upload(host.data(), host.size() * 2));
  }

  const bool* Real(int64_t count) {
    std::vector<char> host(static_cast<size_t>(count), 1);
    return static_cast<const bool*>(Upload(host.data(), host.size()));
  }

  void* Upload(const void* from, size_t bytes) {
    void* to = device_.Allocate(bytes);
    taken_.push_back(to);
    CheckCuda(cudaMemcpy(to, from, bytes, cudaMemcpyHostToDevice), "input of the bench");
    return to;
  }

  void FreeAll() {
    for (void* memory : taken_) device_.Free(memory);
    taken_.clear();
  }

  void Print(const char* name, float ms, int64_t bytes) const {
    std::printf("%s|%.4f|%ld|%.2f\n", name, static_cast<double>(ms), static_cast<long>(bytes),
                static_cast<double>(bytes) / ms / rate_);
    std::fflush(stdout);
  }

  PoolDevice device_;
  std::vector<void*> taken_;
  double rate_ = 1;  ///< bytes a millisecond
};

}  // namespace
}  // namespace heddle

int main() {
  try {
    heddle::Bench().Run();
    return 0;
  } catch (const std::exception& e) {
    std::fprintf(stderr, "bench: %s\n", e.what());
    return 1;
  }
}
