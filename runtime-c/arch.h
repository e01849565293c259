// What differs between architectures besides system calls; each function is in arch/<target>/.
//
// context.h: reading and rewriting the machine state a signal handler receives, and the code carried by a trapping instruction.
#ifndef WASMAOT_ARCH_H
#define WASMAOT_ARCH_H

#include "os.h"
#include "rt.h"

#if defined(RT_ARCH_X86_64)
#include "arch/x86-64/context.h"
#elif defined(RT_ARCH_AARCH64)
#include "arch/aarch64/context.h"
#else
#include "arch/riscv64/context.h"
#endif

#pragma GCC visibility push(hidden)

/// Hardware capabilities as the kernel reports them (auxiliary vector).
typedef struct rt_hardware {
  u64 hwcap;
  u64 hwcap2;
} rt_hardware;

/// Whether the machine has a CPU feature by the compiler's name: 1, 0, or -1 for a name this runtime does not know.
int rt_arch_has_feature(const rt_hardware *hardware, const char *name);
/// Instructions of this feature are illegal where it is absent, never something else, so that it need not be asked for at each start.
bool rt_arch_faults_without(const char *name);
/// Called once before rt_arch_has_feature and before any wasm code: learns what the machine has.
void rt_arch_init(const rt_hardware *hardware);

#ifdef RT_ARCH_X86_64
/// Moving, filling or searching `length` bytes is faster with 32-byte vectors, and the machine has AVX2. It is asked once the lengths make up for the question.
bool rt_arch_wide_vectors(u64 length);
#endif

#ifdef RT_ARCH_RISCV64
/// The machine has the vector extension.
extern bool rt_arch_vectors;
/// arch/riscv64/copy.S; n is not 0.
void rt_vector_move_forward(u8 *to, const u8 *from, u64 n);
void rt_vector_move_backward(u8 *to, const u8 *from, u64 n);
void rt_vector_fill(u8 *to, u8 byte, u64 n);
#endif

#pragma GCC visibility pop

#endif
