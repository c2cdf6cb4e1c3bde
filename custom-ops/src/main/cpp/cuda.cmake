# CUDA kernels, where nvcc is found: machine code for these chips, and PTX for any other one from
# Ampere on. The CUDA runtime is linked in, so that the library loads on machines without CUDA.
set(cuda_sources common/device.cu kv_shift/cuda.cu multi_token_attention/cuda.cu multi_token_attention/cuda_state.cu)
set(cuda_objects "")

include(CheckLanguage)
if(HEDDLE_CUDA)
  check_language(CUDA)
endif()
if(HEDDLE_CUDA AND CMAKE_CUDA_COMPILER)
  if(NOT DEFINED CMAKE_CUDA_ARCHITECTURES)
    set(CMAKE_CUDA_ARCHITECTURES 80 90-real 100-real 120-real)
  endif()
  set(CMAKE_CUDA_STANDARD 17)
  set(CMAKE_CUDA_STANDARD_REQUIRED ON)
  set(CMAKE_CUDA_RUNTIME_LIBRARY Static)
  enable_language(CUDA)
  if(CMAKE_CUDA_COMPILER_VERSION VERSION_LESS 12.8)
    message(WARNING "nvcc ${CMAKE_CUDA_COMPILER_VERSION} found, expected 12.8 or later for sm_100 and sm_120: "
                    "the library is built without CUDA kernels")
  else()
    add_library(heddle_cuda OBJECT ${cuda_sources} multi_token_attention/cuda_plan.cc
                kv_shift/cuda_op.cc multi_token_attention/cuda_op.cc ort/cuda_device.cc)
    target_compile_options(heddle_cuda PRIVATE
      "$<$<COMPILE_LANGUAGE:CUDA>:-Werror=all-warnings;-Xcompiler=-Wall,-Wextra,-Werror,-Wno-unknown-pragmas>")
    set(cuda_objects $<TARGET_OBJECTS:heddle_cuda>)
    set_source_files_properties(register.cc PROPERTIES COMPILE_DEFINITIONS HEDDLE_CUDA)
  endif()
elseif(HEDDLE_CUDA)
  message(WARNING "nvcc not found: the library is built without CUDA kernels")
endif()
