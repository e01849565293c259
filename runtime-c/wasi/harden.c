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
//
// When a filter is installed the kernel runs it for every call number that exists, on each architecture, to learn which calls it always allows: those are
// then answered from a bitmap. That costs more than the rest of the program's start, so the filter is made short for it:
// - a binary search that halves the numbers rather than the allowed calls;
// - in a program that opens no files, numbers from FREQUENT_END on come at once to an instruction that ends the kernel's question (only loads,
//   comparisons and returns are looked into: kernel/seccomp.c, seccomp_is_const_allow). Its frequent calls, reading and writing, have lower numbers;
//   the others run the filter each time they are made.

typedef struct instruction {
  u16 code;
  u8 if_true, if_false;
  u32 value;
} instruction;
enum { LOAD = 0x20, JUMP_EQUAL = 0x15, JUMP_GREATER_EQUAL = 0x35, JUMP_SET = 0x45, RETURN = 0x06, COPY_TO_X = 0x07 };
#define ALLOW 0x7fff0000u
#define KILL 0x80000000u
/// Offsets in the kernel's struct seccomp_data; of an argument, its lower half.
enum { DATA_NUMBER = 0, DATA_ARCHITECTURE = 4, DATA_ARGUMENTS = 16 };
/// Without this, kernels before 5.16 slow the process down against speculation.
#define SECCOMP_SPECULATE 4u
#define ARCH_SET_GS 0x1001u

#if defined(RT_ARCH_X86_64)
#define AUDIT_ARCHITECTURE 0xc000003eu
#define FREQUENT_END 21u
#elif defined(RT_ARCH_AARCH64)
#define AUDIT_ARCHITECTURE 0xc00000b7u
#define FREQUENT_END 71u
#else
#define AUDIT_ARCHITECTURE 0xc00000f3u
#define FREQUENT_END 71u
#endif

/// A call that is allowed for some arguments only.
typedef struct condition {
  u8 bit;
  u8 argument;
  u16 jump;     ///< JUMP_EQUAL: allowed when equal; JUMP_SET: killed when any of the bits is set
  u32 value;
} condition;
#define CONDITIONS 5u
/// About the number of calls that kernels have.
#define NUMBERS_END 480u
/// Instructions before the search, and of one condition.
#define HEAD 3u
#define CONDITION_LENGTH 2u
#define SEGMENTS (2u * CALL_COUNT + 1u)
#define PARTS 2u
#define FILTER_LENGTH (3u + PARTS * (HEAD + 3u) + SEGMENTS + CONDITION_LENGTH * CONDITIONS)
_Static_assert(FILTER_LENGTH < 256, "jumps have 8 bits");

/// Call numbers from `from` up to the next segment's go to instruction `target`.
typedef struct segment {
  u32 from;
  u32 target;
} segment;

typedef struct filter {
  u32 length;
  u32 call_count;
  u8 calls[CALL_COUNT];  ///< allowed, in the order of their numbers
  condition conditions[CONDITIONS];
  u32 segment_count;
  u32 end;               ///< of the numbers that the segments divide
  segment segments[SEGMENTS];
  instruction list[FILTER_LENGTH];
} filter;

static void emit(filter *f, u16 code, u32 value) {
  f->list[f->length++] = (instruction){code, 0, 0, value};
}

/// A jump forward to one of two instructions.
static void emit_jump(filter *f, u16 code, u32 value, u32 to_true, u32 to_false) {
  u32 next = f->length + 1;
  f->list[f->length++] = (instruction){code, (u8)(to_true - next), (u8)(to_false - next), value};
}

/// Starts a segment; one that would repeat the last segment's target only lengthens that.
static void add_segment(filter *f, u32 from, u32 target) {
  if (f->segment_count > 0 && f->segments[f->segment_count - 1].from == from) f->segment_count--;
  if (f->segment_count > 0 && f->segments[f->segment_count - 1].target == target) return;
  f->segments[f->segment_count++] = (segment){from, target};
}

/// The boundary nearest to the middle of the numbers of segments first to last.
static u32 middle_segment(const filter *f, u32 first, u32 last) {
  u32 end = last + 1 < f->segment_count ? f->segments[last + 1].from : f->end;
  u32 twice = f->segments[first].from + end;
  u32 middle = first + 1;
  while (middle < last && f->segments[middle].from + f->segments[middle + 1].from <= twice) middle++;
  return middle;
}

/// Emits the search among segments first to last; returns where it starts.
static u32 emit_search(filter *f, u32 first, u32 last) {
  if (first == last) return f->segments[first].target;
  u32 middle = middle_segment(f, first, last);
  u32 at = f->length++;
  u32 below = emit_search(f, first, middle - 1);
  u32 above = emit_search(f, middle, last);
  u32 end = f->length;
  f->length = at;
  emit_jump(f, JUMP_GREATER_EQUAL, f->segments[middle].from, above, below);
  f->length = end;
  return at;
}

static void sort_calls(filter *f, u64 mask) {
  f->call_count = 0;
  for (u32 bit = 0; bit < CALL_COUNT; bit++) {
    if ((mask >> bit & 1) == 0 || numbers[bit] < 0) continue;
    u32 at = f->call_count++;
    for (; at > 0 && numbers[f->calls[at - 1]] > numbers[bit]; at--) f->calls[at] = f->calls[at - 1];
    f->calls[at] = (u8)bit;
  }
}

/// Divides the numbers in [from, to) into segments, whose targets are counted from the end of the search: conditions, ALLOW, KILL. Which conditions
/// those are goes to `used`; returns how many.
static u32 divide_numbers(filter *f, u32 from, u32 to, const condition **used) {
  const u32 condition_end = CONDITION_LENGTH * CONDITIONS;
  u32 count = 0;
  f->segment_count = 0;
  f->end = to;
  add_segment(f, from, condition_end + 1);
  for (u32 k = 0; k < f->call_count; k++) {
    u32 number = (u32)numbers[f->calls[k]];
    if (number < from || number >= to) continue;
    u32 target = condition_end;
    for (u32 i = 0; i < CONDITIONS; i++)
      if (f->conditions[i].bit == f->calls[k]) {
        used[count] = &f->conditions[i];
        target = CONDITION_LENGTH * count++;
      }
    add_segment(f, number, target);
    add_segment(f, number + 1, condition_end + 1);
  }
  // No call is allowed for no arguments: targets of the last two move up to where the conditions in use end.
  const u32 unused = CONDITION_LENGTH * (CONDITIONS - count);
  for (u32 i = 0; i < f->segment_count; i++)
    if (f->segments[i].target >= condition_end) f->segments[i].target -= unused;
  return count;
}

/// Decides about the numbers in [from, to).
static void emit_part(filter *f, u32 from, u32 to) {
  const condition *used[CONDITIONS];
  u32 count = divide_numbers(f, from, to, used);
  // A search among n segments takes n - 1 instructions.
  const u32 search_end = f->length + HEAD + f->segment_count - 1;
  const u32 allow = search_end + CONDITION_LENGTH * count;
  const u32 kill = allow + 1;
  for (u32 i = 0; i < f->segment_count; i++) f->segments[i].target += search_end;
  emit(f, LOAD, DATA_ARCHITECTURE);
  emit_jump(f, JUMP_EQUAL, AUDIT_ARCHITECTURE, f->length + 1, kill);
  emit(f, LOAD, DATA_NUMBER);
  emit_search(f, 0, f->segment_count - 1);
  for (u32 i = 0; i < count; i++) {
    bool equal = used[i]->jump == JUMP_EQUAL;
    emit(f, LOAD, DATA_ARGUMENTS + 8u * used[i]->argument);
    emit_jump(f, used[i]->jump, used[i]->value, equal ? allow : kill, equal ? kill : allow);
  }
  emit(f, RETURN, ALLOW);
  emit(f, RETURN, KILL);
}

static void build_filter(filter *f, u64 mask) {
  const condition conditions[CONDITIONS] = {
      {BIT_mmap, 2, JUMP_SET, OS_PROT_EXEC},    {BIT_mprotect, 2, JUMP_SET, OS_PROT_EXEC},
      {BIT_ioctl, 1, JUMP_EQUAL, OS_FIONREAD},  {BIT_arch_prctl, 0, JUMP_EQUAL, ARCH_SET_GS},
      {BIT_tgkill, 0, JUMP_EQUAL, (u32)os_call3(OS_CALL_getpid, 0, 0, 0)},
  };
  memcpy(f->conditions, conditions, sizeof conditions);
  f->length = 0;
  sort_calls(f, mask);
  if (mask & S(openat)) {
    emit_part(f, 0, NUMBERS_END);
    return;
  }
  emit(f, LOAD, DATA_NUMBER);
  f->length++;
  emit_part(f, 0, FREQUENT_END);
  const u32 rest = f->length;
  f->length = 1;
  emit_jump(f, JUMP_GREATER_EQUAL, FREQUENT_END, rest, f->length + 1);
  f->length = rest;
  emit(f, COPY_TO_X, 0);
  emit_part(f, FREQUENT_END, NUMBERS_END);
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
