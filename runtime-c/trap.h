// The trap handler's face to the rest of the runtime.
#ifndef WASMAOT_TRAP_H
#define WASMAOT_TRAP_H

#include "rt.h"

#ifdef RT_OS_LIBC
#define RT_THREAD_LOCAL _Thread_local
#else
#define RT_THREAD_LOCAL
#endif

#pragma GCC visibility push(hidden)

/// The context whose wasm code runs on this thread; 0 outside wasm.
extern RT_THREAD_LOCAL rt_context *rt_active_context;

/// Ends the program with a message when the machine lacks a CPU feature that it was compiled for. The start code leaves out features whose absence always
/// shows as an illegal instruction, and the trap handler asks for those then: by that time system calls are filtered.
void rt_require_features(bool left_out);

/// rt_context_new; `with_memory`: a guarded memory is going to be created, whose address space can be reserved at the same time.
rt_context *rt_context_new_with(u64 stack_size, bool with_memory, const char **error);

/// Installs the handlers, running on `stack`. Returns 0, or a one-line reason.
const char *rt_trap_install(void *stack, u64 stack_size);

#pragma GCC visibility pop

#endif
