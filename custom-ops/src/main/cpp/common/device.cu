#include "common/device.h"
#include "common/launch.cuh"

namespace heddle {

int CurrentDevice() {
  int device = 0;
  CheckCuda(cudaGetDevice(&device), "asking for the current GPU");
  return device;
}

}  // namespace heddle
