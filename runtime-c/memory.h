// Memory of the runtime and of instances, for the other files of the runtime.
#ifndef WASMAOT_MEMORY_H
#define WASMAOT_MEMORY_H

#include "rt.h"

#pragma GCC visibility push(hidden)

/// Rounds up to whole pages of the host.
u64 rt_page_align(u64 bytes);
/// Zeroed memory of whole pages, or 0.
void *rt_allocate(u64 bytes);
/// Gives back what rt_allocate(bytes) returned; 0 is ignored.
void rt_release(void *block, u64 bytes);

/// Reserves and opens a defined memory. Returns 0, or a reason that reads after "cannot instantiate <module>: ".
const char *rt_memory_create(rt_memory *memory, const rt_memory_def *def);
void rt_memory_destroy(rt_memory *memory);
/// Code that checks no 32-bit address may use this memory.
bool rt_memory_guarded(const rt_memory *memory);
/// True when a linear memory's reservation, guard included, holds the address. Safe in a signal handler.
bool rt_in_reservation(u64 address);

/// Address space for a guarded memory together with `more` bytes behind it, all without access: the next guarded memory takes it. Returns the start of
/// those `more` bytes, or 0. One mapping less in a program whose start takes less time than a page fault is worth.
u8 *rt_memory_reserve_with(u64 more);

/// As rt_memory_create.
const char *rt_table_create(rt_table *table, const rt_table_def *def);
void rt_table_destroy(rt_table *table);

#pragma GCC visibility pop

#endif
