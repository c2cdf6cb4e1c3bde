// Tensors as text: what a model is given, and what it is expected to answer.
//   (input|output) NAME ELEMENT_TYPE RANK DIMENSION... VALUE...
#ifndef HEDDLE_TEST_TENSOR_FILE_H_
#define HEDDLE_TEST_TENSOR_FILE_H_

#include <stddef.h>
#include <stdint.h>

enum { kMaxTensors = 16, kMaxRank = 8, kMaxName = 64 };

typedef struct Tensor {
  int is_input;
  char name[kMaxName];
  int type;  ///< ONNX element type: float32 or int64
  size_t rank;
  int64_t shape[kMaxRank];
  size_t count;
  size_t bytes;
  void* values;
} Tensor;

typedef struct TensorFile {
  size_t count;
  Tensor tensors[kMaxTensors];
} TensorFile;

/// Ends the process with a message if the file is not as described above.
void ReadTensorFile(const char* path, TensorFile* file);
void FreeTensorFile(TensorFile* file);

#endif  // HEDDLE_TEST_TENSOR_FILE_H_
