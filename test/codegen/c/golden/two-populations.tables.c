/* --- Tables --------------------------------------------------------------------------------------------------------- */

struct log { uint32_t buffer, cursor, cursor_index, row_length; enum kind kind; };
static const struct log logs[] = {
  {8u, 10u, 0u, 2u, KIND_U32},
  {9u, 10u, 1u, 2u, KIND_U32},
  {11u, 10u, 2u, 1u, KIND_F64},
  {NO_BUFFER, 0u, 0u, 0u, KIND_U8},
};

struct event { const char *population, *name; uint32_t log; };
static const struct event events[] = {
  {"a", "spike", 0u},
  {"b", "spike", 1u},
  {NULL, NULL, 0u},
};

static const uint32_t indices_0[] = {0u, 0u};
struct sample {
  const char *recording, *owner, *variable, *unit;
  uint32_t log, column, count;
  const uint32_t *indices;
  uint32_t begin;
  int32_t every, offset, label;
};
static const struct sample samples[] = {
  {"v of b", "b", "v", "1", 2u, 0u, 1u, indices_0, 0u, 4, 2, 0},
  {NULL, NULL, NULL, NULL, 0u, 0u, 0u, NULL, 0u, 0, 0, 0},
};

/* Variables that are recorded at events: a row of their log for each row of the events' log. */
struct value {
  const char *recording, *population, *variable, *unit;
  uint32_t events, log, column, count;
  const uint32_t *indices;
  uint32_t begin;
};
static const struct value values[] = {

  {NULL, NULL, NULL, NULL, 0u, 0u, 0u, 0u, NULL, 0u},
};

struct variable {
  const char *owner, *name, *unit;
  uint32_t buffer;
  enum kind kind;
  uint64_t offset, length;
  /* The cell with the length, if it is computed. */
  uint32_t length_buffer, length_index;
};
static const struct variable variables[] = {
  {"a", "v", "1", 0u, KIND_F64, 0u, 3u, NO_BUFFER, 0u},
  {NULL, NULL, NULL, 0u, KIND_U8, 0u, 0u, NO_BUFFER, 0u},
};

struct initial { uint32_t buffer; uint64_t length; size_t bytes; };
static const struct initial initials[] = {
  {1u, 66u, 8u},
  {14u, 10u, 4u},
  {15u, 5u, 1u},
  {16u, 5u, 1u},
  {NO_BUFFER, 0u, 0u},
};

/* Steps to run or, if 0, a list of actions to perform. */
struct entry { int32_t steps; uint32_t list; };
static const struct entry script[] = {
  {20, 0u},
  {0, 1u},
  {5, 0u},
  {0, 0u},
};

struct fault { uint32_t bits; const char *sentence; };
static const struct fault faults[] = {
  {1u, "step 30 was reached"},
  {4u, "v is above 100"},
  {0u, NULL},
};


