/* two populations */

/* Results are the same to the bit on every machine: compile with -fmad=false -ftz=false -prec-div=true -prec-sqrt=true. */
#ifdef __FAST_MATH__
#error "compile without --use_fast_math"
#endif

/* Threads of a block of independent items, a multiple of 32, and of a block that shares one item. The host sets both. */
#ifndef GROUP_SIZE
#define GROUP_SIZE 256
#endif
#ifndef TEAM_SIZE
#define TEAM_SIZE 128
#endif
/* Threads that look through a mask together. */
#ifndef SCAN_SIZE
#define SCAN_SIZE (8 * TEAM_SIZE)
#endif

#define DEVICE static __device__ __forceinline__

/* Not every program uses all that is defined here. */
#ifdef __CUDACC__
#pragma nv_diag_suppress 177
#endif

DEVICE unsigned item_id() { return blockIdx.x * blockDim.x + threadIdx.x; }
DEVICE unsigned items() { return gridDim.x * blockDim.x; }
DEVICE unsigned local_id() { return threadIdx.x; }
DEVICE unsigned group_id() { return blockIdx.x; }
DEVICE unsigned groups() { return gridDim.x; }
DEVICE unsigned local_items() { return blockDim.x; }
DEVICE void sync_team() { __syncthreads(); }
/* The same, and makes all stores visible to the block. */
DEVICE void share_stores() { __syncthreads(); }

/* Which of the kernels that share an entry a launch is for. */
DEVICE unsigned member_of(const unsigned char *arena) { return ((const unsigned *)arena)[3]; }

/* Counts of trailing zeros; the width for zero. */
DEVICE int ctz_u32(unsigned a) { return __popc((a & (0u - a)) - 1u); }
DEVICE int ctz_u64(unsigned long long a) { return __popcll((a & (0ull - a)) - 1ull); }

/* --- Helpers: operations made total ------------------------------------------------------------------------------- */

static __device__ __forceinline__ int i32_add(int a, int b) { return (int)((unsigned)a + (unsigned)b); }
static __device__ __forceinline__ void i32_add_shared(int *address, int value)
{
  atomicAdd(address, value);
}

/* Bounds of a worker's share of `total` things. */
DEVICE unsigned share_of(unsigned total, unsigned worker, unsigned workers)
{
  return (unsigned)((unsigned long long)total * worker / workers);
}

/* Sets `result` to the first position in [first, last) with a target of at least `bound`. */
#define FIRST_AT_LEAST(targets, first, last, bound, result) \
  do { \
    unsigned search_low = first, search_high = last; \
    while (search_low < search_high) { \
      const unsigned search_middle = search_low + (search_high - search_low) / 2u; \
      if ((targets)[search_middle] < (bound)) search_low = search_middle + 1u; \
      else search_high = search_middle; \
    } \
    result = search_low; \
  } while (0)

/* Sets the bit of each item before `end`; the first of 32 writes their u32 and keeps its other bits. */
DEVICE void store_flags(unsigned *mask, bool flag, unsigned index, unsigned end)
{
  const unsigned bits = __ballot_sync(0xffffffffu, flag);
  if (local_id() % 32u == 0u && index < end) {
    const unsigned count = end - index;
    mask[index / 32u] = count >= 32u ? bits : (mask[index / 32u] & ~0u << count) | bits;
  }
}

/* The sum of the values of all preceding threads of a block; `sums` has the prefix sums. Earlier reads of any thread precede later writes of
   others. Each warp adds its own values, then the sums of the last lanes are added. */
DEVICE unsigned sum_before(unsigned *sums, unsigned own)
{
  const unsigned lane = local_id() % 32u;
  unsigned sum = own;
  for (unsigned distance = 1u; distance < 32u; distance *= 2u) {
    const unsigned other = __shfl_up_sync(0xffffffffu, sum, distance);
    if (lane >= distance) sum += other;
  }
  sums[local_id()] = sum;
  __syncthreads();
  for (unsigned last = 31u; last < local_id() - lane; last += 32u) sum += sums[last];
  __syncthreads();
  sums[local_id()] = sum;
  __syncthreads();
  return sum - own;
}

/* The most that a thread of the team has. */
DEVICE unsigned most_of_team(unsigned *sums, unsigned own)
{
  const unsigned lane = local_id() % 32u;
  for (unsigned distance = 1u; distance < 32u; distance *= 2u) {
    const unsigned other = __shfl_up_sync(0xffffffffu, own, distance);
    if (lane >= distance && other > own) own = other;
  }
  sums[local_id()] = own;
  __syncthreads();
  for (unsigned last = 31u; last < TEAM_SIZE + 31u; last += 32u) {
    const unsigned other = sums[last < TEAM_SIZE ? last : TEAM_SIZE - 1u];
    own = other > own ? other : own;
  }
  __syncthreads();
  return own;
}

/* The arena's third u32 is the step from which the argument `ahead` of kernels counts: launches that were recorded once serve any steps. */
DEVICE int first_step(const unsigned char *arena) { return ((const int *)arena)[2]; }

/* An item outside every kernel: a thread with this number has no effect. */
#define no_item 0x7fffffffu

/* The arena begins with one u32 for even and one for odd steps: the last step so far, because of a fault or of a log without room for another, or
   0x7fffffff. The kernels of later steps only pass it on, so that many steps can be launched ahead. No launch writes the u32 that it reads. */
DEVICE void stop_after(unsigned char *arena, int step) { atomicMin((int *)arena + (step & 1), step); }

DEVICE void raise_fault(unsigned char *arena, unsigned *faults, int step, unsigned bits)
{
  atomicOr(faults, bits);
  stop_after(arena, step);
}

DEVICE bool is_stopped(unsigned char *arena, int step)
{
  int *last = (int *)arena;
  if (last[(step + 1) & 1] >= step) return false;
  if (item_id() == 0u) last[step & 1] = last[(step + 1) & 1];
  return true;
}

/* --- Trust: arithmetic of known bits, which the host runs before anything else ------------------------------------------ */

DEVICE unsigned long long u64_bits(double x) { return (unsigned long long)__double_as_longlong(x); }
DEVICE int trust_i32(double x) { return x >= 2147483647.0 ? 2147483647 : (int)x; }

extern "C" __global__ void trust(const double *all, unsigned *failures)
{
  unsigned failed = 0u;
  /* multiplication and addition are contracted? */
  { const double * x = all + 0; if (u64_bits(x[0] * x[1] - x[2]) != 0u) failed |= 1u << 0; }
  /* multiplication and addition are contracted in single precision? */
  { const double * x = all + 3; if (u64_bits((float)x[0] * (float)x[1] - (float)x[2]) != 0u) failed |= 1u << 1; }
  /* sums are re-associated? */
  { const double * x = all + 6; if (u64_bits(x[0] + x[1] - x[0]) != 0u) failed |= 1u << 2; }
  /* NaN is taken for a number? */
  { const double * x = all + 8; if ((x[0] / x[1] != x[0] / x[1] ? 1u : 0u) != 1u) failed |= 1u << 3; }
  /* division is not correctly rounded? */
  { const double * x = all + 10; if (u64_bits(x[0] / x[1]) != 0x3f94e5e0a72f0539u) failed |= 1u << 4; }
  /* division is not correctly rounded in single precision? */
  { const double * x = all + 12; if (u64_bits((float)x[0] / (float)x[1]) != 0x3ffaaaaaa0000000u) failed |= 1u << 5; }
  /* square root is not correctly rounded? */
  { const double * x = all + 14; if (u64_bits(__dsqrt_rn(x[0])) != 0x3ff6a09e667f3bcdu) failed |= 1u << 6; }
  /* square root is not correctly rounded in single precision? */
  { const double * x = all + 15; if (u64_bits(__fsqrt_rn((float)x[0])) != 0x3ff6a09e60000000u) failed |= 1u << 7; }
  /* denormal numbers are flushed to zero? */
  { const double * x = all + 16; if (u64_bits(x[0] * x[1]) != 0x093445b87316u) failed |= 1u << 8; }
  /* denormal numbers are flushed to zero in single precision? */
  { const double * x = all + 18; if (u64_bits((float)x[0] + (float)x[1]) != 0x37e0000000000000u) failed |= 1u << 9; }
  /* rounding is not to nearest, ties to even? */
  { const double * x = all + 20; if (u64_bits(x[0] + x[1]) != 0x3ff0000000000002u) failed |= 1u << 10; }
  /* rounding is not to nearest, ties to even? */
  { const double * x = all + 22; if (u64_bits(x[0] + x[1]) != 0xbff0000000000000u) failed |= 1u << 11; }
  /* conversion to integers does not saturate? */
  { const double * x = all + 24; if ((unsigned long long)(unsigned)trust_i32(x[0]) != 0x7fffffffu) failed |= 1u << 12; }
  /* rounding to integers is not to even? */
  { const double * x = all + 25; if (u64_bits(rint(x[0])) != 0x4000000000000000u) failed |= 1u << 13; }
  /* division is made of a reciprocal? */
  { const double * x = all + 26; if (u64_bits(x[0] / 3.0) != 0x3ffaaaaaaaaaaaabu) failed |= 1u << 14; }
  /* conversion to single precision is not correctly rounded? */
  { const double * x = all + 27; if (u64_bits((float)x[0]) != 0x3ff0000000000000u) failed |= 1u << 15; }
  if (failed != 0u) atomicOr(failures, failed);
}

/* --- Functions of the program ------------------------------------------------------------------------------------- */

/* x + y / 4 */
static __device__ __forceinline__ double fn_advance(double x, double y)
{
  x = __dadd_rn(x, __dmul_rn(0.25, y));
  return x;
}

/* --- Kernels ------------------------------------------------------------------------------------------------------ */

/* counts the synapses */
extern "C" __global__ __launch_bounds__(1) void kernel_ab_size(unsigned char *arena, const int ahead)
{
  const int step = first_step(arena) + ahead;
  const unsigned *__restrict__ const ab_segments = (const unsigned *)(arena + 3840u);
  unsigned *__restrict__ const ab_count = (unsigned *)(arena + 4224u);
  ab_count[0u] = ab_segments[9u];
}

/* weights of all synapses */
extern "C" __global__ __launch_bounds__(GROUP_SIZE) void kernel_ab_fill(unsigned char *arena, const int ahead, int *__restrict__ ab_weights)
{
  const int step = first_step(arena) + ahead;
  const signed char *__restrict__ const ab_table = (const signed char *)(arena + 4096u);
  const unsigned *__restrict__ const ab_count = (const unsigned *)(arena + 4224u);
  const unsigned count = ab_count[0u];
  for (unsigned index = item_id(); index < count; index += items()) {
    ab_weights[index] = (int)ab_table[index];
  }
}

/* spikes of a reach b */
extern "C" __global__ __launch_bounds__(TEAM_SIZE) void kernel_ab_deliver(unsigned char *arena, const int ahead, const int *__restrict__ ab_weights)
{
  __shared__ unsigned sums[TEAM_SIZE];
  const int step = first_step(arena) + ahead;
  if (is_stopped(arena, step)) return;
  int *__restrict__ const input = (int *)(arena + 1408u);
  const unsigned *__restrict__ const a_list = (const unsigned *)(arena + 1920u);
  const unsigned *__restrict__ const a_counts = (const unsigned *)(arena + 2048u);
  const unsigned *__restrict__ const ab_segments = (const unsigned *)(arena + 3840u);
  const unsigned char *__restrict__ const ab_targets = (const unsigned char *)(arena + 3968u);
  /* strategy: postsynaptic */
  unsigned own_most = 0u;
  for (int delay = 1 + (int)local_id(); delay <= 3; delay += TEAM_SIZE) {
    const int emission = step - delay;
    if (emission < 0) continue;
    const unsigned here = a_counts[(unsigned)emission & 3u];
    if (here > own_most) own_most = here;
  }
  const unsigned most = most_of_team(sums, own_most);
  const unsigned pairs = most * 3u;
  for (unsigned pair = group_id(); pair < pairs; pair += groups()) {
    const unsigned k = pair / 3u;
    const int delay = 1 + (int)(pair - k * 3u);
    const int emission = step - delay;
    const unsigned slot = (unsigned)emission & 3u;
    if (emission < 0 || k >= a_counts[slot]) continue;
    const unsigned row = a_list[slot * 3u + k];
    const unsigned segment = row * 3u + (unsigned)(delay - 1);
    const unsigned low = ab_segments[segment], high = ab_segments[segment + 1u];
    for (unsigned position = low + local_id(); position < high; position += TEAM_SIZE) {
      unsigned target = (unsigned)ab_targets[position];
      i32_add_shared(&input[target + 64u], ab_weights[position]);
    }
  }
}

/* v of b[0] */
extern "C" __global__ __launch_bounds__(1) void kernel_sample(unsigned char *arena, const int ahead)
{
  const int step = first_step(arena) + ahead;
  if (is_stopped(arena, step)) return;
  const double *__restrict__ const v = (const double *)(arena + 128u);
  unsigned *__restrict__ const cursors = (unsigned *)(arena + 64u);
  double *__restrict__ const samples = (double *)(arena + 3456u);
  unsigned logRow = cursors[2u];
  samples[logRow] = v[64u];
  cursors[2u] = logRow + 1u;
}

/* v of all to zero */
extern "C" __global__ __launch_bounds__(GROUP_SIZE) void kernel_clear(unsigned char *arena, const int ahead)
{
  const int step = first_step(arena) + ahead;
  double *__restrict__ const v = (double *)(arena + 128u);
  const unsigned index = item_id(), end = 66u;
  if (index < end) {
    v[index] = 0.0;
  }
}

/* a fault in step 30 */
extern "C" __global__ __launch_bounds__(1) void kernel_watch(unsigned char *arena, const int ahead)
{
  const int step = first_step(arena) + ahead;
  if (is_stopped(arena, step)) return;
  unsigned *__restrict__ const faults = (unsigned *)(arena + 80u);
  if (step == 30) {
    raise_fault(arena, faults, step, 1u);
  }
}

static __constant__ const unsigned kernel_neurons_and_1_more_0_items[][3] = {{0u, 3u, 0u}, {64u, 66u, 64u}};
static __constant__ const unsigned kernel_neurons_and_1_more_0_1[][2] = {{0u, 0u}, {64u, 66u}};
/* for each element: both populations: integrate, threshold, reset; counts spikes of b */
extern "C" __global__ __launch_bounds__(GROUP_SIZE) void kernel_neurons_and_1_more(unsigned char *arena, const int ahead)
{
  const int step = first_step(arena) + ahead;
  if (is_stopped(arena, step)) return;
  double *__restrict__ const v = (double *)(arena + 128u);
  const double *__restrict__ const drive = (const double *)(arena + 768u);
  int *__restrict__ const input = (int *)(arena + 1408u);
  unsigned *__restrict__ const mask = (unsigned *)(arena + 1792u);
  unsigned *__restrict__ const faults = (unsigned *)(arena + 80u);
  unsigned *__restrict__ const b_total = (unsigned *)(arena + 3712u);
  unsigned group = 0u;
  for (unsigned high = 2u; high - group > 1u;) {
    const unsigned middle = (group + high) / 2u;
    if (kernel_neurons_and_1_more_0_items[middle][2] <= item_id()) group = middle;
    else high = middle;
  }
  const unsigned row = group, begin = kernel_neurons_and_1_more_0_items[row][0],
      end = kernel_neurons_and_1_more_0_items[row][1];
  const unsigned index = begin + (item_id() - kernel_neurons_and_1_more_0_items[row][2]);
  unsigned marks = 0u;
  /* both populations: integrate, threshold, reset */
  {
    bool mask_flag = false;
    if (index < end) {
      /* v + drive + input / 4 */
      double next = __dadd_rn(fn_advance(v[index], (double)input[index]), drive[index]);
      bool spiked = next >= 1.0;
      v[index] = spiked ? 0.0 : next;
      input[index] = 0;
      mask_flag = spiked;
      if (next > 100.0) {
        raise_fault(arena, faults, step, 4u);
      }
    }
    store_flags(mask, mask_flag, index, end);
    if (mask_flag) marks |= 1u;
  }
  /* counts spikes of b */
  {
    const unsigned low = kernel_neurons_and_1_more_0_1[group][0], high = kernel_neurons_and_1_more_0_1[group][1];
    if (index >= low && index < high && (marks & 1u) != 0u) {
      const unsigned element = index - low;
      {
        const unsigned index = element;
        b_total[index] = b_total[index] + 1u;
      }
    }
  }
}

static __constant__ const unsigned kernel_compact_size[] = {3u, 2u};
static __constant__ const unsigned kernel_compact_slot_mask[] = {3u, 0u};
static __constant__ const unsigned kernel_compact_list[] = {1920u, 2176u};
static __constant__ const unsigned kernel_compact_counts[] = {2048u, 2304u};
static __constant__ const unsigned kernel_compact_first_word[] = {0u, 2u};
static __constant__ const unsigned kernel_compact_rows[] = {2432u, 2560u};
static __constant__ const unsigned kernel_compact_cursor[] = {0u, 1u};
static __constant__ const unsigned kernel_compact_room[] = {7u, 98u};
/* lists spikes of a and 1 more */
extern "C" __global__ __launch_bounds__(SCAN_SIZE) void kernel_compact_at_once(unsigned char *arena, const int ahead)
{
  __shared__ unsigned sums[SCAN_SIZE];
  const int step = first_step(arena) + ahead;
  if (is_stopped(arena, step)) return;
  const unsigned part = group_id() % 2u, work_group = group_id() / 2u, work_groups = groups() / 2u;
  const unsigned item = work_group * local_items() + local_id(), all_items = work_groups * local_items();
  const unsigned member = part;
  const unsigned *__restrict__ const mask = (const unsigned *)(arena + 1792u);
  unsigned *__restrict__ const cursors = (unsigned *)(arena + 64u);
  const unsigned size = kernel_compact_size[member];
  const unsigned slot_mask = kernel_compact_slot_mask[member];
  unsigned *__restrict__ const list_2 = (unsigned *)(arena + kernel_compact_list[member]);
  unsigned *__restrict__ const counts = (unsigned *)(arena + kernel_compact_counts[member]);
  const unsigned first_word = kernel_compact_first_word[member];
  unsigned *__restrict__ const rows_2 = (unsigned *)(arena + kernel_compact_rows[member]);
  const unsigned cursor = kernel_compact_cursor[member];
  const unsigned room = kernel_compact_room[member];
  const unsigned slot = (unsigned)step & slot_mask;
  const unsigned share = (((size + 31u) / 32u) + SCAN_SIZE - 1u) / SCAN_SIZE;
  const unsigned share_low = local_id() * share;
  const unsigned low = share_low < ((size + 31u) / 32u) ? share_low : ((size + 31u) / 32u),
      high = ((size + 31u) / 32u) - low < share ? ((size + 31u) / 32u) : low + share;
  unsigned log_row = cursors[cursor];
  unsigned own_sum = 0u;
  for (unsigned word = low; word < high; word += 1u) {
    unsigned bits = mask[first_word + word];
    if (size - word * 32u < 32u) bits &= (1u << (size - word * 32u)) - 1u;
    own_sum += (unsigned)__popc(bits);
  }
  unsigned at = sum_before(sums, own_sum);
  log_row += at;
  for (unsigned word = low; word < high; word += 1u) {
    unsigned bits = mask[first_word + word];
    if (size - word * 32u < 32u) bits &= (1u << (size - word * 32u)) - 1u;
    while (bits != 0u) {
      const unsigned element = word * 32u + (unsigned)ctz_u32(bits);
      list_2[slot * size + at] = element;
      at += 1u;
      rows_2[2u * log_row] = (unsigned)step;
      rows_2[2u * log_row + 1u] = element;
      log_row += 1u;
      bits &= bits - 1u;
    }
  }
  if (local_id() == SCAN_SIZE - 1u) {
    counts[slot] = at;
    cursors[cursor] = log_row;
    if (log_row > room) stop_after(arena, step);
  }
}

