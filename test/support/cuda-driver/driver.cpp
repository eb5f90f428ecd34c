/*
 * A look-alike of the CUDA driver that runs kernels on the processor, for tests of what calls it. Programs are those of the look-alike of NVRTC
 * beside it. As on a device, what is asked of a stream is done later: when someone waits for it or looks whether it is done. Memory has limits
 * and holds no zeros, contexts belong to threads, handles that were released are errors, and so is what must not be done while recording.
 *
 * Where CUDA's header is, LOOKALIKE_WITH_HEADER includes it, so that a prototype that differs does not compile.
 */

#ifdef LOOKALIKE_WITH_HEADER
#include <cuda.h>
#else
#include <stddef.h>
typedef int CUresult, CUdevice;
typedef unsigned long long CUdeviceptr, cuuint64_t;
typedef struct CUctx_st *CUcontext;
typedef struct CUmod_st *CUmodule;
typedef struct CUfunc_st *CUfunction;
typedef struct CUstream_st *CUstream;
typedef struct CUgraph_st *CUgraph;
typedef struct CUgraphExec_st *CUgraphExec;
typedef int CUdevice_attribute, CUjit_option, CUstreamCaptureMode;
typedef size_t (*CUoccupancyB2DSize)(int);
#endif

#include <dlfcn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <functional>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#define API extern "C" __attribute__((visibility("default")))

enum {
  SUCCESS = 0, INVALID_VALUE = 1, OUT_OF_MEMORY = 2, NOT_INITIALIZED = 3, NO_DEVICE = 100, INVALID_DEVICE = 101, INVALID_IMAGE = 200,
  INVALID_CONTEXT = 201, INVALID_HANDLE = 400, NOT_FOUND = 500, NOT_READY = 600, LAUNCH_FAILED = 719, TOO_LARGE = 720, NOT_SUPPORTED = 801,
  CAPTURE_UNSUPPORTED = 900
};

/* --- What tests set and look at ------------------------------------------------------------------------------------ */

static std::recursive_mutex lock_of_all;
#define LOCK std::lock_guard<std::recursive_mutex> guard(lock_of_all)

/* Devices have the sizes that fibres get through soon. `fail` is a code that every call gives once `fail_after` kernels were run. */
static std::map<std::string, int64_t> settings = {
  {"devices", 1}, {"memory", 1ll << 32}, {"others", 0}, {"capability", 90}, {"version", 13000}, {"units", 4}, {"threads", 64}, {"seed", 1},
  {"fail", 0}, {"fail_after", 0}, {"graphs", 1}, {"mode", 0}, {"cooperative", 1},
};
static std::map<std::string, int64_t> counts;
static std::string last_error;

API void lookalike_set(const char *name, int64_t value) { LOCK; settings[name] = value; }
API void lookalike_clear() { LOCK; counts.clear(); }

/* --- Objects ------------------------------------------------------------------------------------------------------- */

struct kernel_entry { const char *name; unsigned count; const size_t *sizes; };

struct module_object {
  void *library = nullptr;
  const kernel_entry *kernels = nullptr;
  unsigned count = 0;
  const char *(*run)(unsigned, unsigned, unsigned, void **, uint64_t, bool) = nullptr;
  void (*release)() = nullptr;
};
struct function_object { module_object *owner; unsigned kernel; };
typedef std::function<int()> work;
struct graph_object { std::vector<work> nodes; };
struct stream_object {
  std::vector<work> queue;
  graph_object *recording = nullptr;
  bool asked = false;
};

static std::set<void *> live;
static std::map<CUdeviceptr, size_t> memory;
static size_t allocated = 0;
static bool initialised = false;
static int sticky = SUCCESS;
static int context_object;
static thread_local void *current = nullptr;

/* Objects are modules, streams, graphs and pieces of memory that nobody has released. */
API int64_t lookalike_count(const char *name)
{
  LOCK;
  return strcmp(name, "objects") == 0 ? (int64_t)(live.size() + memory.size()) : counts[name];
}

template <class T> static T *made(T *object)
{
  live.insert(object);
  return object;
}
template <class T> static bool is_live(T *object) { return live.count((void *)object) == 1; }
template <class T> static void release(T *object)
{
  live.erase(object);
  delete object;
}

/* What every call that needs a context begins with. */
static int ready()
{
  if (!initialised) return NOT_INITIALIZED;
  if (sticky != SUCCESS) return sticky;
  return current == nullptr ? INVALID_CONTEXT : SUCCESS;
}
#define READY \
  LOCK; \
  if (const int not_ready = ready()) return (CUresult)not_ready

static bool is_inside(CUdeviceptr at, size_t bytes)
{
  auto after = memory.upper_bound(at);
  if (after == memory.begin()) return false;
  --after;
  return at - after->first <= after->second && bytes <= after->second - (at - after->first);
}

static int drain(stream_object *stream)
{
  std::vector<work> queue;
  queue.swap(stream->queue);
  for (const work &task : queue) {
    if (sticky != SUCCESS) return sticky;
    if (const int code = task()) return sticky = code;
  }
  return sticky;
}

/* Puts work in a stream, or in what it records. */
static CUresult enqueue(CUstream of, work task)
{
  stream_object *stream = (stream_object *)of;
  if (!is_live(stream)) return (CUresult)INVALID_HANDLE;
  if (stream->recording != nullptr) stream->recording->nodes.push_back(task);
  else stream->queue.push_back(task);
  return (CUresult)SUCCESS;
}

/* --- Devices and contexts ------------------------------------------------------------------------------------------ */

API CUresult cuInit(unsigned int)
{
  LOCK;
  if (settings["devices"] == 0) return (CUresult)NO_DEVICE;
  initialised = true;
  return (CUresult)SUCCESS;
}
API CUresult cuDriverGetVersion(int *version) { LOCK; *version = (int)settings["version"]; return (CUresult)SUCCESS; }

static const char *name_of(int code)
{
  switch (code) {
    case SUCCESS: return "CUDA_SUCCESS";
    case INVALID_VALUE: return "CUDA_ERROR_INVALID_VALUE";
    case OUT_OF_MEMORY: return "CUDA_ERROR_OUT_OF_MEMORY";
    case NO_DEVICE: return "CUDA_ERROR_NO_DEVICE";
    case 46: return "CUDA_ERROR_DEVICE_UNAVAILABLE";
    case INVALID_IMAGE: return "CUDA_ERROR_INVALID_IMAGE";
    case INVALID_CONTEXT: return "CUDA_ERROR_INVALID_CONTEXT";
    case 214: return "CUDA_ERROR_ECC_UNCORRECTABLE";
    case INVALID_HANDLE: return "CUDA_ERROR_INVALID_HANDLE";
    case NOT_FOUND: return "CUDA_ERROR_NOT_FOUND";
    case 700: return "CUDA_ERROR_ILLEGAL_ADDRESS";
    case LAUNCH_FAILED: return "CUDA_ERROR_LAUNCH_FAILED";
    default: return nullptr;
  }
}
API CUresult cuGetErrorName(CUresult code, const char **text)
{
  *text = name_of((int)code);
  return (CUresult)(*text == nullptr ? INVALID_VALUE : SUCCESS);
}
API CUresult cuGetErrorString(CUresult code, const char **text)
{
  LOCK;
  static char sentence[300];
  snprintf(sentence, sizeof sentence, "%s", (int)code == LAUNCH_FAILED && !last_error.empty() ? last_error.c_str() : "as the look-alike says");
  *text = sentence;
  return (CUresult)SUCCESS;
}
API CUresult cuDeviceGetCount(int *count)
{
  LOCK;
  if (!initialised) return (CUresult)NOT_INITIALIZED;
  *count = (int)settings["devices"];
  return (CUresult)SUCCESS;
}
API CUresult cuDeviceGet(CUdevice *device, int ordinal)
{
  LOCK;
  if (ordinal < 0 || ordinal >= settings["devices"]) return (CUresult)INVALID_DEVICE;
  *device = ordinal;
  return (CUresult)SUCCESS;
}
API CUresult cuDeviceGetName(char *name, int length, CUdevice device)
{
  snprintf(name, (size_t)length, "Look-alike %d", device);
  return (CUresult)SUCCESS;
}
API CUresult cuDeviceTotalMem_v2(size_t *bytes, CUdevice) { LOCK; *bytes = (size_t)settings["memory"]; return (CUresult)SUCCESS; }
API CUresult cuDeviceGetAttribute(int *value, CUdevice_attribute which, CUdevice)
{
  LOCK;
  switch ((int)which) {
    case 1: *value = (int)settings["threads"]; break;
    case 16: *value = (int)settings["units"]; break;
    case 20: *value = (int)settings["mode"]; break;
    case 75: *value = (int)settings["capability"] / 10; break;
    case 76: *value = (int)settings["capability"] % 10; break;
    case 95: *value = (int)settings["cooperative"]; break;
    default: return (CUresult)INVALID_VALUE;
  }
  return (CUresult)SUCCESS;
}
API CUresult cuDevicePrimaryCtxRetain(CUcontext *context, CUdevice)
{
  LOCK;
  if (!initialised) return (CUresult)NOT_INITIALIZED;
  if (sticky != SUCCESS) return (CUresult)sticky;
  *context = (CUcontext)&context_object;
  return (CUresult)SUCCESS;
}
/* Everything that the context holds is gone; the device is as new. */
API CUresult cuDevicePrimaryCtxReset_v2(CUdevice)
{
  LOCK;
  for (const auto &[at, bytes] : memory) free((void *)(uintptr_t)at);
  memory.clear();
  allocated = 0;
  live.clear();
  current = nullptr;
  counts["resets"] += 1;
  if (settings["fail"] == 0) sticky = SUCCESS;
  return (CUresult)SUCCESS;
}
API CUresult cuCtxSetCurrent(CUcontext context)
{
  LOCK;
  if (!initialised) return (CUresult)NOT_INITIALIZED;
  current = (void *)context;
  return (CUresult)SUCCESS;
}

/* --- Memory -------------------------------------------------------------------------------------------------------- */

API CUresult cuMemGetInfo_v2(size_t *free_bytes, size_t *all)
{
  READY;
  *all = (size_t)settings["memory"];
  *free_bytes = (size_t)(settings["memory"] - settings["others"]) - allocated;
  return (CUresult)SUCCESS;
}
API CUresult cuMemAlloc_v2(CUdeviceptr *at, size_t bytes)
{
  READY;
  if (bytes == 0) return (CUresult)INVALID_VALUE;
  if (bytes > (size_t)(settings["memory"] - settings["others"]) - allocated) return (CUresult)OUT_OF_MEMORY;
  void *block = malloc(bytes);
  if (block == nullptr) return (CUresult)OUT_OF_MEMORY;
  memset(block, 0xa5, bytes);
  *at = (CUdeviceptr)(uintptr_t)block;
  memory[*at] = bytes;
  allocated += bytes;
  return (CUresult)SUCCESS;
}
API CUresult cuMemFree_v2(CUdeviceptr at)
{
  READY;
  const auto found = memory.find(at);
  if (found == memory.end()) return (CUresult)INVALID_VALUE;
  allocated -= found->second;
  free((void *)(uintptr_t)at);
  memory.erase(found);
  return (CUresult)SUCCESS;
}
API CUresult cuMemcpyHtoDAsync_v2(CUdeviceptr to, const void *from, size_t bytes, CUstream stream)
{
  READY;
  if (!is_inside(to, bytes)) return (CUresult)INVALID_VALUE;
  /* Memory that is not page-locked is copied before the call comes back. */
  const std::string copy((const char *)from, bytes);
  return enqueue(stream, [=] { memcpy((void *)(uintptr_t)to, copy.data(), bytes); return (int)SUCCESS; });
}
API CUresult cuMemcpyDtoHAsync_v2(void *to, CUdeviceptr from, size_t bytes, CUstream stream)
{
  READY;
  if (!is_inside(from, bytes)) return (CUresult)INVALID_VALUE;
  return enqueue(stream, [=] { memcpy(to, (void *)(uintptr_t)from, bytes); return (int)SUCCESS; });
}
API CUresult cuMemcpyDtoDAsync_v2(CUdeviceptr to, CUdeviceptr from, size_t bytes, CUstream stream)
{
  READY;
  if (!is_inside(to, bytes) || !is_inside(from, bytes) || (from < to + bytes && to < from + bytes)) return (CUresult)INVALID_VALUE;
  return enqueue(stream, [=] { memcpy((void *)(uintptr_t)to, (void *)(uintptr_t)from, bytes); return (int)SUCCESS; });
}
template <class T> static CUresult fill(CUdeviceptr to, T value, size_t count, CUstream stream)
{
  if (to % sizeof(T) != 0 || !is_inside(to, count * sizeof(T))) return (CUresult)INVALID_VALUE;
  return enqueue(stream, [=] {
    for (size_t k = 0; k < count; k += 1) ((T *)(uintptr_t)to)[k] = value;
    return (int)SUCCESS;
  });
}
API CUresult cuMemsetD8Async(CUdeviceptr to, unsigned char value, size_t count, CUstream stream) { READY; return fill(to, value, count, stream); }
API CUresult cuMemsetD16Async(CUdeviceptr to, unsigned short value, size_t count, CUstream stream) { READY; return fill(to, value, count, stream); }
API CUresult cuMemsetD32Async(CUdeviceptr to, unsigned int value, size_t count, CUstream stream) { READY; return fill(to, value, count, stream); }

/* --- Programs ------------------------------------------------------------------------------------------------------ */

static const char magic[] = "look-alike cubin";
struct image_head { char magic[16]; uint64_t bytes; };

API CUresult cuModuleLoadDataEx(CUmodule *module, const void *image, unsigned int, CUjit_option *, void **)
{
  READY;
  image_head head;
  memcpy(&head, image, sizeof head);
  if (memcmp(head.magic, magic, sizeof head.magic) != 0) return (CUresult)INVALID_IMAGE;
  char path[] = "/tmp/interneuron-look-alike-XXXXXX";
  const int file = mkstemp(path);
  if (file < 0) return (CUresult)OUT_OF_MEMORY;
  const char *bytes = (const char *)image + sizeof head;
  size_t written = 0;
  while (written < head.bytes) {
    const ssize_t some = write(file, bytes + written, head.bytes - written);
    if (some <= 0) break;
    written += (size_t)some;
  }
  close(file);
  void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
  unlink(path);
  if (library == nullptr) return (CUresult)INVALID_IMAGE;
  module_object *made_module = made(new module_object);
  made_module->library = library;
  made_module->kernels = (const kernel_entry *)dlsym(library, "lookalike_kernels");
  made_module->count = *(const unsigned *)dlsym(library, "lookalike_kernel_count");
  made_module->run = (const char *(*)(unsigned, unsigned, unsigned, void **, uint64_t, bool))dlsym(library, "lookalike_run");
  made_module->release = (void (*)())dlsym(library, "lookalike_release");
  *module = (CUmodule)made_module;
  return (CUresult)SUCCESS;
}
API CUresult cuModuleUnload(CUmodule module)
{
  READY;
  module_object *object = (module_object *)module;
  if (!is_live(object)) return (CUresult)INVALID_HANDLE;
  object->release();
  dlclose(object->library);
  release(object);
  return (CUresult)SUCCESS;
}
API CUresult cuModuleGetFunction(CUfunction *function, CUmodule module, const char *name)
{
  READY;
  module_object *owner = (module_object *)module;
  if (!is_live(owner)) return (CUresult)INVALID_HANDLE;
  for (unsigned k = 0; k < owner->count; k += 1) {
    if (strcmp(owner->kernels[k].name, name) != 0) continue;
    /* Functions live as long as their modules; they are too small to be counted. */
    *function = (CUfunction) new function_object{owner, k};
    return (CUresult)SUCCESS;
  }
  return (CUresult)NOT_FOUND;
}

/* A launch: arguments are copied when it is asked for, and the kernel runs later. */
static CUresult launch(CUfunction function, unsigned blocks, unsigned threads, CUstream stream, void **arguments, bool together)
{
  const function_object of = *(function_object *)function;
  if (!is_live(of.owner)) return (CUresult)INVALID_HANDLE;
  if (blocks == 0 || threads == 0 || threads > settings["threads"]) return (CUresult)INVALID_VALUE;
  const kernel_entry entry = of.owner->kernels[of.kernel];
  std::vector<std::string> values;
  for (unsigned k = 0; k < entry.count; k += 1) values.emplace_back((const char *)arguments[k], entry.sizes[k]);
  counts["launches"] += 1;
  return enqueue(stream, [=] {
    if (!is_live(of.owner)) return (int)INVALID_HANDLE;
    std::vector<std::string> own = values;
    std::vector<void *> pointers;
    for (std::string &value : own) pointers.push_back(&value[0]);
    counts["kernels"] += 1;
    if (settings["fail"] != 0 && counts["kernels"] > settings["fail_after"]) return (int)settings["fail"];
    const uint64_t seed = (uint64_t)settings["seed"] * 1048576u + (uint64_t)counts["kernels"] % 1048576u;
    const char *error = of.owner->run(of.kernel, blocks, threads, pointers.data(), seed, together);
    if (error == nullptr) return (int)SUCCESS;
    last_error = std::string(entry.name) + ": " + error;
    return (int)LAUNCH_FAILED;
  });
}

API CUresult cuLaunchKernel(CUfunction function, unsigned int blocks, unsigned int blocks_y, unsigned int blocks_z, unsigned int threads,
                            unsigned int threads_y, unsigned int threads_z, unsigned int, CUstream stream, void **arguments, void **)
{
  READY;
  if (blocks_y * blocks_z * threads_y * threads_z != 1) return (CUresult)INVALID_VALUE;
  return launch(function, blocks, threads, stream, arguments, false);
}
/* All blocks must be on the device at once. */
API CUresult cuLaunchCooperativeKernel(CUfunction function, unsigned int blocks, unsigned int blocks_y, unsigned int blocks_z,
                                       unsigned int threads, unsigned int threads_y, unsigned int threads_z, unsigned int, CUstream stream,
                                       void **arguments)
{
  READY;
  if (settings["cooperative"] == 0) return (CUresult)NOT_SUPPORTED;
  if (blocks_y * blocks_z * threads_y * threads_z != 1) return (CUresult)INVALID_VALUE;
  if (blocks > settings["units"]) return (CUresult)TOO_LARGE;
  counts["together"] += 1;
  return launch(function, blocks, threads, stream, arguments, true);
}

API CUresult cuOccupancyMaxPotentialBlockSize(int *blocks, int *threads, CUfunction, CUoccupancyB2DSize, size_t, int most)
{
  READY;
  *threads = (int)settings["threads"];
  if (most > 0 && most < *threads) *threads = most;
  *blocks = (int)settings["units"];
  return (CUresult)SUCCESS;
}
API CUresult cuOccupancyMaxActiveBlocksPerMultiprocessor(int *blocks, CUfunction, int threads, size_t)
{
  READY;
  if (threads <= 0 || threads > settings["threads"]) return (CUresult)INVALID_VALUE;
  *blocks = 1;
  return (CUresult)SUCCESS;
}

/* --- Streams and graphs -------------------------------------------------------------------------------------------- */

API CUresult cuStreamCreate(CUstream *stream, unsigned int)
{
  READY;
  *stream = (CUstream)made(new stream_object);
  return (CUresult)SUCCESS;
}
API CUresult cuStreamDestroy_v2(CUstream of)
{
  READY;
  stream_object *stream = (stream_object *)of;
  if (!is_live(stream)) return (CUresult)INVALID_HANDLE;
  drain(stream);
  release(stream);
  return (CUresult)SUCCESS;
}
API CUresult cuStreamSynchronize(CUstream of)
{
  READY;
  stream_object *stream = (stream_object *)of;
  if (!is_live(stream)) return (CUresult)INVALID_HANDLE;
  if (stream->recording != nullptr) return (CUresult)CAPTURE_UNSUPPORTED;
  return (CUresult)drain(stream);
}
/* Who asks for the first time is told to ask again. */
API CUresult cuStreamQuery(CUstream of)
{
  READY;
  stream_object *stream = (stream_object *)of;
  if (!is_live(stream)) return (CUresult)INVALID_HANDLE;
  if (stream->recording != nullptr) return (CUresult)CAPTURE_UNSUPPORTED;
  if (stream->queue.empty()) return (CUresult)sticky;
  stream->asked = !stream->asked;
  return (CUresult)(stream->asked ? NOT_READY : drain(stream));
}
API CUresult cuStreamBeginCapture_v2(CUstream of, CUstreamCaptureMode)
{
  READY;
  stream_object *stream = (stream_object *)of;
  if (settings["graphs"] == 0) return (CUresult)NOT_SUPPORTED;
  if (!is_live(stream) || stream->recording != nullptr) return (CUresult)INVALID_HANDLE;
  stream->recording = made(new graph_object);
  return (CUresult)SUCCESS;
}
API CUresult cuStreamEndCapture(CUstream of, CUgraph *graph)
{
  READY;
  stream_object *stream = (stream_object *)of;
  if (!is_live(stream) || stream->recording == nullptr) return (CUresult)INVALID_HANDLE;
  *graph = (CUgraph)stream->recording;
  stream->recording = nullptr;
  return (CUresult)SUCCESS;
}
#ifdef LOOKALIKE_WITH_HEADER
#undef cuGraphInstantiateWithFlags
#endif
API CUresult cuGraphInstantiateWithFlags(CUgraphExec *executable, CUgraph of, unsigned long long)
{
  READY;
  graph_object *graph = (graph_object *)of;
  if (!is_live(graph)) return (CUresult)INVALID_HANDLE;
  *executable = (CUgraphExec)made(new graph_object(*graph));
  counts["graphs"] += 1;
  return (CUresult)SUCCESS;
}
API CUresult cuGraphLaunch(CUgraphExec of, CUstream stream)
{
  READY;
  graph_object *graph = (graph_object *)of;
  if (!is_live(graph)) return (CUresult)INVALID_HANDLE;
  counts["graph_launches"] += 1;
  const std::vector<work> nodes = graph->nodes;
  return enqueue(stream, [=] {
    for (const work &node : nodes)
      if (const int code = node()) return code;
    return (int)SUCCESS;
  });
}
API CUresult cuGraphExecDestroy(CUgraphExec of)
{
  READY;
  graph_object *graph = (graph_object *)of;
  if (!is_live(graph)) return (CUresult)INVALID_HANDLE;
  release(graph);
  return (CUresult)SUCCESS;
}
API CUresult cuGraphDestroy(CUgraph of) { return cuGraphExecDestroy((CUgraphExec)of); }
