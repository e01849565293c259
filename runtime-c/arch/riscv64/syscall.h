// RISC-V 64 Linux: the system call instruction, calls of its own, and open flags that differ from other architectures.
#ifndef WASMAOT_ARCH_SYSCALL_H
#define WASMAOT_ARCH_SYSCALL_H

#include <stdint.h>

#include "arch/generic-calls.h"

static inline int64_t os_call6(int64_t number, uint64_t a, uint64_t b, uint64_t c, uint64_t d, uint64_t e, uint64_t f) {
  register int64_t a7 __asm__("a7") = number;
  register uint64_t a0 __asm__("a0") = a;
  register uint64_t a1 __asm__("a1") = b;
  register uint64_t a2 __asm__("a2") = c;
  register uint64_t a3 __asm__("a3") = d;
  register uint64_t a4 __asm__("a4") = e;
  register uint64_t a5 __asm__("a5") = f;
  __asm__ volatile("ecall" : "+r"(a0) : "r"(a7), "r"(a1), "r"(a2), "r"(a3), "r"(a4), "r"(a5) : "memory");
  return (int64_t)a0;
}

static inline int64_t os_call3(int64_t number, uint64_t a, uint64_t b, uint64_t c) {
  register int64_t a7 __asm__("a7") = number;
  register uint64_t a0 __asm__("a0") = a;
  register uint64_t a1 __asm__("a1") = b;
  register uint64_t a2 __asm__("a2") = c;
  __asm__ volatile("ecall" : "+r"(a0) : "r"(a7), "r"(a1), "r"(a2) : "memory");
  return (int64_t)a0;
}

/// riscv_hwprobe (Linux 6.4): which extensions every hart has.
enum { OS_CALL_riscv_hwprobe = 258 };

/// open flags whose value differs between architectures (asm/fcntl.h).
enum {
  OS_O_DIRECTORY = 0x10000,
  OS_O_NOFOLLOW = 0x20000,
};

#endif
