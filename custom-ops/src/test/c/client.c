// A client of ONNX Runtime in plain C, without its headers: shows that the library works in a
// process that has no JVM, and that sessions give back what they took.
//   client RUNTIME LIBRARY MODEL TENSORS [SESSIONS [LEAK]]
// RUNTIME and LIBRARY are shared libraries, TENSORS is a file of inputs and expected outputs. The
// model is opened, run and closed SESSIONS times. LEAK bytes are lost in each session: a test of
// the test.
#include <dlfcn.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ort/abi.h"
#include "tensor_file.h"

/// What a session has lost; visible to other files, so that the compiler must keep it.
void* lost;

typedef OrtStatus* (*RegisterFunction)(OrtSessionOptions*, const OrtApiBase*);

typedef struct Runtime {
  const OrtApiBase* base;
  const OrtApi* api;
  RegisterFunction register_ops;
  OrtEnv* env;
  OrtMemoryInfo* memory;
} Runtime;

/// One function of the table with the parameter types of its C declaration.
#define CALL(api, slot, ...) ((OrtStatus * (*)(__VA_ARGS__))(api)->slots[slot])
#define RELEASE(api, slot, object) ((void (*)(void*))(api)->slots[slot])(object)

static void Fail(const char* where, const char* what) {
  fprintf(stderr, "client: %s: %s\n", where, what);
  exit(1);
}

static void Check(const OrtApi* api, const char* where, OrtStatus* status) {
  if (status != NULL) {
    Fail(where, ((const char* (*)(const OrtStatus*))api->slots[kGetErrorMessage])(status));
  }
}

static void* Symbol(const char* library, const char* name) {
  void* handle = dlopen(library, RTLD_NOW | RTLD_LOCAL);
  if (handle == NULL) {
    Fail(library, dlerror());
  }
  void* symbol = dlsym(handle, name);
  if (symbol == NULL) {
    Fail(library, dlerror());
  }
  return symbol;
}

static Runtime Load(const char* runtime_path, const char* library_path) {
  Runtime r;
  r.base = ((const OrtApiBase* (*)(void))Symbol(runtime_path, "OrtGetApiBase"))();
  r.api = r.base->GetApi(kApiVersion);
  if (r.api == NULL) {
    Fail(runtime_path, "expected API version 17 or later");
  }
  r.register_ops = (RegisterFunction)Symbol(library_path, "RegisterCustomOps");
  int fatal = 4;
  Check(r.api, "environment",
        CALL(r.api, kCreateEnv, int, const char*, OrtEnv**)(fatal, "client", &r.env));
  Check(r.api, "memory",
        CALL(r.api, kCreateCpuMemoryInfo, int, int, OrtMemoryInfo**)(0, 0, &r.memory));
  return r;
}

static OrtSession* Open(const Runtime* r, const char* model) {
  OrtSessionOptions* options = NULL;
  Check(r->api, "options", CALL(r->api, kCreateSessionOptions, OrtSessionOptions**)(&options));
  Check(r->api, "threads",
        CALL(r->api, kSetIntraOpNumThreads, OrtSessionOptions*, int)(options, 2));
  Check(r->api, "registering", r->register_ops(options, r->base));
  OrtSession* session = NULL;
  Check(r->api, model,
        CALL(r->api, kCreateSession, const OrtEnv*, const char*, const OrtSessionOptions*,
             OrtSession**)(r->env, model, options, &session));
  RELEASE(r->api, kReleaseSessionOptions, options);
  return session;
}

/// A NaN stays, so that it is never close.
static double Larger(double a, double b) { return isnan(a) || a >= b ? a : b; }

/// The largest difference of an output from what is expected.
static double Compare(const Runtime* r, const Tensor* expected, OrtValue* value) {
  OrtTensorTypeAndShapeInfo* info = NULL;
  Check(r->api, expected->name,
        CALL(r->api, kGetTensorTypeAndShape, const OrtValue*, OrtTensorTypeAndShapeInfo**)(value,
                                                                                           &info));
  size_t count = 0;
  int type = 0;
  Check(r->api, expected->name,
        CALL(r->api, kGetTensorShapeElementCount, const OrtTensorTypeAndShapeInfo*, size_t*)(
            info, &count));
  Check(r->api, expected->name,
        CALL(r->api, kGetTensorElementType, const OrtTensorTypeAndShapeInfo*, int*)(info, &type));
  RELEASE(r->api, kReleaseTensorTypeAndShapeInfo, info);
  if (count != expected->count || type != kFloat32 || expected->type != kFloat32) {
    char what[96];
    snprintf(what, sizeof what, "expected %zu float32 values, got %zu of type %d", expected->count,
             count, type);
    Fail(expected->name, what);
  }
  float* values = NULL;
  Check(r->api, expected->name,
        CALL(r->api, kGetTensorMutableData, OrtValue*, float**)(value, &values));
  double largest = 0;
  for (size_t i = 0; i < count; ++i) {
    double difference = fabs((double)values[i] - (double)((float*)expected->values)[i]);
    largest = Larger(largest, difference);
  }
  return largest;
}

/// Runs the model once; returns the largest difference of its outputs.
static double Run(const Runtime* r, OrtSession* session, TensorFile* file) {
  const char *input_names[kMaxTensors], *output_names[kMaxTensors];
  OrtValue *inputs[kMaxTensors], *outputs[kMaxTensors] = {NULL};
  const Tensor* expected[kMaxTensors];
  size_t input_count = 0, output_count = 0;
  for (size_t i = 0; i < file->count; ++i) {
    Tensor* t = &file->tensors[i];
    if (t->is_input) {
      Check(r->api, t->name,
            CALL(r->api, kCreateTensorWithDataAsOrtValue, const OrtMemoryInfo*, void*, size_t,
                 const int64_t*, size_t, int, OrtValue**)(r->memory, t->values, t->bytes, t->shape,
                                                          t->rank, t->type, &inputs[input_count]));
      input_names[input_count++] = t->name;
    } else {
      expected[output_count] = t;
      output_names[output_count++] = t->name;
    }
  }
  Check(r->api, "running",
        CALL(r->api, kRun, OrtSession*, const OrtRunOptions*, const char* const*,
             const OrtValue* const*, size_t, const char* const*, size_t,
             OrtValue**)(session, NULL, input_names, (const OrtValue* const*)inputs, input_count,
                         output_names, output_count, outputs));
  double largest = 0;
  for (size_t i = 0; i < output_count; ++i) {
    double difference = Compare(r, expected[i], outputs[i]);
    largest = Larger(largest, difference);
    RELEASE(r->api, kReleaseValue, outputs[i]);
  }
  for (size_t i = 0; i < input_count; ++i) {
    RELEASE(r->api, kReleaseValue, inputs[i]);
  }
  return largest;
}

/// Memory of this process that is in RAM, in KiB.
static long ResidentKib(void) {
  FILE* in = fopen("/proc/self/status", "r");
  char line[256];
  long kib = -1;
  while (in != NULL && fgets(line, sizeof line, in) != NULL) {
    if (sscanf(line, "VmRSS: %ld", &kib) == 1) {
      break;
    }
  }
  if (in != NULL) {
    fclose(in);
  }
  return kib;
}

int main(int count, char** arguments) {
  if (count < 5) {
    fprintf(stderr, "usage: client RUNTIME LIBRARY MODEL TENSORS [SESSIONS [LEAK]]\n");
    return 2;
  }
  long sessions = count > 5 ? atol(arguments[5]) : 1;
  size_t leak = count > 6 ? (size_t)atol(arguments[6]) : 0;
  Runtime r = Load(arguments[1], arguments[2]);
  TensorFile file;
  ReadTensorFile(arguments[4], &file);
  double largest = 0;
  for (long i = 1; i <= sessions; ++i) {
    OrtSession* session = Open(&r, arguments[3]);
    double difference = Run(&r, session, &file);
    largest = Larger(largest, difference);
    RELEASE(r.api, kReleaseSession, session);
    if (leak > 0) {
      // Written to, because memory that was never touched is not resident.
      lost = malloc(leak);
      memset(lost, 1, leak);
    }
    if (i == sessions || i % 50 == 0) {
      printf("after %ld sessions: largest difference %g, resident %ld KiB\n", i, largest,
             ResidentKib());
    }
  }
  FreeTensorFile(&file);
  RELEASE(r.api, kReleaseMemoryInfo, r.memory);
  RELEASE(r.api, kReleaseEnv, r.env);
  return largest <= 1e-6 ? 0 : 1;
}
