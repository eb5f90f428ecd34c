/* two populations: what a host may call. All functions take a network that network_create gave. */
#ifndef NETWORK_H
#define NETWORK_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define NETWORK_BUFFERS 19
#define NETWORK_LISTS 2

/* What network_perform and network_run return besides a count. */
#define NETWORK_NO_MEMORY (-1)
#define NETWORK_DISTRUST (-2)

struct network;

/* A network with its buffers of known length, zeroed or filled; NULL without the memory for it. */
struct network *network_create(void);
void network_destroy(struct network *network);

/* Elements that a buffer has now; none before it is allocated. */
uint64_t network_length(const struct network *network, uint32_t buffer);

/* Copies elements [offset, offset + length) of a buffer, which must have them. */
void network_read(const struct network *network, uint32_t buffer, uint64_t offset, uint64_t length, void *to);
void network_write(struct network *network, uint32_t buffer, uint64_t offset, uint64_t length, const void *from);

/* Steps done so far, and setting them when a state is restored. */
int32_t network_step(const struct network *network);
void network_set_step(struct network *network, int32_t step);

/* Bits of what went wrong in the model; 0 as a rule. */
uint32_t network_faults(const struct network *network);

/* Actions of a list: list 0 initialises, the others are procedures. */
uint32_t network_actions(uint32_t list);

/* Performs one action of a list. Returns 0, NETWORK_NO_MEMORY or NETWORK_DISTRUST. */
int32_t network_perform(struct network *network, uint32_t list, uint32_t action, uint32_t threads);

/* The buffer, and its length in elements, for which memory lacked. */
uint32_t network_lacking(const struct network *network, uint64_t *length);

/* Runs at most so many steps; ends early before a step for which a log may lack room, after a fault, and when so many milliseconds have
   passed (0: no limit). Returns the steps done, or NETWORK_DISTRUST before the first. */
int32_t network_run(struct network *network, int32_t steps, uint32_t threads, uint32_t milliseconds);

/* A bit for each check of this thread's arithmetic that fails, and those that failed in the last call of network_run or network_perform. */
uint32_t network_trust(void);
uint32_t network_distrust(const struct network *network);

/* Threads that a call can use: 1 where the program was compiled without OpenMP. */
uint32_t network_threads(void);

#ifdef __cplusplus
}
#endif

#endif
