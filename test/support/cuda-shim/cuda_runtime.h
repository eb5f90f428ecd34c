/*
 * As much of CUDA's runtime interface as the host of a stand-alone project calls, on the processor: memory is the host's, and kernels are executed
 * by the fibres of `shim.hpp` in an order that SHIM_SEED in the environment gives. SHIM_MEMORY limits the bytes that it gives.
 */
#pragma once

#include "shim.hpp"

#include <math.h>

#include <tuple>

typedef int cudaStream_t;
enum cudaError_t { cudaSuccess = 0, cudaErrorInvalidValue = 1, cudaErrorMemoryAllocation = 2, cudaErrorLaunchFailure = 719 };
enum cudaMemcpyKind { cudaMemcpyHostToDevice = 1, cudaMemcpyDeviceToHost = 2, cudaMemcpyDeviceToDevice = 3 };
enum cudaDeviceAttr { cudaDevAttrMultiProcessorCount = 16 };

struct dim3 {
  unsigned x, y, z;
  dim3(unsigned a = 1, unsigned b = 1, unsigned c = 1) : x(a), y(b), z(c) {}
};

static inline uint64_t shim_setting(const char *name, uint64_t otherwise)
{
  const char *text = getenv(name);
  return text == nullptr ? otherwise : strtoull(text, nullptr, 10);
}

static uint64_t shim_given;

static inline const char *cudaGetErrorString(cudaError_t code)
{
  if (code == cudaErrorLaunchFailure) return shim_error;
  return code == cudaErrorMemoryAllocation ? "out of memory" : code == cudaSuccess ? "no error" : "invalid argument";
}
static inline cudaError_t cudaGetDeviceCount(int *count) { return *count = (int)shim_setting("SHIM_DEVICES", 1), cudaSuccess; }
static inline cudaError_t cudaSetDevice(int) { return cudaSuccess; }
static inline cudaError_t cudaDeviceGetAttribute(int *value, cudaDeviceAttr, int) { return *value = 1, cudaSuccess; }
static inline cudaError_t cudaDeviceSynchronize() { return cudaSuccess; }
static inline cudaError_t cudaMemGetInfo(size_t *left, size_t *all)
{
  *all = shim_setting("SHIM_MEMORY", (uint64_t)1 << 33);
  *left = *all - shim_given;
  return cudaSuccess;
}
static inline cudaError_t cudaMalloc(void **memory, size_t bytes)
{
  if (shim_given + bytes > shim_setting("SHIM_MEMORY", (uint64_t)1 << 33)) return cudaErrorMemoryAllocation;
  *memory = malloc(bytes);
  if (*memory == nullptr) return cudaErrorMemoryAllocation;
  /* What a card gives holds anything. */
  memset(*memory, 0xa5, bytes);
  shim_given += bytes;
  return cudaSuccess;
}
static inline cudaError_t cudaFree(void *memory) { return free(memory), cudaSuccess; }
static inline cudaError_t cudaMemset(void *memory, int value, size_t bytes) { return memset(memory, value, bytes), cudaSuccess; }
static inline cudaError_t cudaMemcpy(void *to, const void *from, size_t bytes, cudaMemcpyKind) { return memcpy(to, from, bytes), cudaSuccess; }

/* A kernel with copies of its arguments. */
template <class... A> struct shim_launch_work {
  void (*kernel)(A...);
  std::tuple<std::decay_t<A>...> arguments;
};

template <class... A, size_t... K> static shim_launch_work<A...> shim_work_of(void (*kernel)(A...), void **arguments, std::index_sequence<K...>)
{
  return {kernel, {*(std::decay_t<A> *)arguments[K]...}};
}

template <class... A>
static cudaError_t cudaLaunchKernel(void (*kernel)(A...), dim3 blocks, dim3 threads, void **arguments, size_t, cudaStream_t)
{
  static uint64_t launches = 0;
  auto work = shim_work_of(kernel, arguments, std::index_sequence_for<A...>{});
  using Work = decltype(work);
  launches += 1;
  const shim_work run = {[](void *all) { std::apply(((Work *)all)->kernel, ((Work *)all)->arguments); }, &work};
  return shim_run(run, blocks.x, threads.x, shim_setting("SHIM_SEED", 1) * 1048576u + launches) == nullptr ? cudaSuccess : cudaErrorLaunchFailure;
}
