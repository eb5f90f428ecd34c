/* --- Tables --------------------------------------------------------------------------------------------------------- */

#define OWN UINT64_MAX
#define NO_BUFFER UINT32_MAX
#define NOT_STOPPED 0x7fffffff
#define ARENA_BYTES 4352u

/* A place in the arena, or memory of its own; the bits of its first values. A length of 0 is known later. */
struct buffer { uint64_t place; uint32_t bytes; uint64_t length, fill; };
static const struct buffer buffers[NETWORK_BUFFERS + 1] = {
  {128u, 8u, 66u, 0x0u},
  {768u, 8u, 66u, 0x0u},
  {1408u, 4u, 66u, 0x0u},
  {1792u, 4u, 4u, 0x0u},
  {1920u, 4u, 12u, 0x0u},
  {2048u, 4u, 4u, 0x0u},
  {2176u, 4u, 2u, 0x0u},
  {2304u, 4u, 1u, 0x0u},
  {2432u, 4u, 20u, 0x0u},
  {2560u, 4u, 200u, 0x0u},
  {64u, 4u, 3u, 0x0u},
  {3456u, 8u, 20u, 0x0u},
  {3712u, 4u, 2u, 0x0u},
  {80u, 4u, 1u, 0x0u},
  {3840u, 4u, 10u, 0x0u},
  {3968u, 1u, 5u, 0x0u},
  {4096u, 1u, 5u, 0x0u},
  {4224u, 4u, 1u, 0x0u},
  {OWN, 4u, 0u, 0x0u},
  {0u, 1u, 0u, 0u},
};

/* Buffers with memory of their own, as arguments of kernels. */
static const uint32_t own[] = {
  18u,
  18u,
  NO_BUFFER,
};

/* Work-items: one for each item; striding over a number of items in a cell; over spikes, up to a maximum; in teams; a team for each item; one
   team; one. */
enum shape { ITEMS, COUNTED, SPIKES, TEAMS, WORKERS, OWN_TEAMS, TEAM, ONE };
/* parts: number of kernels that share the groups of the launch; member: the kernel of an entry that it runs. */
struct launch { const char *entry; enum shape geometry; uint32_t items, cell_buffer, cell_index, own_first, own_count, parts, member; };
static const struct launch launches[] = {
  {"kernel_ab_size", ONE, 0u, NO_BUFFER, 0u, 0u, 0u, 1u, 0u},
  {"kernel_ab_fill", COUNTED, 0u, 17u, 0u, 0u, 1u, 1u, 0u},
  {"kernel_ab_deliver", TEAMS, 9u, NO_BUFFER, 0u, 1u, 1u, 1u, 0u},
  {"kernel_sample", ONE, 0u, NO_BUFFER, 0u, 2u, 0u, 1u, 0u},
  {"kernel_clear", ITEMS, 66u, NO_BUFFER, 0u, 2u, 0u, 1u, 0u},
  {"kernel_watch", ONE, 0u, NO_BUFFER, 0u, 2u, 0u, 1u, 0u},
  {"kernel_neurons_and_1_more", ITEMS, 128u, NO_BUFFER, 0u, 2u, 0u, 1u, 0u},
  {"kernel_compact_at_once", TEAM, 0u, NO_BUFFER, 0u, 2u, 0u, 2u, 0u},
  {NULL, ONE, 0u, NO_BUFFER, 0u, 0u, 0u, 1u, 0u},
};
#define LAUNCHES (sizeof launches / sizeof launches[0] - 1u)

/* Kernels of a step, in order. */
struct entry { uint32_t launch; int32_t every, offset; };
static const struct entry schedule[] = {
  {2u, 1, 0},
  {5u, 1, 0},
  {6u, 1, 0},
  {7u, 1, 0},
  {3u, 4, 2},
  {0u, 0, 0},
};

/* Actions of all lists: a launch, or buffers to allocate with lengths in cells. */
struct action { uint32_t launch, first, count; };
static const struct action actions[] = {
  {0u, 0u, 0u},
  {NO_BUFFER, 0u, 1u},
  {1u, 0u, 0u},
  {4u, 0u, 0u},
  {NO_BUFFER, 0u, 0u},
};
static const uint32_t list_begins[NETWORK_LISTS + 1] = { 0u, 3u, 4u };
struct allocation { uint32_t buffer, cell_buffer, cell_index; uint64_t length; };
static const struct allocation allocations[] = {
  {18u, 17u, 0u, 0u},
  {NO_BUFFER, NO_BUFFER, 0u, 0u},
};

struct record { uint32_t cursor, cursor_index, capacity, each_step; };
static const struct record logs[] = {
  {10u, 0u, 10u, 3u},
  {10u, 1u, 100u, 2u},
  {10u, 2u, 20u, 1u},
  {NO_BUFFER, 0u, 0u, 0u},
};

static const uint32_t faults = 13u;
/* Operands of the checks of arithmetic. */
static const double operands[] = { 1.0000000009313226, 0.9999999990686774, 1.0, 1.000030517578125, 0.999969482421875, 1.0, 1.0, 5.551115123125783e-17, 0.0, 0.0, 1.0, 49.0, 5.0, 3.0, 2.0, 2.0, 1e-310, 0.5, 7.346839692639297e-40, 7.346839692639297e-40, 1.0, 3.3306690738754696e-16, -1.0, -5.551115123125783e-17, 1e+300, 2.5, 5.0, 1.0000000596046448 };

