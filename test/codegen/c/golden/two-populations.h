/* two populations: the functions for a host. All functions take a network from network_create. */
#ifndef NETWORK_H
#define NETWORK_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define NETWORK_BUFFERS 19
#define NETWORK_LISTS 2

/* Results of network_perform and network_run other than a count. */
#define NETWORK_NO_MEMORY (-1)
#define NETWORK_DISTRUST (-2)

struct network;

/* A network with its buffers of known length, zeroed or filled; NULL without the memory for it. */
struct network *network_create(void);
void network_destroy(struct network *network);

/* Current number of elements of a buffer; 0 before it is allocated. */
uint64_t network_length(const struct network *network, uint32_t buffer);

/* Copies elements [offset, offset + length) of a buffer, which must have them. */
void network_read(const struct network *network, uint32_t buffer, uint64_t offset, uint64_t length, void *to);
void network_write(struct network *network, uint32_t buffer, uint64_t offset, uint64_t length, const void *from);

/* Steps done so far, and setting them when a state is restored. */
int32_t network_step(const struct network *network);
void network_set_step(struct network *network, int32_t step);

/* Bits of faults of the model; normally 0. */
uint32_t network_faults(const struct network *network);

/* Actions of a list: list 0 initialises, the others are procedures. */
uint32_t network_actions(uint32_t list);

/* Performs one action of a list. Returns 0, NETWORK_NO_MEMORY or NETWORK_DISTRUST. */
int32_t network_perform(struct network *network, uint32_t list, uint32_t action, uint32_t threads);

/* The buffer that could not be allocated, and its length in elements. */
uint32_t network_lacking(const struct network *network, uint64_t *length);

/* Runs at most the given number of steps; ends early before a step that might overflow a log, after a fault, and after the given milliseconds (0:
   no limit). Returns the number of completed steps, or NETWORK_DISTRUST before the first. */
int32_t network_run(struct network *network, int32_t steps, uint32_t threads, uint32_t milliseconds);

/* A bit for each failed check of this thread's arithmetic, and for checks that failed in the last call of network_run or network_perform. */
uint32_t network_trust(void);
uint32_t network_distrust(const struct network *network);

/* Number of threads that a call can use: 1 without OpenMP. */
uint32_t network_threads(void);

#ifdef __cplusplus
}
#endif

#endif
