// x86-64: the machine state of a signal (Linux uapi asm/sigcontext.h, asm/ucontext.h), trapping instructions, and the gs base that holds
// memory 0 in static mode.
#ifndef WASMAOT_ARCH_CONTEXT_H
#define WASMAOT_ARCH_CONTEXT_H

/// R_X86_64_RELATIVE: the relocation of position-independent executables.
#define RT_ARCH_RELATIVE 8u
/// Signals that trapping instructions and memory faults raise here. SIGBUS is none of them: on this processor it is a broken page.
#define RT_ARCH_TRAP_SIGNALS (1u << OS_SIGSEGV | 1u << OS_SIGILL)
/// Return addresses are always on the stack.
#define RT_ARCH_LINK_REGISTER 0

/// Register number in the machine state: 8 bytes each from byte 40 of the ucontext.
enum { RT_MACHINE_RDI = 8, RT_MACHINE_RSI = 9, RT_MACHINE_RSP = 15, RT_MACHINE_RIP = 16 };

static inline u64 *rt_machine(void *machine) { return (u64 *)(void *)((u8 *)machine + 40); }
static inline u64 rt_arch_pc(void *machine) { return rt_machine(machine)[RT_MACHINE_RIP]; }
static inline u64 rt_arch_sp(void *machine) { return rt_machine(machine)[RT_MACHINE_RSP]; }
static inline u64 rt_arch_link(void *machine) {
  (void)machine;
  return 0;
}

/// Length of the push instruction at `pc`, or 0 when it is another.
static inline u32 rt_arch_push_length(u64 pc) {
  const u8 *code = (const u8 *)pc;
  if ((code[0] & 0xf8) == 0x50) return 1;
  return code[0] == 0x41 && (code[1] & 0xf8) == 0x50 ? 2 : 0;
}

/// Bytes of the frame of the function at `start` when it stops at `pc`: less than `size` while its prologue pushes registers.
static inline u64 rt_arch_frame_bytes(u64 start, u64 pc, u64 size) {
  if (rt_arch_push_length(pc) == 0) return size;
  u64 bytes = sizeof(u64);
  for (; start < pc; start += rt_arch_push_length(start)) {
    if (rt_arch_push_length(start) == 0) return size;
    bytes += sizeof(u64);
  }
  return bytes;
}

/// Makes the interrupted code continue at `pc` with a stack pointer and two arguments.
static inline void rt_arch_redirect(void *machine, u64 pc, u64 sp, u64 first, u64 second) {
  u64 *registers = rt_machine(machine);
  registers[RT_MACHINE_RIP] = pc;
  registers[RT_MACHINE_RSP] = sp;
  registers[RT_MACHINE_RDI] = first;
  registers[RT_MACHINE_RSI] = second;
}

/// The code of the trapping instruction at `pc` in the wasm text, `ud1 code(%eax), %eax` or `ud1 code(%rax), %eax`, or 0 when it is another
/// instruction.
static inline u32 rt_arch_trap_code(u64 pc) {
  const u8 *code = (const u8 *)pc;
  if (code[0] == 0x67) code++;
  return code[0] == 0x0f && code[1] == 0xb9 && code[2] == 0x40 ? code[3] : 0;
}

void rt_signal_return(void);
static inline void rt_arch_signal_return_to(os_sigaction *action) {
  action->flags |= OS_SA_RESTORER;
  action->restorer = (void *)(uintptr_t)&rt_signal_return;
}

/// The kernel lets user code write the gs base (Linux 5.9, AT_HWCAP2).
extern bool rt_arch_fsgsbase;

enum { RT_ARCH_SET_GS = 0x1001, RT_ARCH_GET_GS = 0x1004 };

static inline void rt_arch_set_memory_base(u64 base) {
  if (rt_arch_fsgsbase) __asm__ volatile("wrgsbase %0" : : "r"(base) : "memory");
  else os_call3(OS_CALL_arch_prctl, RT_ARCH_SET_GS, base, 0);
}

/// Compiled code of static mode may change memory 0's base by itself.
static inline bool rt_arch_changes_memory_base(void) { return rt_arch_fsgsbase; }

static inline u64 rt_arch_memory_base(void) {
  u64 base = 0;
  if (rt_arch_fsgsbase) __asm__ volatile("rdgsbase %0" : "=r"(base));
  else os_call3(OS_CALL_arch_prctl, RT_ARCH_GET_GS, (u64)&base, 0);
  return base;
}

#endif
