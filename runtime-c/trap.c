// Traps: from a hardware fault to a trap code, and from there to a message with a backtrace.
//
// Only a fault that compiled code is known to make on purpose is a trap (docs/ABI.md, "Traps"): the PC lies in the wasm text, and it is a
// trapping instruction, or the address is in a linear memory's reservation, in the first page, or in the guard of the running wasm stack.
// Everything else is handed to the action that was there before, which for an executable is death by that signal.
//
// The handler runs on its own stack, makes no calls into the system for a trap, and returns into rt_unwind by rewriting the machine state: the
// kernel then restores the signal mask, so traps can follow each other without end.
#include "trap.h"

#include "arch.h"
#include "memory.h"
#include "os.h"
#include "print.h"

#define NULL_PAGE 4096u
#define BACKTRACE_LINES 32u

/// si_code of a fault without an address (x86-64: a non-canonical one), whose si_addr of 0 means nothing.
#define SI_KERNEL 0x80

typedef struct signal_info {
  i32 signal;
  i32 error;
  i32 code;
  i32 padding;
  u64 address;
} signal_info;

RT_THREAD_LOCAL rt_context *rt_active_context;

static const int signals[] = {OS_SIGSEGV, OS_SIGBUS, OS_SIGILL, OS_SIGTRAP};
#define SIGNAL_COUNT 4
static os_sigaction previous[SIGNAL_COUNT];

static bool in_wasm_text(u64 pc) {
  return pc >= (u64)wasmaot_program.text_start && pc < (u64)wasmaot_program.text_end;
}

/// The trap code a fault in compiled code stands for, or 0.
static u32 classify(const rt_context *context, const signal_info *info, u64 pc) {
  if (context == 0 || !in_wasm_text(pc)) return 0;
  switch (info->signal) {
    case OS_SIGILL:
    case OS_SIGTRAP:
      return rt_arch_trap_code(pc);
    case OS_SIGSEGV:
    case OS_SIGBUS:
      if (info->code == SI_KERNEL) return 0;
      if (info->address < NULL_PAGE) return RT_TRAP_UNINITIALIZED_ELEMENT;
      if (rt_in_reservation(info->address)) return RT_TRAP_MEMORY_OUT_OF_BOUNDS;
      if (info->address >= (u64)context->stack_base && info->address < (u64)context->stack_guard_end)
        return RT_TRAP_STACK_EXHAUSTED;
      return 0;
    default:
      return 0;
  }
}

/// Leaves the signal to whoever had it before. A fault happens again when the handler returns; a signal that somebody sent (si_code <= 0) does not.
static void pass_on(const signal_info *info) {
  for (u32 i = 0; i < SIGNAL_COUNT; i++)
    if (signals[i] == info->signal) os_signal_action(info->signal, &previous[i], 0);
  if (info->code <= 0) os_raise(info->signal);
}

static void handle(int signal, const signal_info *info, void *machine) {
  (void)signal;
  rt_context *context = rt_active_context;
  u64 pc = rt_arch_pc(machine);
  u32 code = classify(context, info, pc);
  if (code == 0) {
    if (info->signal == OS_SIGILL && in_wasm_text(pc)) rt_require_features(true);
    pass_on(info);
    return;
  }
  context->trap_pc = pc;
  context->trap_sp = rt_arch_sp(machine);
  context->trap_link = rt_arch_link(machine);
  context->trap_address = info->address;
  rt_arch_redirect(machine, (u64)&rt_unwind, (u64)context->jump_sp, (u64)context, code);
}

const char *rt_trap_install(void *stack, u64 stack_size) {
  os_signal_stack signal_stack = {.base = stack, .size = stack_size};
  os_sigaction action = {.handler = (void *)(uintptr_t)&handle, .flags = OS_SA_SIGINFO | OS_SA_ONSTACK};
  rt_arch_signal_return_to(&action);
  i64 result = os_signal_stack_set(&signal_stack, 0);
  for (u32 i = 0; i < SIGNAL_COUNT && result >= 0; i++)
    if (RT_ARCH_TRAP_SIGNALS & 1u << signals[i]) result = os_signal_action(signals[i], &action, &previous[i]);
  return result < 0 ? "cannot install signal handlers" : 0;
}

// ---- Reports ----

static const char *const messages[] = {
    [RT_TRAP_UNREACHABLE] = "unreachable",
    [RT_TRAP_MEMORY_OUT_OF_BOUNDS] = "out of bounds memory access",
    [RT_TRAP_DIVIDE_BY_ZERO] = "integer divide by zero",
    [RT_TRAP_INTEGER_OVERFLOW] = "integer overflow",
    [RT_TRAP_INVALID_CONVERSION] = "invalid conversion to integer",
    [RT_TRAP_UNDEFINED_ELEMENT] = "undefined element",
    [RT_TRAP_UNINITIALIZED_ELEMENT] = "uninitialized element",
    [RT_TRAP_INDIRECT_CALL_MISMATCH] = "indirect call type mismatch",
    [RT_TRAP_STACK_EXHAUSTED] = "call stack exhausted",
    [RT_TRAP_TABLE_OUT_OF_BOUNDS] = "out of bounds table access",
    [RT_TRAP_UNALIGNED_ATOMIC] = "unaligned atomic",
    [RT_TRAP_NULL_REFERENCE] = "null reference",
    [RT_TRAP_CAST_FAILURE] = "cast failure",
    [RT_TRAP_ARRAY_OUT_OF_BOUNDS] = "out of bounds array access",
    [RT_TRAP_UNCAUGHT_EXCEPTION] = "uncaught exception",
    [RT_TRAP_OUT_OF_MEMORY] = "out of memory",
};

const char *rt_trap_message(u32 code) {
  if (code < sizeof messages / sizeof messages[0] && messages[code] != 0) return messages[code];
  return "unknown trap";
}

/// The frame table's entry for an address in the wasm text, or 0.
static const rt_frame_entry *find_frame(u64 pc) {
  if (!in_wasm_text(pc) || wasmaot_program.frame_count == 0) return 0;
  u64 offset = pc - (u64)wasmaot_program.text_start;
  u32 low = 0;
  u32 high = wasmaot_program.frame_count;
  while (high - low > 1) {
    u32 middle = low + (high - low) / 2;
    if (wasmaot_program.frames[middle].code_offset <= offset) low = middle;
    else high = middle;
  }
  return wasmaot_program.frames[low].code_offset <= offset ? &wasmaot_program.frames[low] : 0;
}

static void print_frame(const rt_frame_entry *frame) {
  rt_line line = {.length = 0};
  rt_line_text(&line, "  at ");
  if (frame->name_offset != 0) {
    rt_line_text(&line, wasmaot_program.names + frame->name_offset);
    rt_line_text(&line, " (function ");
    rt_line_number(&line, frame->function);
    rt_line_text(&line, ")");
  } else {
    rt_line_text(&line, "function ");
    rt_line_number(&line, frame->function);
  }
  rt_line_write(&line);
}

/// Steps from a frame to its caller: sets *pc to an address in the calling instruction. False when the frame cannot be left.
static bool caller_of(const rt_context *context, const rt_frame_entry *frame, bool top, u64 *pc, u64 *sp) {
  u64 size = frame->frame_size & ~(u64)RT_FRAME_LEAF;
  if (top) size = rt_arch_frame_bytes((u64)wasmaot_program.text_start + frame->code_offset, *pc, size);
  u64 slot = *sp + size - sizeof(u64);
  bool readable = size >= sizeof(u64) && slot >= (u64)context->stack_guard_end && slot < (u64)context->stack_top;
  // A prologue that ran into the guard has lowered the stack pointer but not yet stored the return address.
  bool in_register = RT_ARCH_LINK_REGISTER && top && (frame->frame_size & RT_FRAME_LEAF || !readable);
  if (!in_register && !readable) return false;
  *pc = (in_register ? context->trap_link : *(const u64 *)slot) - 1;
  *sp += size;
  return true;
}

void rt_trap_report(const rt_context *context, u32 code) {
  rt_line line = {.length = 0};
  rt_line_text(&line, "wasm trap: ");
  rt_line_text(&line, rt_trap_message(code));
  rt_line_write(&line);
  u64 pc = context->trap_pc;
  u64 sp = context->trap_sp;
  u64 count = 0;
  for (const rt_frame_entry *frame = find_frame(pc); frame != 0; frame = find_frame(pc)) {
    if (frame->function != RT_FRAME_GENERATED && count++ < BACKTRACE_LINES) print_frame(frame);
    bool top = pc == context->trap_pc && sp == context->trap_sp;
    if (!caller_of(context, frame, top, &pc, &sp)) break;
  }
  if (count > BACKTRACE_LINES) {
    rt_line_text(&line, "  and ");
    rt_line_number(&line, count - BACKTRACE_LINES);
    rt_line_text(&line, " more");
    rt_line_write(&line);
  }
}
