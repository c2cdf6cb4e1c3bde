#include "tensor_file.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ort/abi.h"

static void Require(int holds, const char* path, const char* expected) {
  if (!holds) {
    fprintf(stderr, "client: %s: expected %s\n", path, expected);
    exit(1);
  }
}

static void ReadShape(FILE* in, const char* path, Tensor* tensor) {
  Require(fscanf(in, "%zu", &tensor->rank) == 1 && tensor->rank <= kMaxRank, path, "a rank");
  tensor->count = 1;
  for (size_t i = 0; i < tensor->rank; ++i) {
    Require(fscanf(in, "%" SCNd64, &tensor->shape[i]) == 1, path, "a dimension");
    tensor->count *= (size_t)tensor->shape[i];
  }
}

static void ReadValues(FILE* in, const char* path, Tensor* tensor) {
  int is_float = tensor->type == kFloat32;
  tensor->bytes = tensor->count * (is_float ? sizeof(float) : sizeof(int64_t));
  tensor->values = malloc(tensor->bytes + 1);
  Require(tensor->values != NULL, path, "less values than memory");
  for (size_t i = 0; i < tensor->count; ++i) {
    int found = is_float ? fscanf(in, "%f", (float*)tensor->values + i)
                         : fscanf(in, "%" SCNd64, (int64_t*)tensor->values + i);
    Require(found == 1, path, "a value for each element");
  }
}

void ReadTensorFile(const char* path, TensorFile* file) {
  FILE* in = fopen(path, "r");
  Require(in != NULL, path, "a file");
  file->count = 0;
  char kind[8];
  while (fscanf(in, "%7s", kind) == 1) {
    Require(file->count < kMaxTensors, path, "at most 16 tensors");
    Tensor* tensor = &file->tensors[file->count++];
    tensor->is_input = strcmp(kind, "input") == 0;
    Require(tensor->is_input || strcmp(kind, "output") == 0, path, "input or output");
    Require(fscanf(in, "%63s %d", tensor->name, &tensor->type) == 2, path, "a name and a type");
    Require(tensor->type == kFloat32 || tensor->type == kInt64, path, "float32 or int64");
    ReadShape(in, path, tensor);
    ReadValues(in, path, tensor);
  }
  fclose(in);
}

void FreeTensorFile(TensorFile* file) {
  for (size_t i = 0; i < file->count; ++i) {
    free(file->tensors[i].values);
  }
}
