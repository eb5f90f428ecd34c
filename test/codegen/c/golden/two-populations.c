/* two populations */

#if defined(__linux__) && !defined(_GNU_SOURCE)
#define _GNU_SOURCE
#endif

#include "network.h"

#include <float.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#ifdef __linux__
#include <sys/mman.h>
#endif
#ifdef _OPENMP
#include <omp.h>
#ifndef _WIN32
#include <sched.h>
#endif
#endif

/* Results are the same to the bit on every machine; the following compiler options would change them. */
#ifdef __FAST_MATH__
#error "compile without -ffast-math and -Ofast"
#endif
#if FLT_EVAL_METHOD != 0
#error "floating point must be evaluated in its own precision; on 32-bit x86 compile with -msse2 -mfpmath=sse"
#endif

/* Speeds of teams of threads: team 0 has all threads, each other half as many as the previous one, and the last a single thread. The team affects
   no bit, but the time: threads that wait for each other in every step can be slower than a single one. */
struct pace {
  /* Threads of the largest team. */
  uint32_t threads;
  /* Nanoseconds of a step as they were measured last; 0 before. */
  int64_t step_time[32];
  /* The team on trial besides the fastest, the number of steps of its next piece, and nanoseconds spent on it; no steps: there is no trial. */
  uint32_t tried;
  int32_t trial_steps;
  int64_t trial_time;
  /* Nanoseconds since the last trial, and after how many the next one begins. */
  int64_t since, interval;
  bool larger;
};

/* A piece of memory: `mapped` bytes from the system, or, without any, what calloc returned. */
struct memory {
  char *raw;
  size_t mapped;
};

struct network {
  int32_t step;
  /* Step of the last fault, as threads agree on when to stop. */
  int32_t fault_step;
  uint32_t distrust;
  uint32_t lacking;
  uint64_t lacking_length;
  uint64_t length[NETWORK_BUFFERS + 1];
  /* Memory to give back: the arena of all buffers of known length, then the buffers that were allocated later. */
  struct memory arena;
  struct memory allocated[NETWORK_BUFFERS + 1];
  /* Mapped memory of buffers that building has released; the least address that was mapped. */
  struct memory spares[64];
  uint32_t spare_count;
  char *lowest;
  struct pace pace;
  /* Number of threads that have reached the barrier, and of completed barriers; on separate cache lines. */
  char apart_1[64];
  uint32_t present;
  char apart_2[64];
  uint32_t meetings;
  char apart_3[64];

  /* v: membrane potential, 1 */
  double *v;
  /* drive: growth of v in a step, 1 */
  double *drive;
  /* input: sum of weights that arrived */
  int32_t *input;
  /* mask: who spiked */
  uint32_t *mask;
  /* a.list */
  uint32_t *a_list;
  /* a.counts */
  uint32_t *a_counts;
  /* b.list */
  uint32_t *b_list;
  /* b.counts */
  uint32_t *b_counts;
  /* a.rows */
  uint32_t *a_rows;
  /* b.rows */
  uint32_t *b_rows;
  /* cursors */
  uint32_t *cursors;
  /* samples: v of b[0] */
  double *samples;
  /* b.total: spikes of each neuron of b so far */
  uint32_t *b_total;
  /* faults */
  uint32_t *faults;
  /* ab.segments: rows of 3 delays */
  uint32_t *ab_segments;
  /* ab.targets */
  uint8_t *ab_targets;
  /* ab.table */
  int8_t *ab_table;
  /* ab.count: number of synapses */
  uint32_t *ab_count;
  /* ab.weights */
  int32_t *ab_weights;
};

/* Offset of the pointer to a buffer in the network. Similar kernels share a function and a table; a row has the values of one of them. */
#define PLACE(buffer) (uint32_t)offsetof(struct network, buffer)

static inline void *pointer_at(const struct network *network, uint32_t place)
{
  void *data;
  memcpy(&data, (const char *)network + place, sizeof data);
  return data;
}

/* --- Helpers: operations made total ------------------------------------------------------------------------------- */

static inline int32_t i32_add(int32_t a, int32_t b) { return (int32_t)((uint32_t)a + (uint32_t)b); }

/* Bounds of a thread's share of `total` items. */
static inline uint32_t share(uint32_t total, uint32_t thread, uint32_t threads) { return (uint32_t)((uint64_t)total * thread / threads); }

/* The same in whole blocks of 64 items, so that threads write separate u32 values of masks. */
static inline uint32_t share_of_blocks(uint32_t total, uint32_t thread, uint32_t threads)
{
  if (thread >= threads) return total;
  const uint64_t blocks = ((uint64_t)total + 63u) / 64u;
  return (uint32_t)(blocks * thread / threads * 64u);
}

/* The same for the items from `begin` to `end`; blocks begin with u32 values of masks. */
static inline uint32_t share_between(uint32_t begin, uint32_t end, uint32_t thread, uint32_t threads)
{
  const uint32_t first = begin / 64u * 64u;
  return first + share_of_blocks(end - first, thread, threads);
}

/* Sets `result` to the first position in [first, last) with a target of at least `bound`. */
#define FIRST_AT_LEAST(targets, first, last, bound, result) \
  do { \
    uint32_t search_low = first, search_high = last; \
    while (search_low < search_high) { \
      const uint32_t search_middle = search_low + (search_high - search_low) / 2u; \
      if ((targets)[search_middle] < (bound)) search_low = search_middle + 1u; \
      else search_high = search_middle; \
    } \
    result = search_low; \
  } while (0)

/* A fact for the compiler, for example that indices do not wrap around, so that neighbours are loaded at once. */
#define CERTAINLY(condition) do { if (!(condition)) __builtin_unreachable(); } while (0)

/* Sets `count` bits of a mask, at most 64, from flags; bits beyond them keep their values. Flags are as wide as suits the loop that writes them. */
#define STORE_FLAGS(width) \
  static __attribute__((noinline, cold, unused)) void store_some_flags_##width(uint32_t *mask, const uint##width##_t *flags, uint32_t count) \
  { \
    uint64_t bits = 0u; \
    for (uint32_t k = 0u; k < count; k += 1u) bits |= (uint64_t)(flags[k] != 0u) << k; \
    for (uint32_t k = 0u; k < count; k += 32u) \
      mask[k / 32u] = (mask[k / 32u] & (count - k >= 32u ? 0u : ~0u << (count - k))) | (uint32_t)(bits >> k); \
  } \
  static inline void store_flags_##width(uint32_t *mask, const uint##width##_t *flags, uint##width##_t any, uint32_t count) \
  { \
    /* Usually none of 64 elements has an event. */ \
    if (any != 0u) store_some_flags_##width(mask, flags, count); \
    else for (uint32_t k = 0u; k < count; k += 32u) mask[k / 32u] &= count - k >= 32u ? 0u : ~0u << (count - k); \
  }
STORE_FLAGS(32)
STORE_FLAGS(64)

static inline void raise_fault(struct network *network, int32_t step, uint32_t bits)
{
  __atomic_fetch_or(&network->faults[0u], bits, __ATOMIC_RELAXED);
  __atomic_store_n(&network->fault_step, step, __ATOMIC_RELAXED);
}

/* --- Functions of the program ------------------------------------------------------------------------------------- */

/* x + y / 4 */
static inline double fn_advance(double x, double y)
{
  x = x + 0.25 * y;
  return x;
}

/* --- Kernels ------------------------------------------------------------------------------------------------------ */

/* counts the synapses */
static __attribute__((noinline)) void kernel_ab_size(struct network *network, int32_t step)
{
  const uint32_t *restrict const ab_segments = network->ab_segments;
  uint32_t *restrict const ab_count = network->ab_count;
  ab_count[0u] = ab_segments[9u];
}

/* weights of all synapses */
static __attribute__((noinline)) void kernel_ab_fill(struct network *network, int32_t step, uint32_t from, uint32_t to)
{
  const int8_t *restrict const ab_table = network->ab_table;
  int32_t *restrict const ab_weights = network->ab_weights;
  const uint32_t low = from;
  const uint32_t high = to;
  for (uint32_t index = low; index < high; index += 1u) {
    ab_weights[index] = (int32_t)ab_table[index];
  }
}

/* spikes of a reach b */
static __attribute__((noinline)) void kernel_ab_deliver(struct network *network, int32_t step, uint32_t thread,
    uint32_t threads)
{
  int32_t *restrict const input = network->input;
  const uint32_t *restrict const a_list = network->a_list;
  const uint32_t *restrict const a_counts = network->a_counts;
  const uint32_t *restrict const ab_segments = network->ab_segments;
  const uint8_t *restrict const ab_targets = network->ab_targets;
  const int32_t *restrict const ab_weights = network->ab_weights;
  const uint32_t target_low = share_of_blocks(2u, thread, threads);
  const uint32_t target_high = share_of_blocks(2u, thread + 1u, threads);
  int32_t delay = 3;
  uint32_t k = 0u;
  while (delay >= 1) {
    uint32_t due = 0u, due_low[64u], due_high[64u];
    while (due < 64u && delay >= 1) {
      const int32_t emission = step - delay;
      const uint32_t slot = (uint32_t)emission & 3u;
      if (emission < 0 || k >= a_counts[slot]) {
        delay -= 1;
        k = 0u;
        continue;
      }
      const uint32_t row = a_list[slot * 3u + k];
      k += 1u;
      due_low[due] = row * 3u + (uint32_t)(delay - 1);
      __builtin_prefetch(&ab_segments[due_low[due]]);
      due += 1u;
    }
    for (uint32_t due_item = 0u; due_item < due; due_item += 1u) {
      const uint32_t segment = due_low[due_item];
      const uint32_t low = ab_segments[segment], high = ab_segments[segment + 1u];
      __builtin_prefetch(&ab_targets[low]);
      for (uint32_t line = low; high - line > 64u; line += 64u) __builtin_prefetch(&ab_targets[line + 64u]);
      __builtin_prefetch(&ab_targets[high]);
      __builtin_prefetch(&ab_weights[low]);
      for (uint32_t line = low; high - line > 16u; line += 16u) __builtin_prefetch(&ab_weights[line + 16u]);
      __builtin_prefetch(&ab_weights[high]);
      due_low[due_item] = low;
      due_high[due_item] = high;
    }
    for (uint32_t due_item = 0u; due_item < due; due_item += 1u) {
      uint32_t low = due_low[due_item], high = due_high[due_item];
      if (thread != 0u) FIRST_AT_LEAST(ab_targets, low, high, target_low, low);
      if (thread + 1u != threads) FIRST_AT_LEAST(ab_targets, low, high, target_high, high);
      for (uint32_t position = low; position < high; position += 1u) {
        uint32_t target = (uint32_t)ab_targets[position];
        input[target + 64u] = i32_add(input[target + 64u], ab_weights[position]);
      }
    }
  }
}

static const uint32_t kernel_neurons_ranges[][2] = {{0u, 3u}, {64u, 66u}};
/* both populations: integrate, threshold, reset */
static __attribute__((flatten, noinline)) void kernel_neurons(struct network *network, int32_t step, uint32_t from,
    uint32_t to)
{
  double *restrict const v = network->v;
  const double *restrict const drive = network->drive;
  int32_t *restrict const input = network->input;
  uint32_t *restrict const mask = network->mask;
  for (uint32_t group = 0u; group < 2u; group += 1u) {
    const uint32_t begin = kernel_neurons_ranges[group][0], end = kernel_neurons_ranges[group][1];
    const uint32_t low = from < begin ? begin : from;
    const uint32_t high = to < end ? to : end;
    CERTAINLY(high <= INT32_MAX);
    uint32_t fault = 0u;
    for (uint32_t block = low; block < high; block += 64u) {
      const uint32_t stop = high - block < 64u ? high : block + 64u;
      uint64_t mask_flags[64], mask_any = 0u;
#pragma omp simd reduction(| : fault, mask_any)
      for (uint32_t index = block; index < stop; index += 1u) {
        /* v + drive + input / 4 */
        double next = fn_advance(v[index], (double)input[index]) + drive[index];
        bool spiked = next >= 1.0;
        v[index] = spiked ? 0.0 : next;
        input[index] = 0;
        const uint64_t mask_flag = spiked;
        mask_flags[index - block] = mask_flag;
        mask_any |= mask_flag;
        fault |= (uint32_t)(next > 100.0);
      }
      store_flags_64(&mask[block / 32u], mask_flags, mask_any, stop - block);
    }
    if (fault != 0u) raise_fault(network, step, 4u);
  }
}

struct kernel_compact_member {
  uint32_t size;
  uint32_t slot_mask;
  uint32_t list;
  uint32_t counts;
  uint32_t first_word;
  uint32_t rows;
  uint32_t cursor;
  uint32_t room;
};

static const struct kernel_compact_member kernel_compact_members[] = {
  /* a */ {3u, 3u, PLACE(a_list), PLACE(a_counts), 0u, PLACE(a_rows), 0u, 7u},
  /* b */ {2u, 0u, PLACE(b_list), PLACE(b_counts), 2u, PLACE(b_rows), 1u, 98u},
};

/* lists spikes of a and 1 more */
static __attribute__((noinline)) void kernel_compact(struct network *network,
    const struct kernel_compact_member *member, int32_t step)
{
  const uint32_t *restrict const mask = network->mask;
  uint32_t *restrict const cursors = network->cursors;
  const uint32_t size = member->size;
  const uint32_t slot_mask = member->slot_mask;
  uint32_t *restrict const list_2 = pointer_at(network, member->list);
  uint32_t *restrict const counts = pointer_at(network, member->counts);
  const uint32_t first_word = member->first_word;
  uint32_t *restrict const rows = pointer_at(network, member->rows);
  const uint32_t cursor = member->cursor;
  const uint32_t words = (size + 31u) / 32u;
  const uint32_t slot = (uint32_t)step & slot_mask;
  uint32_t count = 0u;
  uint32_t log_row = cursors[cursor];
  for (uint32_t word = 0u; word < words; word += 2u) {
    uint64_t bits = word + 1u < words ? mask[first_word + word] | (uint64_t)mask[first_word + word + 1u] << 32 :
        mask[first_word + word];
    if (size - word * 32u < 64u) bits &= ((uint64_t)1 << (size - word * 32u)) - 1u;
    while (bits != 0u) {
      const uint32_t element = word * 32u + (uint32_t)__builtin_ctzll(bits);
      list_2[slot * size + count] = element;
      count += 1u;
      rows[2u * log_row] = (uint32_t)step;
      rows[2u * log_row + 1u] = element;
      log_row += 1u;
      bits &= bits - 1u;
    }
  }
  counts[slot] = count;
  cursors[cursor] = log_row;
}

/* counts spikes of b */
static __attribute__((noinline)) void kernel_b_count(struct network *network, int32_t step, uint32_t thread,
    uint32_t threads)
{
  const uint32_t *restrict const b_list = network->b_list;
  const uint32_t *restrict const b_counts = network->b_counts;
  uint32_t *restrict const b_total = network->b_total;
  const uint32_t slot = 0u;
  const uint32_t count = b_counts[slot];
  const uint32_t high = share(count, thread + 1u, threads);
  for (uint32_t k = share(count, thread, threads); k < high; k += 1u) {
    const uint32_t index = b_list[slot * 2u + k];
    b_total[index] = b_total[index] + 1u;
  }
}

/* v of b[0] */
static __attribute__((noinline)) void kernel_sample(struct network *network, int32_t step)
{
  const double *restrict const v = network->v;
  uint32_t *restrict const cursors = network->cursors;
  double *restrict const samples = network->samples;
  uint32_t logRow = cursors[2u];
  samples[logRow] = v[64u];
  cursors[2u] = logRow + 1u;
}

/* v of all to zero */
static __attribute__((noinline)) void kernel_clear(struct network *network, int32_t step, uint32_t from, uint32_t to)
{
  double *restrict const v = network->v;
  const uint32_t low = from;
  const uint32_t high = to;
  CERTAINLY(high <= INT32_MAX);
  for (uint32_t index = low; index < high; index += 1u) {
    v[index] = 0.0;
  }
}

/* a fault in step 30 */
static __attribute__((noinline)) void kernel_watch(struct network *network, int32_t step)
{
  if (step == 30) {
    raise_fault(network, step, 1u);
  }
}

/* --- Barriers of threads ------------------------------------------------------------------------------------------- */

#ifdef _OPENMP
static inline void pause_briefly(void)
{
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

/* Yields the processor to the threads waited for: first for those computing elsewhere, which takes little time, then for those waiting for this
   processor, and at last for those suspended for long. */
static __attribute__((noinline, cold)) void wait_for_others(const uint32_t *meetings, uint32_t meeting)
{
  for (uint32_t polls = 0u; __atomic_load_n(meetings, __ATOMIC_ACQUIRE) == meeting; polls += 1u) {
    if (polls < 2000u) pause_briefly();
#ifndef _WIN32
    else if (polls < 2100u) sched_yield();
    else nanosleep(&(struct timespec){0, 50000}, NULL);
#endif
  }
}
#endif

/* Returns when all threads have called it. OpenMP's own barriers may spin for long, so that threads would block each other if there are fewer
   processors than threads. */
static inline void meet(struct network *network, uint32_t threads)
{
  (void)network, (void)threads;
#ifdef _OPENMP
  if (threads == 1u) return;
  const uint32_t meeting = __atomic_load_n(&network->meetings, __ATOMIC_RELAXED);
  if (__atomic_add_fetch(&network->present, 1u, __ATOMIC_ACQ_REL) == threads) {
    __atomic_store_n(&network->present, 0u, __ATOMIC_RELAXED);
    __atomic_store_n(&network->meetings, meeting + 1u, __ATOMIC_RELEASE);
  } else wait_for_others(&network->meetings, meeting);
#endif
}

/* --- Schedule ----------------------------------------------------------------------------------------------------- */

/* One step; all threads run it together. */
static inline void run_step(struct network *network, int32_t step, uint32_t thread, uint32_t threads)
{
  (void)network, (void)step, (void)thread, (void)threads;
  /* synapses */
  kernel_ab_deliver(network, step, thread, threads);
  /* thresholds */
  meet(network, threads);
  kernel_neurons(network, step, share_of_blocks(66u, thread, threads), share_of_blocks(66u, thread + 1u, threads));
  meet(network, threads);
  for (uint32_t turn = 0u; turn < 2u; turn += 1u) {
    if (thread == 0u) kernel_compact(network, &kernel_compact_members[turn], step);
  }
  meet(network, threads);
  kernel_b_count(network, step, thread, threads);
  /* end */
  if (step >= 2 && (step - 2) % 4 == 0) {
    if (thread == 0u) kernel_sample(network, step);
  }
  if (thread == 0u) kernel_watch(network, step);
}

/* The actions of initialisation and procedures, in order: a kernel, or some of the allocations. */
struct action {
  uint32_t call, ordinal, count;
};

#define ALLOCATE UINT32_MAX

static const struct action actions[] = {
  /* --- initialise */
  /* ab.size */ {0u, 0u, 0u},
  /* allocate ab.weights */ {ALLOCATE, 0u, 1u},
  /* ab.fill */ {1u, 0u, 0u},
  /* --- clear */
  /* clear */ {2u, 0u, 0u},
  {ALLOCATE, 0u, 0u},
};

static const uint32_t action_counts[NETWORK_LISTS] = { 3u, 1u }, first_actions[NETWORK_LISTS] = { 0u, 3u };

uint32_t network_actions(uint32_t list) { return list < NETWORK_LISTS ? action_counts[list] : 0u; }

static const struct action *action_of(uint32_t list, uint32_t ordinal)
{
  return ordinal < network_actions(list) ? &actions[first_actions[list] + ordinal] : NULL;
}

static void perform(struct network *network, const struct action *action, uint32_t thread, uint32_t threads)
{
  const int32_t step = network->step;
  (void)step, (void)thread, (void)threads;
  switch (action->call) {
    case 0u: {
      if (thread == 0u) kernel_ab_size(network, step);
      break;
    }
    case 1u: {
      kernel_ab_fill(network, step, share_of_blocks(network->ab_count[0u], thread, threads),
          share_of_blocks(network->ab_count[0u], thread + 1u, threads));
      break;
    }
    case 2u: {
      kernel_clear(network, step, share_of_blocks(66u, thread, threads), share_of_blocks(66u, thread + 1u, threads));
      break;
    }
    default:
      break;
  }
}

static inline int32_t least(int32_t a, int32_t b) { return a < b ? a : b; }

/* Number of steps with certain room in a log. */
static inline int32_t room_of(uint32_t used, uint32_t capacity, uint32_t each_step)
{
  const uint32_t room = used > capacity ? 0u : (capacity - used) / each_step;
  return room > INT32_MAX ? INT32_MAX : (int32_t)room;
}

/* Records that must have room for a step: the counter of their rows, their largest number, and the most that a step may add. */
struct log {
  uint32_t cursor, index, capacity, each_step;
};

static const struct log logs[] = {
  /* a */ {PLACE(cursors), 0u, 10u, 3u},
  /* b */ {PLACE(cursors), 1u, 100u, 2u},
  /* v */ {PLACE(cursors), 2u, 20u, 1u},
  {0u, 0u, 0u, 0u},
};

static int32_t steps_with_room(const struct network *network, int32_t steps)
{
  for (const struct log *log = logs; log->each_step != 0u; log += 1)
    steps = least(steps, room_of(((const uint32_t *)pointer_at(network, log->cursor))[log->index], log->capacity, log->each_step));
  return steps;
}

/* --- Memory ------------------------------------------------------------------------------------------------------- */

struct buffer {
  size_t place;
  uint32_t bytes;
  uint64_t length;
  uint64_t fill;
};

static const struct buffer buffers[NETWORK_BUFFERS + 1] = {
  {offsetof(struct network, v), 8u, 66u, 0x0u},
  {offsetof(struct network, drive), 8u, 66u, 0x0u},
  {offsetof(struct network, input), 4u, 66u, 0x0u},
  {offsetof(struct network, mask), 4u, 4u, 0x0u},
  {offsetof(struct network, a_list), 4u, 12u, 0x0u},
  {offsetof(struct network, a_counts), 4u, 4u, 0x0u},
  {offsetof(struct network, b_list), 4u, 2u, 0x0u},
  {offsetof(struct network, b_counts), 4u, 1u, 0x0u},
  {offsetof(struct network, a_rows), 4u, 20u, 0x0u},
  {offsetof(struct network, b_rows), 4u, 200u, 0x0u},
  {offsetof(struct network, cursors), 4u, 3u, 0x0u},
  {offsetof(struct network, samples), 8u, 20u, 0x0u},
  {offsetof(struct network, b_total), 4u, 2u, 0x0u},
  {offsetof(struct network, faults), 4u, 1u, 0x0u},
  {offsetof(struct network, ab_segments), 4u, 10u, 0x0u},
  {offsetof(struct network, ab_targets), 1u, 5u, 0x0u},
  {offsetof(struct network, ab_table), 1u, 5u, 0x0u},
  {offsetof(struct network, ab_count), 4u, 1u, 0x0u},
  {offsetof(struct network, ab_weights), 4u, 0u, 0x0u},
  {0, 0, 0, 0},
};

static char *data_of(const struct network *network, uint32_t buffer)
{
  char *data;
  memcpy(&data, (const char *)network + buffers[buffer].place, sizeof data);
  return data;
}

static void place(struct network *network, uint32_t buffer, char *data, uint64_t length)
{
  memcpy((char *)network + buffers[buffer].place, &data, sizeof data);
  network->length[buffer] = length;
  const uint64_t fill = buffers[buffer].fill;
  if (fill == 0u) return;
  for (uint64_t k = 0u; k < length; k += 1u) {
    switch (buffers[buffer].bytes) {
      case 1: ((uint8_t *)data)[k] = (uint8_t)fill; break;
      case 2: ((uint16_t *)data)[k] = (uint16_t)fill; break;
      case 4: ((uint32_t *)data)[k] = (uint32_t)fill; break;
      default: ((uint64_t *)data)[k] = fill; break;
    }
  }
}

static const size_t line = 64, large_page = (size_t)1 << 21;

#if defined(__linux__) && defined(MADV_HUGEPAGE)
/* The smallest spare piece with enough memory, cut to it and zeroed. The system takes several times as long for new pages. */
static char *from_spares(struct network *network, size_t bytes)
{
  struct memory *best = NULL;
  for (uint32_t k = 0u; k < network->spare_count; k += 1u) {
    struct memory *one = &network->spares[k];
    if (one->mapped >= bytes && (best == NULL || one->mapped < best->mapped)) best = one;
  }
  if (best == NULL) return NULL;
  char *found = best->raw;
  best->raw += bytes;
  best->mapped -= bytes;
  if (best->mapped == 0u) *best = network->spares[network->spare_count -= 1u];
  return memset(found, 0, bytes);
}

/* New large pages, if possible right below the last ones, so that released neighbours become one piece. */
static char *new_pages(struct network *network, size_t bytes)
{
  const int access = PROT_READ | PROT_WRITE, kind = MAP_PRIVATE | MAP_ANONYMOUS;
  char *at = mmap((void *)((uintptr_t)network->lowest - (network->lowest == NULL ? 0u : bytes)), bytes, access, kind, -1, 0);
  if (at == MAP_FAILED) return NULL;
  const size_t beyond = (uintptr_t)at % large_page;
  if (beyond != 0u) {
    munmap(at, bytes);
    char *raw = mmap(NULL, bytes + large_page, access, kind, -1, 0);
    if (raw == MAP_FAILED) return NULL;
    const size_t before = (large_page - (uintptr_t)raw % large_page) % large_page;
    at = raw + before;
    if (before > 0u) munmap(raw, before);
    if (before < large_page) munmap(at + bytes, large_page - before);
  }
  network->lowest = at;
  madvise(at, bytes, MADV_HUGEPAGE);
  return at;
}

static void discard_spares(struct network *network)
{
  for (uint32_t k = 0u; k < network->spare_count; k += 1u) munmap(network->spares[k].raw, network->spares[k].mapped);
  network->spare_count = 0u;
}

/* Keeps a piece with its neighbours. */
static void keep_spare(struct network *network, struct memory piece)
{
  for (uint32_t k = 0u; k < network->spare_count;) {
    const struct memory other = network->spares[k];
    const bool follows = other.raw + other.mapped == piece.raw;
    if (!follows && piece.raw + piece.mapped != other.raw) {
      k += 1u;
      continue;
    }
    if (follows) piece.raw = other.raw;
    piece.mapped += other.mapped;
    network->spares[k] = network->spares[network->spare_count -= 1u];
    k = 0u;
  }
  if (network->spare_count == sizeof network->spares / sizeof network->spares[0]) discard_spares(network);
  network->spares[network->spare_count++] = piece;
}
#else
static void discard_spares(struct network *network) { (void)network; }
#endif

static void give_back(struct network *network, struct memory piece)
{
#if defined(__linux__) && defined(MADV_HUGEPAGE)
  if (piece.mapped > 0u) {
    keep_spare(network, piece);
    return;
  }
#endif
  (void)network;
  free(piece.raw);
}

/* Zeroed memory; large pieces use large pages if available, since spikes access them at random. */
static char *zeroed(struct network *network, size_t bytes, struct memory *piece)
{
  *piece = (struct memory){NULL, 0u};
  if (bytes > SIZE_MAX - 2u * large_page) return NULL;
#if defined(__linux__) && defined(MADV_HUGEPAGE)
  if (bytes >= 4u * large_page) {
    const size_t whole = (bytes + large_page - 1u) / large_page * large_page;
    char *found = from_spares(network, whole);
    if (found == NULL) found = new_pages(network, whole);
    if (found != NULL) *piece = (struct memory){found, whole};
    return found;
  }
#endif
  (void)network;
  piece->raw = calloc(bytes + line, 1);
  return piece->raw == NULL ? NULL : piece->raw + (line - (uintptr_t)piece->raw % line) % line;
}

static inline bool allocate(struct network *network, uint32_t buffer, uint64_t length)
{
  give_back(network, network->allocated[buffer]);
  network->allocated[buffer] = (struct memory){NULL, 0u};
  network->length[buffer] = 0u;
  char *data = length > (SIZE_MAX - line) / buffers[buffer].bytes ? NULL : zeroed(network, length * buffers[buffer].bytes + line, &network->allocated[buffer]);
  if (data == NULL) {
    network->lacking = buffer;
    network->lacking_length = length;
    return false;
  }
  place(network, buffer, data, length);
  return true;
}

/* Buffers with lengths set by initialisation or a procedure: the buffer and index of the length, or no buffer and the length itself. */
struct allocation {
  uint32_t buffer, cell;
  uint64_t length;
};

static const struct allocation allocations[] = {
  /* ab.weights */ {18u, PLACE(ab_count), 0u},
  {0u, 0u, 0u},
};

static bool allocate_all(struct network *network, const struct action *action)
{
  if (action->call != ALLOCATE) return true;
  for (uint32_t k = 0u; k < action->count; k += 1u) {
    const struct allocation *one = &allocations[action->ordinal + k];
    const uint64_t length = one->cell == 0u ? one->length : ((const uint32_t *)pointer_at(network, one->cell))[one->length];
    if (!allocate(network, one->buffer, length)) return false;
  }
  return true;
}

/* Offset of a buffer of known length after `end`. Neighbours begin at different lines of a page, or they would contend for the same lines of a
   cache. */
static size_t place_after(size_t end, uint32_t buffer)
{
  const size_t wanted = (size_t)(buffer % 61u) * line;
  end = (end + line - 1u) / line * line;
  return end + (wanted + 4096u - end % 4096u) % 4096u;
}

static bool is_fixed(uint32_t buffer) { return buffers[buffer].length != 0u; }

struct network *network_create(void)
{
  struct network *network = calloc(1, sizeof *network);
  if (network == NULL) return NULL;
  size_t end = 0u;
  for (uint32_t k = 0u; k < NETWORK_BUFFERS; k += 1u)
    if (is_fixed(k)) end = place_after(end, k) + buffers[k].length * buffers[k].bytes;
  char *arena = zeroed(network, end + line, &network->arena);
  if (arena == NULL) {
    free(network);
    return NULL;
  }
  end = 0u;
  for (uint32_t k = 0u; k < NETWORK_BUFFERS; k += 1u) {
    if (!is_fixed(k)) continue;
    const size_t begin = place_after(end, k);
    place(network, k, arena + begin, buffers[k].length);
    end = begin + buffers[k].length * buffers[k].bytes;
  }
  return network;
}

void network_destroy(struct network *network)
{
  if (network == NULL) return;
  for (uint32_t k = 0u; k < NETWORK_BUFFERS; k += 1u) give_back(network, network->allocated[k]);
  give_back(network, network->arena);
  discard_spares(network);
  free(network);
}

uint64_t network_length(const struct network *network, uint32_t buffer) { return network->length[buffer]; }

void network_read(const struct network *network, uint32_t buffer, uint64_t offset, uint64_t length, void *to)
{
  const uint32_t bytes = buffers[buffer].bytes;
  if (length != 0u) memcpy(to, data_of(network, buffer) + offset * bytes, length * bytes);
}

void network_write(struct network *network, uint32_t buffer, uint64_t offset, uint64_t length, const void *from)
{
  const uint32_t bytes = buffers[buffer].bytes;
  if (length != 0u) memcpy(data_of(network, buffer) + offset * bytes, from, length * bytes);
}

int32_t network_step(const struct network *network) { return network->step; }
void network_set_step(struct network *network, int32_t step) { network->step = step; }
uint32_t network_faults(const struct network *network) { return (void)network, network->faults[0u]; }
uint32_t network_distrust(const struct network *network) { return network->distrust; }

uint32_t network_lacking(const struct network *network, uint64_t *length)
{
  *length = network->lacking_length;
  return network->lacking;
}

/* --- Threads ------------------------------------------------------------------------------------------------------ */

/* The processor's floating point mode: rounding to nearest, denormal numbers kept, no traps. Another library may have changed it. */
#if defined(__x86_64__) || defined(__SSE2__)
typedef uint32_t float_mode;
static inline float_mode set_float_mode(void)
{
  const float_mode old = __builtin_ia32_stmxcsr();
  __builtin_ia32_ldmxcsr(0x1f80u);
  return old;
}
static inline void restore_float_mode(float_mode old) { __builtin_ia32_ldmxcsr(old); }
#elif defined(__aarch64__)
typedef uint64_t float_mode;
static inline float_mode set_float_mode(void)
{
  float_mode old;
  __asm__ volatile("mrs %0, fpcr" : "=r"(old));
  __asm__ volatile("msr fpcr, %0" : : "r"((float_mode)0));
  return old;
}
static inline void restore_float_mode(float_mode old) { __asm__ volatile("msr fpcr, %0" : : "r"(old)); }
#else
typedef int float_mode;
static inline float_mode set_float_mode(void) { return 0; }
static inline void restore_float_mode(float_mode old) { (void)old; }
#endif

static inline uint64_t u64_bits(double x)
{
  uint64_t bits;
  memcpy(&bits, &x, sizeof bits);
  return bits;
}

static inline int32_t trust_i32(double x) { return x >= 2147483647.0 ? 2147483647 : (int32_t)x; }

/* Arithmetic of known bits. */
static __attribute__((noinline)) uint32_t trust(void)
{
  uint32_t failed = 0u;
  /* multiplication and addition are contracted? */
  { const volatile double of[] = {1.0000000009313226, 0.9999999990686774, 1.0};
    const double x[] = {of[0], of[1], of[2]};
    if (u64_bits(x[0] * x[1] - x[2]) != 0u) failed |= 1u << 0; }
  /* multiplication and addition are contracted in single precision? */
  { const volatile double of[] = {1.000030517578125, 0.999969482421875, 1.0};
    const double x[] = {of[0], of[1], of[2]};
    if (u64_bits((float)x[0] * (float)x[1] - (float)x[2]) != 0u) failed |= 1u << 1; }
  /* sums are re-associated? */
  { const volatile double of[] = {1.0, 5.551115123125783e-17};
    const double x[] = {of[0], of[1]};
    if (u64_bits(x[0] + x[1] - x[0]) != 0u) failed |= 1u << 2; }
  /* NaN is taken for a number? */
  { const volatile double of[] = {0.0, 0.0};
    const double x[] = {of[0], of[1]};
    if ((x[0] / x[1] != x[0] / x[1] ? 1u : 0u) != 1u) failed |= 1u << 3; }
  /* division is not correctly rounded? */
  { const volatile double of[] = {1.0, 49.0};
    const double x[] = {of[0], of[1]};
    if (u64_bits(x[0] / x[1]) != 0x3f94e5e0a72f0539u) failed |= 1u << 4; }
  /* division is not correctly rounded in single precision? */
  { const volatile double of[] = {5.0, 3.0};
    const double x[] = {of[0], of[1]};
    if (u64_bits((float)x[0] / (float)x[1]) != 0x3ffaaaaaa0000000u) failed |= 1u << 5; }
  /* square root is not correctly rounded? */
  { const volatile double of[] = {2.0};
    const double x[] = {of[0]};
    if (u64_bits(__builtin_sqrt(x[0])) != 0x3ff6a09e667f3bcdu) failed |= 1u << 6; }
  /* square root is not correctly rounded in single precision? */
  { const volatile double of[] = {2.0};
    const double x[] = {of[0]};
    if (u64_bits(__builtin_sqrtf((float)x[0])) != 0x3ff6a09e60000000u) failed |= 1u << 7; }
  /* denormal numbers are flushed to zero? */
  { const volatile double of[] = {1e-310, 0.5};
    const double x[] = {of[0], of[1]};
    if (u64_bits(x[0] * x[1]) != 0x093445b87316u) failed |= 1u << 8; }
  /* denormal numbers are flushed to zero in single precision? */
  { const volatile double of[] = {7.346839692639297e-40, 7.346839692639297e-40};
    const double x[] = {of[0], of[1]};
    if (u64_bits((float)x[0] + (float)x[1]) != 0x37e0000000000000u) failed |= 1u << 9; }
  /* rounding is not to nearest, ties to even? */
  { const volatile double of[] = {1.0, 3.3306690738754696e-16};
    const double x[] = {of[0], of[1]};
    if (u64_bits(x[0] + x[1]) != 0x3ff0000000000002u) failed |= 1u << 10; }
  /* rounding is not to nearest, ties to even? */
  { const volatile double of[] = {-1.0, -5.551115123125783e-17};
    const double x[] = {of[0], of[1]};
    if (u64_bits(x[0] + x[1]) != 0xbff0000000000000u) failed |= 1u << 11; }
  /* conversion to integers does not saturate? */
  { const volatile double of[] = {1e+300};
    const double x[] = {of[0]};
    if ((uint64_t)(uint32_t)trust_i32(x[0]) != 0x7fffffffu) failed |= 1u << 12; }
  /* rounding to integers is not to even? */
  { const volatile double of[] = {2.5};
    const double x[] = {of[0]};
    if (u64_bits(__builtin_rint(x[0])) != 0x4000000000000000u) failed |= 1u << 13; }
  /* division is made of a reciprocal? */
  { const volatile double of[] = {5.0};
    const double x[] = {of[0]};
    if (u64_bits(x[0] / 3.0) != 0x3ffaaaaaaaaaaaabu) failed |= 1u << 14; }
  /* conversion to single precision is not correctly rounded? */
  { const volatile double of[] = {1.0000000596046448};
    const double x[] = {of[0]};
    if (u64_bits((float)x[0]) != 0x3ff0000000000000u) failed |= 1u << 15; }
  return failed;
}

uint32_t network_trust(void)
{
  const float_mode old = set_float_mode();
  const uint32_t failed = trust();
  restore_float_mode(old);
  return failed;
}

#ifdef _OPENMP
#define ON_THREADS _Pragma("omp parallel num_threads((int)threads)")
static inline uint32_t own_thread(void) { return (uint32_t)omp_get_thread_num(); }
static inline uint32_t team_size(void) { return (uint32_t)omp_get_num_threads(); }
uint32_t network_threads(void) { return (uint32_t)omp_get_thread_limit() < 256u ? (uint32_t)omp_get_thread_limit() : 256u; }
#else
#define ON_THREADS
static inline uint32_t own_thread(void) { return 0u; }
static inline uint32_t team_size(void) { return 1u; }
uint32_t network_threads(void) { return 1u; }
#endif

static void check_trust(struct network *network)
{
  const uint32_t failed = trust();
  if (failed != 0u) __atomic_fetch_or(&network->distrust, failed, __ATOMIC_RELAXED);
}

int32_t network_perform(struct network *network, uint32_t list, uint32_t ordinal, uint32_t threads)
{
  (void)threads;
  const struct action *action = action_of(list, ordinal);
  network->distrust = 0u;
  if (action == NULL) return 0;
  if (!allocate_all(network, action)) return NETWORK_NO_MEMORY;
  ON_THREADS
  {
    const float_mode old = set_float_mode();
    const uint32_t team = team_size();
    check_trust(network);
    meet(network, team);
    if (network->distrust == 0u) perform(network, action, own_thread(), team);
    restore_float_mode(old);
  }
  if (list != 0u || ordinal + 1u == network_actions(0u)) discard_spares(network);
  return network->distrust == 0u ? 0 : NETWORK_DISTRUST;
}

/* Nanoseconds of the clock on the wall. */
static int64_t nanoseconds_now(void)
{
  struct timespec now;
  timespec_get(&now, TIME_UTC);
  return (int64_t)now.tv_sec * 1000000000 + (int64_t)now.tv_nsec;
}

static inline int64_t lesser(int64_t a, int64_t b) { return a < b ? a : b; }
static inline int64_t greater(int64_t a, int64_t b) { return a > b ? a : b; }

static const int64_t millisecond = 1000000;

static uint32_t fastest_team(const struct pace *pace, uint32_t teams)
{
  uint32_t fastest = 0u;
  for (uint32_t team = 1u; team < teams; team += 1u)
    if (pace->step_time[team] < pace->step_time[fastest]) fastest = team;
  return fastest;
}

/* The team to compute next. Until each has been tried, the largest of the others; then the fastest, and now and then for a moment one of its
   neighbours, since the other programs of a machine come and go. */
static uint32_t next_team(struct pace *pace, uint32_t teams)
{
  if (pace->trial_steps > 0) return pace->tried;
  const uint32_t fastest = fastest_team(pace, teams);
  if (pace->step_time[fastest] != 0 && (teams == 1u || pace->since < pace->interval)) return fastest;
  pace->trial_steps = 1;
  pace->larger = fastest + 1u == teams || (fastest > 0u && !pace->larger);
  /* An untried team counts as the fastest. */
  pace->tried = pace->step_time[fastest] == 0 ? fastest : pace->larger ? fastest - 1u : fastest + 1u;
  return pace->tried;
}

/* How many steps a team computes before the clock is looked at again. */
static int32_t piece_of(const struct pace *pace, uint32_t team, uint32_t threads, int64_t left)
{
  if (pace->trial_steps > 0) return pace->trial_steps;
  /* If threads wait for each other, a step can suddenly take many times as long as before. */
  const int64_t time = lesser(left, (threads == 1u ? 25 : 5) * millisecond);
  return (int32_t)lesser(greater(time / pace->step_time[team], 1), INT32_MAX);
}

/* Records the duration of a piece. A trial has 1, 2, 4 … steps, until it has taken a millisecond. */
static void note_pace(struct pace *pace, uint32_t teams, uint32_t team, int32_t steps, int64_t time)
{
  pace->step_time[team] = greater(time / greater(steps, 1), 1);
  if (pace->trial_steps == 0) {
    pace->since += time;
    return;
  }
  pace->trial_time += time;
  if (pace->trial_time < millisecond && pace->trial_steps <= INT32_MAX / 2) {
    pace->trial_steps *= 2;
    return;
  }
  /* Trials become rarer each time they have no effect. */
  const int64_t longer = fastest_team(pace, teams) == team ? 0 : lesser(2 * pace->interval, 2000 * millisecond);
  pace->interval = greater(longer, 32 * greater(pace->trial_time, millisecond));
  pace->since = pace->trial_time = 0;
  pace->trial_steps = 0;
}

/* Computes at most the given number of steps on the given threads; returns the number of completed steps. */
static int32_t run_piece(struct network *network, int32_t piece, uint32_t threads)
{
  (void)threads;
  const int32_t first = network->step;
  network->fault_step = INT32_MAX;
  ON_THREADS
  {
    const float_mode old = set_float_mode();
    const uint32_t thread = own_thread(), team = team_size();
    check_trust(network);
    meet(network, team);
    if (network->distrust == 0u) {
      int32_t k = 0;
      bool running = true;
      while (running && k < piece) {
        run_step(network, first + k, thread, team);
        meet(network, team);
        /* A thread that is ahead can only have raised a fault in a later step. */
        running = __atomic_load_n(&network->fault_step, __ATOMIC_RELAXED) > first + k;
        k += 1;
      }
      if (thread == 0u) network->step = first + k;
    }
    restore_float_mode(old);
  }
  return network->step - first;
}

int32_t network_run(struct network *network, int32_t steps, uint32_t threads, uint32_t milliseconds)
{
  const int64_t limit = milliseconds == 0u ? INT64_MAX : milliseconds * millisecond;
  struct pace *pace = &network->pace;
  if (pace->threads != threads) *pace = (struct pace){.threads = threads};
  uint32_t teams = 1u;
#ifdef _OPENMP
  while (threads >> teams != 0u) teams += 1u;
#endif
  int64_t elapsed = 0;
  int32_t done = 0;
  network->distrust = 0u;
  for (;;) {
    const bool more = done < steps && elapsed < limit && network_faults(network) == 0u;
    const uint32_t team = more ? next_team(pace, teams) : 0u, size = threads >> team;
    int32_t piece = more ? least(piece_of(pace, team, size, limit - elapsed), steps_with_room(network, steps - done)) : 0;
    if (piece <= 0) break;
    const int64_t began = nanoseconds_now();
    const int32_t ran = run_piece(network, piece, size);
    if (network->distrust != 0u) return NETWORK_DISTRUST;
    /* The clock of the wall can be set back. */
    const int64_t time = greater(nanoseconds_now() - began, 0);
    note_pace(pace, teams, team, ran, time);
    elapsed += time;
    done += ran;
  }
  return done;
}
