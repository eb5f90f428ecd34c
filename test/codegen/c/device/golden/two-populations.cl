/* two populations */

/* Results are the same to the bit on every machine: no contraction, and true double precision. */
#pragma OPENCL EXTENSION cl_khr_fp64 : enable
#pragma OPENCL FP_CONTRACT OFF
#ifdef __FAST_RELAXED_MATH__
#error "compile without -cl-fast-relaxed-math"
#endif

/* Work-items of a group of independent items, a multiple of 32, and of a team that shares one item. The host sets both. */
#ifndef GROUP_SIZE
#define GROUP_SIZE 64
#endif
#ifndef TEAM_SIZE
#define TEAM_SIZE 1
#endif
/* Work-items that look through a mask together. */
#ifndef SCAN_SIZE
#define SCAN_SIZE TEAM_SIZE
#endif

static inline uint item_id(void) { return (uint)get_global_id(0); }
static inline uint items(void) { return (uint)get_global_size(0); }
static inline uint local_id(void) { return (uint)get_local_id(0); }
static inline uint group_id(void) { return (uint)get_group_id(0); }
static inline uint groups(void) { return (uint)get_num_groups(0); }
static inline uint local_items(void) { return (uint)get_local_size(0); }
static inline void sync_team(void) { barrier(CLK_LOCAL_MEM_FENCE); }
/* The same, and makes all stores visible to the team. */
static inline void share_stores(void) { barrier(CLK_LOCAL_MEM_FENCE | CLK_GLOBAL_MEM_FENCE); }

/* Which of the kernels that share an entry a launch is for. */
static inline uint member_of(__global const uchar *arena) { return ((__global const uint *)arena)[3]; }

/* Counts of trailing zeros; the width for zero. */
static inline uint ctz_u32(uint a) { return popcount((a & (0u - a)) - 1u); }
static inline ulong ctz_u64(ulong a) { return popcount((a & (0ul - a)) - 1ul); }

/* Sums of 64 bits are made of two halves and a carry on devices without atomics of that width. */
#if defined(cl_khr_int64_base_atomics) && !defined(WITHOUT_INT64_ATOMICS)
#pragma OPENCL EXTENSION cl_khr_int64_base_atomics : enable
#define INT64_ATOMICS
#endif

/* The host defines PRECISE_FLOATS, and the option -cl-fp32-correctly-rounded-divide-sqrt, for devices that have both operations correctly rounded.
   Quotients and roots of doubles, rounded once more, are the same: 53 bits are more than 2 * 24 + 1. */
#ifdef PRECISE_FLOATS
static inline float f32_div(float a, float b) { return a / b; }
static inline float f32_sqrt(float a) { return sqrt(a); }
#else
static inline float f32_div(float a, float b) { return (float)((double)a / (double)b); }
static inline float f32_sqrt(float a) { return (float)sqrt((double)a); }
#endif

/* --- Helpers: operations made total ------------------------------------------------------------------------------- */

static inline int i32_add(int a, int b) { return (int)((uint)a + (uint)b); }
static inline void i32_add_shared(volatile __global int *address, int value)
{
  atomic_add(address, value);
}

/* Bounds of a worker's share of `total` things. */
static inline uint share_of(uint total, uint worker, uint workers) { return (uint)((ulong)total * worker / workers); }

/* Sets `result` to the first position in [first, last) with a target of at least `bound`. */
#define FIRST_AT_LEAST(targets, first, last, bound, result) \
  do { \
    uint search_low = first, search_high = last; \
    while (search_low < search_high) { \
      const uint search_middle = search_low + (search_high - search_low) / 2u; \
      if ((targets)[search_middle] < (bound)) search_low = search_middle + 1u; \
      else search_high = search_middle; \
    } \
    result = search_low; \
  } while (0)

/* Sets the bit of each item of a group before `end`; the first of 32 writes their u32 and keeps its other bits. */
static inline void store_flags(__global uint *mask, __local uchar *flags, bool flag, uint index, uint end)
{
  flags[local_id()] = flag ? 1 : 0;
  barrier(CLK_LOCAL_MEM_FENCE);
  if (local_id() % 32u == 0u && index < end) {
    uint bits = 0u;
    for (uint k = 0u; k < 32u; k += 1u) bits |= (uint)flags[local_id() + k] << k;
    const uint count = end - index;
    mask[index / 32u] = count >= 32u ? bits : (mask[index / 32u] & ~0u << count) | bits;
  }
}

/* The sum of the values of all preceding work-items of a group; `sums` has the prefix sums. Earlier reads of any work-item precede later writes of
   others. */
static inline uint sum_before(__local uint *sums, uint own)
{
  sums[local_id()] = own;
  barrier(CLK_LOCAL_MEM_FENCE | CLK_GLOBAL_MEM_FENCE);
  for (uint distance = 1u; distance < local_items(); distance *= 2u) {
    const uint other = local_id() >= distance ? sums[local_id() - distance] : 0u;
    barrier(CLK_LOCAL_MEM_FENCE);
    sums[local_id()] += other;
    barrier(CLK_LOCAL_MEM_FENCE);
  }
  return sums[local_id()] - own;
}

/* The most that a work-item of the team has. */
static inline uint most_of_team(__local uint *sums, uint own)
{
#if TEAM_SIZE > 1
  sums[local_id()] = own;
  barrier(CLK_LOCAL_MEM_FENCE);
  for (uint other = 0u; other < TEAM_SIZE; other += 1u) own = sums[other] > own ? sums[other] : own;
  barrier(CLK_LOCAL_MEM_FENCE);
#endif
  return own;
}

/* An item outside every kernel: a work-item with this number has no effect. */
#define no_item 0x7fffffffu

/* The arena begins with one u32 for even and one for odd steps: the step of the last fault so far, or 0x7fffffff. The kernels of later steps only
   pass it on, so that many steps can be launched ahead. No launch writes the u32 that it reads. */
static inline void raise_fault(__global uchar *arena, __global uint *faults, int step, uint bits)
{
  atomic_or((volatile __global uint *)faults, bits);
  atomic_min((volatile __global int *)arena + (step & 1), step);
}

static inline bool is_stopped(__global uchar *arena, int step)
{
  __global int *last = (__global int *)arena;
  if (last[(step + 1) & 1] >= step) return false;
  if (item_id() == 0u) last[step & 1] = last[(step + 1) & 1];
  return true;
}

/* --- Trust: arithmetic of known bits, which the host runs before anything else ------------------------------------------ */

static inline ulong u64_bits(double x) { return as_ulong(x); }
static inline int trust_i32(double x) { return x >= 2147483647.0 ? 2147483647 : (int)x; }

__kernel void trust(__global const double *all, volatile __global uint *failures)
{
  uint failed = 0u;
  /* multiplication and addition are contracted? */
  { __global const double * x = all + 0; if (u64_bits(x[0] * x[1] - x[2]) != 0u) failed |= 1u << 0; }
  /* multiplication and addition are contracted in single precision? */
  { __global const double * x = all + 3; if (u64_bits((float)x[0] * (float)x[1] - (float)x[2]) != 0u) failed |= 1u << 1;
      }
  /* sums are re-associated? */
  { __global const double * x = all + 6; if (u64_bits(x[0] + x[1] - x[0]) != 0u) failed |= 1u << 2; }
  /* NaN is taken for a number? */
  { __global const double * x = all + 8; if ((x[0] / x[1] != x[0] / x[1] ? 1u : 0u) != 1u) failed |= 1u << 3; }
  /* division is not correctly rounded? */
  { __global const double * x = all + 10; if (u64_bits(x[0] / x[1]) != 0x3f94e5e0a72f0539u) failed |= 1u << 4; }
  /* division is not correctly rounded in single precision? */
  { __global const double * x = all + 12; if (u64_bits(f32_div((float)x[0],
      (float)x[1])) != 0x3ffaaaaaa0000000u) failed |= 1u << 5; }
  /* square root is not correctly rounded? */
  { __global const double * x = all + 14; if (u64_bits(sqrt(x[0])) != 0x3ff6a09e667f3bcdu) failed |= 1u << 6; }
  /* square root is not correctly rounded in single precision? */
  { __global const double * x = all + 15; if (u64_bits(f32_sqrt((float)x[0])) != 0x3ff6a09e60000000u) failed |= 1u << 7;
      }
  /* denormal numbers are flushed to zero? */
  { __global const double * x = all + 16; if (u64_bits(x[0] * x[1]) != 0x093445b87316u) failed |= 1u << 8; }
  /* denormal numbers are flushed to zero in single precision? */
  { __global const double * x = all + 18; if (u64_bits((float)x[0] + (float)x[1]) != 0x37e0000000000000u) failed |= 1u
      << 9; }
  /* rounding is not to nearest, ties to even? */
  { __global const double * x = all + 20; if (u64_bits(x[0] + x[1]) != 0x3ff0000000000002u) failed |= 1u << 10; }
  /* rounding is not to nearest, ties to even? */
  { __global const double * x = all + 22; if (u64_bits(x[0] + x[1]) != 0xbff0000000000000u) failed |= 1u << 11; }
  /* conversion to integers does not saturate? */
  { __global const double * x = all + 24; if ((ulong)(uint)trust_i32(x[0]) != 0x7fffffffu) failed |= 1u << 12; }
  /* rounding to integers is not to even? */
  { __global const double * x = all + 25; if (u64_bits(rint(x[0])) != 0x4000000000000000u) failed |= 1u << 13; }
  /* division is made of a reciprocal? */
  { __global const double * x = all + 26; if (u64_bits(x[0] / 3.0) != 0x3ffaaaaaaaaaaaabu) failed |= 1u << 14; }
  /* conversion to single precision is not correctly rounded? */
  { __global const double * x = all + 27; if (u64_bits((float)x[0]) != 0x3ff0000000000000u) failed |= 1u << 15; }
  if (failed != 0u) atomic_or(failures, failed);
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
__kernel __attribute__((reqd_work_group_size(1, 1, 1))) void kernel_ab_size(__global uchar *arena, const int step)
{
  __global const uint *const ab_segments = (__global const uint *)(arena + 3840u);
  __global uint *const ab_count = (__global uint *)(arena + 4224u);
  ab_count[0u] = ab_segments[9u];
}

/* weights of all synapses */
__kernel __attribute__((reqd_work_group_size(GROUP_SIZE, 1, 1))) void kernel_ab_fill(__global uchar *arena,
    const int step, __global int *ab_weights)
{
  __global const char *const ab_table = (__global const char *)(arena + 4096u);
  __global const uint *const ab_count = (__global const uint *)(arena + 4224u);
  const uint count = ab_count[0u];
  for (uint index = item_id(); index < count; index += items()) {
    ab_weights[index] = (int)ab_table[index];
  }
}

/* spikes of a reach b */
__kernel __attribute__((reqd_work_group_size(TEAM_SIZE, 1, 1))) void kernel_ab_deliver(__global uchar *arena,
    const int step, __global const int *ab_weights)
{
  __local uint sums[TEAM_SIZE];
  if (is_stopped(arena, step)) return;
  __global int *const input = (__global int *)(arena + 1408u);
  __global const uint *const a_list = (__global const uint *)(arena + 1920u);
  __global const uint *const a_counts = (__global const uint *)(arena + 2048u);
  __global const uint *const ab_segments = (__global const uint *)(arena + 3840u);
  __global const uchar *const ab_targets = (__global const uchar *)(arena + 3968u);
  /* strategy: postsynaptic */
  uint own_most = 0u;
  for (int delay = 1 + (int)local_id(); delay <= 3; delay += TEAM_SIZE) {
    const int emission = step - delay;
    if (emission < 0) continue;
    const uint here = a_counts[(uint)emission & 3u];
    if (here > own_most) own_most = here;
  }
  const uint most = most_of_team(sums, own_most);
  const uint pairs = most * 3u;
  for (uint pair = group_id(); pair < pairs; pair += groups()) {
    const uint k = pair / 3u;
    const int delay = 1 + (int)(pair - k * 3u);
    const int emission = step - delay;
    const uint slot = (uint)emission & 3u;
    if (emission < 0 || k >= a_counts[slot]) continue;
    const uint row = a_list[slot * 3u + k];
    const uint segment = row * 3u + (uint)(delay - 1);
    const uint low = ab_segments[segment], high = ab_segments[segment + 1u];
    for (uint position = low + local_id(); position < high; position += TEAM_SIZE) {
      uint target = (uint)ab_targets[position];
      i32_add_shared(&input[target + 64u], ab_weights[position]);
    }
  }
}

/* v of b[0] */
__kernel __attribute__((reqd_work_group_size(1, 1, 1))) void kernel_sample(__global uchar *arena, const int step)
{
  if (is_stopped(arena, step)) return;
  __global const double *const v = (__global const double *)(arena + 128u);
  __global uint *const cursors = (__global uint *)(arena + 64u);
  __global double *const samples = (__global double *)(arena + 3456u);
  uint logRow = cursors[2u];
  samples[logRow] = v[64u];
  cursors[2u] = logRow + 1u;
}

/* v of all to zero */
__kernel __attribute__((reqd_work_group_size(GROUP_SIZE, 1, 1))) void kernel_clear(__global uchar *arena,
    const int step)
{
  __global double *const v = (__global double *)(arena + 128u);
  const uint index = item_id(), end = 66u;
  if (index < end) {
    v[index] = 0.0;
  }
}

/* a fault in step 30 */
__kernel __attribute__((reqd_work_group_size(1, 1, 1))) void kernel_watch(__global uchar *arena, const int step)
{
  if (is_stopped(arena, step)) return;
  __global uint *const faults = (__global uint *)(arena + 80u);
  if (step == 30) {
    raise_fault(arena, faults, step, 1u);
  }
}

__constant uint kernel_neurons_and_1_more_0_items[][3] = {{0u, 3u, 0u}, {64u, 66u, 64u}};
__constant uint kernel_neurons_and_1_more_0_1[][2] = {{0u, 0u}, {64u, 66u}};
/* for each element: both populations: integrate, threshold, reset; counts spikes of b */
__kernel __attribute__((reqd_work_group_size(GROUP_SIZE, 1, 1))) void kernel_neurons_and_1_more(__global uchar *arena,
    const int step)
{
  __local uchar mask_flags[GROUP_SIZE];
  const uint item = is_stopped(arena, step) ? no_item : item_id();
  __global double *const v = (__global double *)(arena + 128u);
  __global const double *const drive = (__global const double *)(arena + 768u);
  __global int *const input = (__global int *)(arena + 1408u);
  __global uint *const mask = (__global uint *)(arena + 1792u);
  __global uint *const faults = (__global uint *)(arena + 80u);
  __global uint *const b_total = (__global uint *)(arena + 3712u);
  uint group = 0u;
  for (uint high = 2u; high - group > 1u;) {
    const uint middle = (group + high) / 2u;
    if (kernel_neurons_and_1_more_0_items[middle][2] <= item) group = middle;
    else high = middle;
  }
  const uint row = group, begin = kernel_neurons_and_1_more_0_items[row][0],
      end = kernel_neurons_and_1_more_0_items[row][1];
  const uint index = begin + (item - kernel_neurons_and_1_more_0_items[row][2]);
  uint marks = 0u;
  /* both populations: integrate, threshold, reset */
  {
    bool mask_flag = false;
    if (index < end) {
      /* v + drive + input / 4 */
      double next = fn_advance(v[index], (double)input[index]) + drive[index];
      bool spiked = next >= 1.0;
      v[index] = spiked ? 0.0 : next;
      input[index] = 0;
      mask_flag = spiked;
      if (next > 100.0) {
        raise_fault(arena, faults, step, 4u);
      }
    }
    store_flags(mask, mask_flags, mask_flag, index, end);
    if (mask_flag) marks |= 1u;
  }
  /* counts spikes of b */
  {
    const uint low = kernel_neurons_and_1_more_0_1[group][0], high = kernel_neurons_and_1_more_0_1[group][1];
    if (index >= low && index < high && (marks & 1u) != 0u) {
      const uint element = index - low;
      {
        const uint index = element;
        b_total[index] = b_total[index] + 1u;
      }
    }
  }
}

__constant uint kernel_compact_size[] = {3u, 2u};
__constant uint kernel_compact_slot_mask[] = {3u, 0u};
__constant uint kernel_compact_list[] = {1920u, 2176u};
__constant uint kernel_compact_counts[] = {2048u, 2304u};
__constant uint kernel_compact_first_word[] = {0u, 2u};
__constant uint kernel_compact_rows[] = {2432u, 2560u};
__constant uint kernel_compact_cursor[] = {0u, 1u};
/* lists spikes of a and 1 more */
__kernel __attribute__((reqd_work_group_size(SCAN_SIZE, 1, 1))) void kernel_compact_at_once(__global uchar *arena,
    const int step)
{
  __local uint sums[SCAN_SIZE];
  if (is_stopped(arena, step)) return;
  const uint part = group_id() % 2u, work_group = group_id() / 2u, work_groups = groups() / 2u;
  const uint item = work_group * local_items() + local_id(), all_items = work_groups * local_items();
  const uint member = part;
  __global const uint *const mask = (__global const uint *)(arena + 1792u);
  __global uint *const cursors = (__global uint *)(arena + 64u);
  const uint size = kernel_compact_size[member];
  const uint slot_mask = kernel_compact_slot_mask[member];
  __global uint *const list_2 = (__global uint *)(arena + kernel_compact_list[member]);
  __global uint *const counts = (__global uint *)(arena + kernel_compact_counts[member]);
  const uint first_word = kernel_compact_first_word[member];
  __global uint *const rows_2 = (__global uint *)(arena + kernel_compact_rows[member]);
  const uint cursor = kernel_compact_cursor[member];
  const uint slot = (uint)step & slot_mask;
  const uint share = (((size + 31u) / 32u) + SCAN_SIZE - 1u) / SCAN_SIZE;
  const uint share_low = local_id() * share;
  const uint low = share_low < ((size + 31u) / 32u) ? share_low : ((size + 31u) / 32u),
      high = ((size + 31u) / 32u) - low < share ? ((size + 31u) / 32u) : low + share;
  uint log_row = cursors[cursor];
  uint own_sum = 0u;
  for (uint word = low; word < high; word += 1u) {
    uint bits = mask[first_word + word];
    if (size - word * 32u < 32u) bits &= (1u << (size - word * 32u)) - 1u;
    own_sum += (uint)popcount(bits);
  }
  uint at = sum_before(sums, own_sum);
  log_row += at;
  for (uint word = low; word < high; word += 1u) {
    uint bits = mask[first_word + word];
    if (size - word * 32u < 32u) bits &= (1u << (size - word * 32u)) - 1u;
    while (bits != 0u) {
      const uint element = word * 32u + (uint)ctz_u32(bits);
      list_2[slot * size + at] = element;
      at += 1u;
      rows_2[2u * log_row] = (uint)step;
      rows_2[2u * log_row + 1u] = element;
      log_row += 1u;
      bits &= bits - 1u;
    }
  }
  if (local_id() == SCAN_SIZE - 1u) {
    counts[slot] = at;
    cursors[cursor] = log_row;
  }
}

