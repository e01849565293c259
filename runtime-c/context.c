// The context of a thread that runs wasm: one mapping with its wasm stack, the state itself, and the stack of its signal handlers.
//
// In a program with a guarded memory that mapping is the end of the memory's reservation: its start has one mapping less to make, and nothing of the
// runtime's lies below a memory. From the lowest address up: guard without access, wasm stack, rt_context, signal stack. The state begins in the page where the stack does, so a program
// that does little touches one page for both.
#include "memory.h"
#include "os.h"
#include "trap.h"

#define DEFAULT_STACK (8ull << 20)
#define LEAST_STACK (2ull * RT_HOST_STACK)
#define LARGEST_STACK (1ull << 32)
/// At least a page on every host.
#define STACK_GUARD 65536u
#define SIGNAL_STACK 65536u
/// How far below the end of the stack's last page the state begins.
#define STATE_HEAD 1024u

/// The mapping, all of it without access yet.
static u8 *reserve(u64 bytes, bool with_memory) {
  u8 *start = with_memory ? rt_memory_reserve_with(bytes) : 0;
  if (start != 0) return start;
  i64 base = os_map(0, bytes, OS_PROT_NONE, OS_MAP_NORESERVE | OS_MAP_STACK);
  return base < 0 ? 0 : (u8 *)base;
}

rt_context *rt_context_new(u64 stack_size, const char **error) {
  return rt_context_new_with(stack_size, false, error);
}

rt_context *rt_context_new_with(u64 stack_size, bool with_memory, const char **error) {
  if (stack_size == 0) stack_size = DEFAULT_STACK;
  if (stack_size < LEAST_STACK) stack_size = LEAST_STACK;
  if (stack_size > LARGEST_STACK) stack_size = LARGEST_STACK;
  stack_size = rt_page_align(stack_size);
  u64 guard = rt_page_align(STACK_GUARD);
  u64 state_end = guard + rt_page_align(stack_size + sizeof(rt_context));
  *error = "cannot allocate the wasm stack";
  u8 *start = reserve(state_end + SIGNAL_STACK, with_memory);
  if (start == 0 || os_protect(start + guard, state_end + SIGNAL_STACK - guard, OS_PROT_READ | OS_PROT_WRITE) < 0) return 0;
  rt_context *context = (rt_context *)(void *)(start + guard + stack_size - STATE_HEAD);
  context->stack_base = start;
  context->stack_guard_end = start + guard;
  context->stack_top = (u8 *)context;
  *error = rt_trap_install(start + state_end, SIGNAL_STACK);
  return *error == 0 ? context : 0;
}
