// AArch64: the machine state of a signal (Linux uapi asm/sigcontext.h, asm/ucontext.h) and trapping instructions.
#ifndef WASMAOT_ARCH_CONTEXT_H
#define WASMAOT_ARCH_CONTEXT_H

/// R_AARCH64_RELATIVE: the relocation of position-independent executables.
#define RT_ARCH_RELATIVE 1027u
/// Signals that trapping instructions and memory faults raise here.
#define RT_ARCH_TRAP_SIGNALS (1u << OS_SIGSEGV | 1u << OS_SIGBUS | 1u << OS_SIGTRAP)
/// Leaf functions keep their return address in x30.
#define RT_ARCH_LINK_REGISTER 1

/// Register number in the machine state: 8 bytes each from x0, which follows the fault address at byte 176 of the ucontext.
enum { RT_MACHINE_X0 = 0, RT_MACHINE_X30 = 30, RT_MACHINE_SP = 31, RT_MACHINE_PC = 32 };

static inline u64 *rt_machine(void *machine) { return (u64 *)(void *)((u8 *)machine + 184); }
static inline u64 rt_arch_pc(void *machine) { return rt_machine(machine)[RT_MACHINE_PC]; }
static inline u64 rt_arch_sp(void *machine) { return rt_machine(machine)[RT_MACHINE_SP]; }
static inline u64 rt_arch_link(void *machine) { return rt_machine(machine)[RT_MACHINE_X30]; }

/// Frames are taken in one step.
static inline u64 rt_arch_frame_bytes(u64 start, u64 pc, u64 size) {
  (void)start;
  (void)pc;
  return size;
}

/// Makes the interrupted code continue at `pc` with a stack pointer and two arguments.
static inline void rt_arch_redirect(void *machine, u64 pc, u64 sp, u64 first, u64 second) {
  u64 *registers = rt_machine(machine);
  registers[RT_MACHINE_PC] = pc;
  registers[RT_MACHINE_SP] = sp;
  registers[RT_MACHINE_X0] = first;
  registers[RT_MACHINE_X0 + 1] = second;
}

/// The code of the trapping instruction at `pc` in the wasm text, `brk #code`, or 0 when it is another instruction.
static inline u32 rt_arch_trap_code(u64 pc) {
  u32 instruction = *(const u32 *)pc;
  return (instruction & 0xffe0001f) == 0xd4200000 ? instruction >> 5 & 0xffff : 0;
}

/// The kernel returns from signals by itself.
static inline void rt_arch_signal_return_to(os_sigaction *action) { (void)action; }

/// Memory 0's base is a register that rt_enter sets.
static inline void rt_arch_set_memory_base(u64 base) { (void)base; }
static inline bool rt_arch_changes_memory_base(void) { return true; }
static inline u64 rt_arch_memory_base(void) { return 0; }

#endif
