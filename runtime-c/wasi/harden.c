// What the process may still ask of the kernel, once everything granted is open: a Landlock domain of the granted directories, and a seccomp filter
// of the system calls that the module's imports can need.
//
// Both are a second wall: nothing in the program makes other calls, unless something is wrong with it. So they are left out quietly where
// the kernel (or qemu-user) has none, unless the program was built with --harden=require. A call outside the filter kills the process (SIGSYS).
// Sources: the kernel's Documentation/userspace-api/seccomp_filter.rst and landlock.rst.
#include "harden.h"

#include "../print.h"
#include "wasi.h"

// ---- The calls ----

enum {
#define SYSCALL(name, x86, generic, always) BIT_##name,
#include "syscalls.def"
#undef SYSCALL
  CALL_COUNT
};
_Static_assert(CALL_COUNT <= 64, "masks have 64 bits");
#define S(name) (1ull << BIT_##name)

static const u64 calls_by_function[] = {
#define WASI(result, name, parameters, calls) calls,
#define WASI_UNSTABLE(result, name, parameters)
#include "functions.def"
#undef WASI
#undef WASI_UNSTABLE
};

static const int16_t numbers[] = {
#ifdef RT_ARCH_X86_64
#define SYSCALL(name, x86, generic, always) x86,
#else
#define SYSCALL(name, x86, generic, always) generic,
#endif
#include "syscalls.def"
#undef SYSCALL
};

static const u64 always =
#define SYSCALL(name, x86, generic, always) ((u64)(always) << BIT_##name) |
#include "syscalls.def"
#undef SYSCALL
    0;

static u64 allowed_calls(void) {
  u64 mask = always;
  for (u32 i = 0; i < sizeof calls_by_function / sizeof calls_by_function[0]; i++)
    if (wasmaot_program.host_imports >> i & 1) mask |= calls_by_function[i];
  return mask;
}

// ---- The seccomp filter ----

typedef struct instruction {
  u16 code;
  u8 if_true, if_false;
  u32 value;
} instruction;
enum { LOAD = 0x20, JUMP = 0x05, JUMP_EQUAL = 0x15, JUMP_SET = 0x45, RETURN = 0x06 };
#define ALLOW 0x7fff0000u
#define KILL 0x80000000u
/// Offsets in the kernel's struct seccomp_data; of an argument, its lower half.
enum { DATA_NUMBER = 0, DATA_ARCHITECTURE = 4, DATA_ARGUMENTS = 16 };
/// Without this, kernels before 5.16 slow the process down against speculation.
#define SECCOMP_SPECULATE 4u
#define ARCH_SET_GS 0x1001u

#if defined(RT_ARCH_X86_64)
#define AUDIT_ARCHITECTURE 0xc000003eu
#elif defined(RT_ARCH_AARCH64)
#define AUDIT_ARCHITECTURE 0xc00000b7u
#else
#define AUDIT_ARCHITECTURE 0xc00000f3u
#endif

/// A call that is allowed for some arguments only.
typedef struct condition {
  u8 bit;
  u8 argument;
  u16 jump;     ///< JUMP_EQUAL: allowed when equal; JUMP_SET: killed when any of the bits is set
  u32 value;
} condition;
#define CONDITIONS 5u
#define FILTER_LENGTH (5u + CALL_COUNT + 4u * CONDITIONS + 2u)

typedef struct filter {
  u32 length;
  instruction list[FILTER_LENGTH];
} filter;

static void emit(filter *f, u16 code, u32 value, u32 if_true, u32 if_false) {
  f->list[f->length++] = (instruction){code, (u8)if_true, (u8)if_false, value};
}

static void build_filter(filter *f, u64 mask) {
  const condition conditions[CONDITIONS] = {
      {BIT_mmap, 2, JUMP_SET, OS_PROT_EXEC},    {BIT_mprotect, 2, JUMP_SET, OS_PROT_EXEC},
      {BIT_ioctl, 1, JUMP_EQUAL, OS_FIONREAD},  {BIT_arch_prctl, 0, JUMP_EQUAL, ARCH_SET_GS},
      {BIT_tgkill, 0, JUMP_EQUAL, (u32)os_call3(OS_CALL_getpid, 0, 0, 0)},
  };
  f->length = 0;
  emit(f, LOAD, DATA_ARCHITECTURE, 0, 0);
  emit(f, JUMP_EQUAL, AUDIT_ARCHITECTURE, 1, 0);
  emit(f, RETURN, KILL, 0, 0);
  emit(f, LOAD, DATA_NUMBER, 0, 0);
  u64 plain = mask;
  for (u32 i = 0; i < CONDITIONS; i++) plain &= ~(1ull << conditions[i].bit);
  u32 left = (u32)__builtin_popcountll(plain);
  for (u32 bit = 0; bit < CALL_COUNT; bit++) {
    if ((plain >> bit & 1) == 0) continue;
    // To the RETURN ALLOW right behind these jumps, over the jump that skips it.
    emit(f, JUMP_EQUAL, (u32)numbers[bit], left, 0);
    left--;
  }
  emit(f, JUMP, 1, 0, 0);
  emit(f, RETURN, ALLOW, 0, 0);
  for (u32 i = 0; i < CONDITIONS; i++) {
    const condition *c = &conditions[i];
    if ((mask >> c->bit & 1) == 0 || numbers[c->bit] < 0) continue;
    bool equal = c->jump == JUMP_EQUAL;
    emit(f, JUMP_EQUAL, (u32)numbers[c->bit], 0, 4);
    emit(f, LOAD, DATA_ARGUMENTS + 8u * c->argument, 0, 0);
    emit(f, c->jump, c->value, equal ? 0 : 1, equal ? 1 : 0);
    emit(f, RETURN, ALLOW, 0, 0);
    emit(f, RETURN, KILL, 0, 0);
  }
  emit(f, RETURN, KILL, 0, 0);
}

static i64 install_filter(void) {
  filter f;
  build_filter(&f, allowed_calls());
  const struct {
    u16 length;
    const instruction *list;
  } program = {(u16)f.length, f.list};
  return os_seccomp(OS_SECCOMP_SET_MODE_FILTER, SECCOMP_SPECULATE, &program);
}

// ---- Landlock ----

/// Rights of Landlock's second version, the first in which renaming between directories can be allowed.
enum {
  LANDLOCK_WRITE_FILE = 1 << 1, LANDLOCK_READ_FILE = 1 << 2, LANDLOCK_READ_DIR = 1 << 3, LANDLOCK_ALL_2 = (1 << 14) - 1,
  LANDLOCK_EXECUTE = 1 << 0, LANDLOCK_MAKE_CHAR = 1 << 6, LANDLOCK_MAKE_SOCK = 1 << 9, LANDLOCK_MAKE_FIFO = 1 << 10,
  LANDLOCK_MAKE_BLOCK = 1 << 11, LANDLOCK_TRUNCATE = 1 << 14,
};
#define LANDLOCK_VERSION 1u
#define LANDLOCK_PATH_BENEATH 1u
enum { CALL_landlock_create_ruleset = 444, CALL_landlock_add_rule = 445, CALL_landlock_restrict_self = 446 };

static i64 allow_beneath(int ruleset, i32 directory, u64 access) {
  const struct __attribute__((packed)) {
    u64 access;
    i32 parent;
  } rule = {access, directory};
  return os_call6(CALL_landlock_add_rule, OS_N(ruleset), LANDLOCK_PATH_BENEATH, OS_P(&rule), 0, 0, 0);
}

static i64 install_landlock(void) {
  i64 version = os_call3(CALL_landlock_create_ruleset, 0, 0, LANDLOCK_VERSION);
  if (version < 2) return version < 0 ? version : -OS_ENOSYS;
  const u64 handled = LANDLOCK_ALL_2 | (version >= 3 ? LANDLOCK_TRUNCATE : 0);
  i64 ruleset = os_call3(CALL_landlock_create_ruleset, OS_P(&handled), sizeof handled, 0);
  if (ruleset < 0) return ruleset;
  const u64 never = LANDLOCK_EXECUTE | LANDLOCK_MAKE_CHAR | LANDLOCK_MAKE_SOCK | LANDLOCK_MAKE_FIFO | LANDLOCK_MAKE_BLOCK;
  i64 result = 0;
  const wasi_fd *entry;
  for (u32 fd = 3; result >= 0 && (entry = wasi_fd_get(fd)) != 0; fd++) {
    if ((entry->flags & WASI_FD_PREOPEN) == 0) continue;
    bool read_only = (entry->flags & WASI_FD_READ_ONLY) != 0;
    result = allow_beneath((int)ruleset, entry->host, read_only ? LANDLOCK_READ_FILE | LANDLOCK_READ_DIR : handled & ~never);
  }
  if (result >= 0) result = os_call3(CALL_landlock_restrict_self, (u64)ruleset, 0, 0);
  os_close((int)ruleset);
  return result;
}

// ---- Both ----

void wasi_harden(void) {
  u32 flags = wasmaot_program.flags;
  if (flags & RT_PROGRAM_HARDEN_OFF) return;
  bool required = (flags & RT_PROGRAM_HARDEN_REQUIRE) != 0;
  i64 result = os_prctl(OS_PR_SET_NO_NEW_PRIVS, 1, 0);
  // Without a call that opens there is nothing for Landlock to watch over.
  bool opens = result >= 0 && (allowed_calls() & S(openat)) != 0;
  if (opens && install_landlock() < 0 && required) rt_fatal("--harden=require: this kernel has no Landlock (Linux 5.19)", 0, 0);
  if (result >= 0) result = install_filter();
  if (result < 0 && required) rt_fatal("--harden=require: this kernel has no seccomp filters", 0, 0);
}
