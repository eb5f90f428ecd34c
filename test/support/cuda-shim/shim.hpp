/*
 * Executes CUDA C++ on the processor: every thread of a block is a fibre that runs to its next barrier or ballot; blocks, and the threads
 * of a block, take their turns in an order that a seed gives. What depends on an order differs from seed to seed; what waits for
 * threads that never come is an error. One block runs at a time, so that memory of blocks is static and atomic operations are plain. In a
 * cooperative launch, a block runs until it waits for others, and memory of blocks is exchanged when another one goes on.
 */
#pragma once

/* Parsing headers is most of what compiling a network takes: none of C++'s but the smallest. */
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <ucontext.h>

#include <utility>

/* --- The language ------------------------------------------------------------------------------------------------ */

#define __global__
#define __device__
#define __constant__
#define __shared__ static __attribute__((section("shim_shared")))
#define __forceinline__ inline
#define __launch_bounds__(threads)

struct shim_index { unsigned x, y, z; };
static shim_index threadIdx, blockIdx, blockDim, gridDim;

extern "C" {
double sqrt(double) noexcept;
float sqrtf(float) noexcept;
double fabs(double) noexcept;
float fabsf(float) noexcept;
double floor(double) noexcept;
float floorf(float) noexcept;
double ceil(double) noexcept;
float ceilf(float) noexcept;
double trunc(double) noexcept;
float truncf(float) noexcept;
double rint(double) noexcept;
float rintf(float) noexcept;
}

static inline double __dadd_rn(double a, double b) { return a + b; }
static inline double __dsub_rn(double a, double b) { return a - b; }
static inline double __dmul_rn(double a, double b) { return a * b; }
static inline double __ddiv_rn(double a, double b) { return a / b; }
static inline double __dsqrt_rn(double a) { return sqrt(a); }
static inline float __fadd_rn(float a, float b) { return a + b; }
static inline float __fsub_rn(float a, float b) { return a - b; }
static inline float __fmul_rn(float a, float b) { return a * b; }
static inline float __fdiv_rn(float a, float b) { return a / b; }
static inline float __fsqrt_rn(float a) { return sqrtf(a); }

template <class To, class From> static inline To shim_bits(From from)
{
  static_assert(sizeof(To) == sizeof(From), "the same bits");
  To to;
  memcpy(&to, &from, sizeof to);
  return to;
}
static inline double __longlong_as_double(long long a) { return shim_bits<double>(a); }
static inline long long __double_as_longlong(double a) { return shim_bits<long long>(a); }
static inline float __int_as_float(int a) { return shim_bits<float>(a); }

static inline int __popc(unsigned a) { return __builtin_popcount(a); }
static inline int __popcll(unsigned long long a) { return __builtin_popcountll(a); }
static inline int __clz(int a) { return a == 0 ? 32 : __builtin_clz((unsigned)a); }
static inline int __clzll(long long a) { return a == 0 ? 64 : __builtin_clzll((unsigned long long)a); }

static inline int atomicAdd(int *address, int value)
{
  const int old = *address;
  *address = (int)((unsigned)old + (unsigned)value);
  return old;
}
static inline unsigned atomicAdd(unsigned *address, unsigned value) { return (*address += value) - value; }
static inline unsigned long long atomicAdd(unsigned long long *address, unsigned long long value) { return (*address += value) - value; }
static inline unsigned atomicOr(unsigned *address, unsigned value)
{
  const unsigned old = *address;
  *address |= value;
  return old;
}
static inline int atomicMin(int *address, int value)
{
  const int old = *address;
  if (value < old) *address = value;
  return old;
}

/* --- Fibres ------------------------------------------------------------------------------------------------------- */

enum shim_state { READY, AT_BARRIER, AT_BALLOT, AT_LOOK, DONE };
/* How far a block came: to its end, to threads that wait for other blocks, or to threads that wait in vain. */
enum shim_end { ENDED, WAITING, STUCK };

struct shim_fibre {
  ucontext_t context;
  jmp_buf place;
  char *stack = nullptr;
  bool begun = false;
  shim_state state = READY;
  bool predicate = false;
  unsigned ballot = 0;
  /* What a shuffle gives, how far, and what it brings. */
  unsigned given = 0, distance = 0, taken = 0;
};

struct shim_work {
  void (*run)(void *);
  void *arguments;
};

/* Memory of the current block. */
extern "C" char __start_shim_shared[] __attribute__((weak, visibility("hidden")));
extern "C" char __stop_shim_shared[] __attribute__((weak, visibility("hidden")));

/* As many fibres as the largest block, or cooperative launch, had threads; those of the current block; the orders of threads and of blocks. */
static shim_fibre **shim_all, **shim_fibres;
static unsigned shim_fibre_count, *shim_ready, *shim_order;
static unsigned shim_current;
static jmp_buf shim_scheduler;
static shim_work shim_now;
static char shim_error[256];

static void shim_pause(shim_state state)
{
  shim_fibre *own = shim_fibres[shim_current];
  own->state = state;
  if (_setjmp(own->place) == 0) _longjmp(shim_scheduler, 1);
}

static void shim_enter()
{
  for (;;) {
    shim_now.run(shim_now.arguments);
    shim_pause(DONE);
  }
}

static void shim_resume(unsigned thread)
{
  shim_fibre *fibre = shim_fibres[thread];
  shim_current = thread;
  threadIdx.x = thread;
  if (_setjmp(shim_scheduler) != 0) return;
  if (fibre->begun) _longjmp(fibre->place, 1);
  fibre->begun = true;
  getcontext(&fibre->context);
  fibre->stack = (char *)malloc(1u << 17);
  fibre->context.uc_stack.ss_sp = fibre->stack;
  fibre->context.uc_stack.ss_size = 1u << 17;
  fibre->context.uc_link = nullptr;
  makecontext(&fibre->context, shim_enter, 0);
  setcontext(&fibre->context);
}

static inline void __syncthreads() { shim_pause(AT_BARRIER); }

static inline unsigned __ballot_sync(unsigned, bool predicate)
{
  shim_fibres[shim_current]->predicate = predicate;
  shim_pause(AT_BALLOT);
  return shim_fibres[shim_current]->ballot;
}

static inline unsigned __shfl_up_sync(unsigned, unsigned value, unsigned distance)
{
  shim_fibre *own = shim_fibres[shim_current];
  own->given = value;
  own->distance = distance;
  shim_pause(AT_BALLOT);
  return shim_fibres[shim_current]->taken;
}

/* Who looks at a value again and again waits for other blocks. */
static inline void arrive(unsigned *arrivals) { *arrivals += 1u; }
static inline unsigned arrived(const unsigned *arrivals)
{
  shim_pause(AT_LOOK);
  return *arrivals;
}

static inline uint64_t shim_random(uint64_t *state)
{
  *state ^= *state << 13;
  *state ^= *state >> 7;
  *state ^= *state << 17;
  return *state;
}

static void shim_shuffle(unsigned *order, unsigned count, uint64_t *random)
{
  for (unsigned k = count; k > 1; k -= 1) {
    const unsigned other = (unsigned)(shim_random(random) % k), last = order[k - 1];
    order[k - 1] = order[other];
    order[other] = last;
  }
}

/* Lets warps whose threads have all come to a ballot go on; false when some wait for threads that do not come. */
static bool shim_ballots(unsigned threads)
{
  for (unsigned warp = 0; warp < threads; warp += 32) {
    const unsigned end = warp + 32 < threads ? warp + 32 : threads;
    unsigned waiting = 0, bits = 0;
    for (unsigned k = warp; k < end; k += 1) {
      if (shim_fibres[k]->state != AT_BALLOT) continue;
      waiting += 1;
      if (shim_fibres[k]->predicate) bits |= 1u << (k - warp);
    }
    if (waiting == 0) continue;
    if (waiting != end - warp) return false;
    for (unsigned k = warp; k < end; k += 1) {
      const unsigned from = k - warp >= shim_fibres[k]->distance ? k - shim_fibres[k]->distance : k;
      shim_fibres[k]->taken = shim_fibres[from]->given;
      shim_fibres[k]->ballot = bits;
      shim_fibres[k]->state = READY;
    }
  }
  return true;
}

/* Runs a block as far as it comes, from its beginning or from where it waited; `moved` when a thread did more than look again. */
static shim_end shim_run_block(unsigned threads, uint64_t *random, bool *moved)
{
  unsigned looks = 0, turns = 0;
  for (unsigned k = 0; k < threads; k += 1) {
    looks += shim_fibres[k]->state == AT_LOOK;
    if (shim_fibres[k]->state == AT_LOOK || shim_fibres[k]->state == DONE) shim_fibres[k]->state = READY;
  }
  for (;;) {
    unsigned waiting = 0;
    for (unsigned k = 0; k < threads; k += 1)
      if (shim_fibres[k]->state == READY) shim_ready[waiting++] = k;
    if (waiting == 0) {
      unsigned done = 0, ballots = 0, looking = 0;
      for (unsigned k = 0; k < threads; k += 1) {
        done += shim_fibres[k]->state == DONE;
        ballots += shim_fibres[k]->state == AT_BALLOT;
        looking += shim_fibres[k]->state == AT_LOOK;
      }
      if (looking > 0) {
        *moved = *moved || looking != looks || turns != looks;
        return WAITING;
      }
      *moved = true;
      if (done == threads) return ENDED;
      if (ballots > 0) {
        if (!shim_ballots(threads)) return STUCK;
        continue;
      }
      if (done > 0) return STUCK;
      for (unsigned k = 0; k < threads; k += 1) shim_fibres[k]->state = READY;
      continue;
    }
    shim_shuffle(shim_ready, waiting, random);
    turns += waiting;
    for (unsigned k = 0; k < waiting; k += 1) shim_resume(shim_ready[k]);
  }
}

static const char *shim_stuck(unsigned block, const char *whom)
{
  snprintf(shim_error, sizeof shim_error, "threads of block %u wait for %s that do not come", block, whom);
  return shim_error;
}

/* Lets blocks take turns, in another order each time, until all have ended. */
static const char *shim_run_together(unsigned blocks, unsigned threads, uint64_t *random)
{
  const size_t bytes = (size_t)(__stop_shim_shared - __start_shim_shared);
  char *shared = (char *)calloc(blocks, bytes + 1);
  const char *error = nullptr;
  unsigned left = blocks;
  while (left > 0 && error == nullptr) {
    bool moved = false;
    shim_shuffle(shim_order, left, random);
    for (unsigned k = 0, count = left; k < count && error == nullptr; k += 1) {
      const unsigned block = shim_order[k];
      blockIdx = {block, 0, 0};
      shim_fibres = shim_all + block * threads;
      memcpy(__start_shim_shared, shared + block * bytes, bytes);
      const shim_end end = shim_run_block(threads, random, &moved);
      memcpy(shared + block * bytes, __start_shim_shared, bytes);
      if (end == STUCK) error = shim_stuck(block, "threads");
      if (end == ENDED) shim_order[k] = blocks;
    }
    if (error == nullptr && !moved) error = shim_stuck(shim_order[0], "blocks");
    unsigned kept = 0;
    for (unsigned k = 0; k < left; k += 1)
      if (shim_order[k] != blocks) shim_order[kept++] = shim_order[k];
    left = kept;
  }
  free(shared);
  return error;
}

/* Runs a kernel; an error's text, or NULL. */
static const char *shim_run(shim_work work, unsigned blocks, unsigned threads, uint64_t seed, bool cooperative = false)
{
  uint64_t random = seed * 2u + 1u;
  const unsigned most = cooperative ? blocks * threads : threads;
  shim_all = (shim_fibre **)realloc(shim_all, (shim_fibre_count + most) * sizeof *shim_all);
  while (shim_fibre_count < most) shim_all[shim_fibre_count++] = new shim_fibre;
  for (unsigned k = 0; k < most; k += 1) shim_all[k]->state = DONE;
  shim_fibres = shim_all;
  shim_ready = (unsigned *)realloc(shim_ready, threads * sizeof *shim_ready);
  shim_order = (unsigned *)realloc(shim_order, blocks * sizeof *shim_order);
  shim_now = work;
  blockDim = {threads, 1, 1};
  gridDim = {blocks, 1, 1};
  for (unsigned k = 0; k < blocks; k += 1) shim_order[k] = k;
  if (cooperative) return shim_run_together(blocks, threads, &random);
  shim_shuffle(shim_order, blocks, &random);
  for (unsigned k = 0; k < blocks; k += 1) {
    blockIdx = {shim_order[k], 0, 0};
    bool moved = false;
    const shim_end end = shim_run_block(threads, &random, &moved);
    if (end != ENDED) return shim_stuck(shim_order[k], end == STUCK ? "threads" : "blocks");
  }
  return nullptr;
}

static inline void shim_release()
{
  for (; shim_fibre_count > 0; shim_fibre_count -= 1) {
    free(shim_all[shim_fibre_count - 1]->stack);
    delete shim_all[shim_fibre_count - 1];
  }
  free(shim_all);
  free(shim_ready);
  free(shim_order);
}

/* --- What a host calls -------------------------------------------------------------------------------------------- */

struct shim_arguments {
  unsigned char *arena;
  int step;
  void *const *own;
};

template <class... Own, size_t... K>
static void shim_call(void (*kernel)(unsigned char *, int, Own...), const shim_arguments &a, std::index_sequence<K...>)
{
  kernel(a.arena, a.step, (Own)a.own[K]...);
}

template <class... Own> static void shim_call(void (*kernel)(unsigned char *, int, Own...), const shim_arguments &a)
{
  shim_call(kernel, a, std::index_sequence_for<Own...>{});
}

extern "C" {
uint64_t shim_allocate(uint64_t bytes) { return (uint64_t)(uintptr_t)calloc(bytes, 1); }
void shim_free(uint64_t memory) { free((void *)(uintptr_t)memory); }
void shim_read(uint64_t memory, uint64_t offset, uint64_t bytes, void *to) { memcpy(to, (char *)(uintptr_t)memory + offset, bytes); }
void shim_write(uint64_t memory, uint64_t offset, uint64_t bytes, const void *from) { memcpy((char *)(uintptr_t)memory + offset, from, bytes); }
void shim_fill(uint64_t memory, uint64_t offset, uint64_t bytes, const void *pattern, uint64_t length)
{
  for (uint64_t k = 0; k < bytes; k += length) memcpy((char *)(uintptr_t)memory + offset + k, pattern, length);
}
}
