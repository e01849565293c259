// The whole contract between compiled code, the runtime and embedders: docs/ABI.md in C. The compiler's side is
// compiler/codegen/rt.ts; test/unit/abi.test.ts compares the two.
//
// Invariants:
// - every structure that compiled code or the compiler's data directives touch has a fixed layout, checked by _Static_assert;
// - a reference is 8 bytes: 0 is null, a funcref is an `rt_func *`, an externref an opaque host value;
// - nothing here needs a C library: the freestanding executable and the embeddable library share it through os.h.
#ifndef WASMAOT_RT_H
#define WASMAOT_RT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;
typedef int32_t i32;
typedef int64_t i64;

#define RT_ABI_VERSION 1u
#define RT_PAGE_SIZE 65536u
/// Address space without access after the 4 GiB of a guarded memory: an i32 address plus a static offset and an access of together at
/// most this many bytes stays inside the reservation. A little over 2 GiB, so that any signed 32-bit displacement folds.
#define RT_GUARD_BYTES 0x80010000ull
/// Least bytes of stack a host function finds when it is called.
#define RT_HOST_STACK 65536u
/// Results of a call beyond the registers: 16 bytes each in rt_context.results.
#define RT_RESULT_SLOTS 1000u

// All of the runtime is one linked unit with the program: no symbol needs the global offset table.
#pragma GCC visibility push(hidden)

typedef struct rt_module rt_module;
typedef struct rt_instance rt_instance;
typedef struct rt_context rt_context;

/// Codes carried by trapping instructions; messages in trap.c.
enum rt_trap_code {
  RT_TRAP_NONE = 0,
  RT_TRAP_UNREACHABLE = 1,
  RT_TRAP_MEMORY_OUT_OF_BOUNDS = 2,
  RT_TRAP_DIVIDE_BY_ZERO = 3,
  RT_TRAP_INTEGER_OVERFLOW = 4,
  RT_TRAP_INVALID_CONVERSION = 5,
  RT_TRAP_UNDEFINED_ELEMENT = 6,
  RT_TRAP_UNINITIALIZED_ELEMENT = 7,
  RT_TRAP_INDIRECT_CALL_MISMATCH = 8,
  RT_TRAP_STACK_EXHAUSTED = 9,
  RT_TRAP_TABLE_OUT_OF_BOUNDS = 10,
  RT_TRAP_UNALIGNED_ATOMIC = 11,
  RT_TRAP_NULL_REFERENCE = 12,
  RT_TRAP_CAST_FAILURE = 13,
  RT_TRAP_ARRAY_OUT_OF_BOUNDS = 14,
  RT_TRAP_UNCAUGHT_EXCEPTION = 15,
  RT_TRAP_OUT_OF_MEMORY = 16,
  /// Not a trap: proc_exit unwound to rt_enter; the status is in rt_context.exit_status.
  RT_TRAP_EXIT = 64,
};

enum rt_memory_flags { RT_MEMORY_64 = 1, RT_MEMORY_EXPLICIT = 2 };

typedef struct rt_memory {
  u8 *base;
  u64 size;       ///< bytes accessible now, a multiple of RT_PAGE_SIZE
  u64 max_pages;  ///< declared maximum; UINT64_MAX: none (the address type and the reservation limit growth as well)
  u64 reserved;   ///< bytes of address space from base, guard included; the base never moves
  u32 flags;      ///< rt_memory_flags
  u32 index;
} rt_memory;
_Static_assert(sizeof(rt_memory) == 40, "rt_memory");

typedef struct rt_table {
  u64 *elements;  ///< references; may move when the table grows
  u64 size;
  u64 max;       ///< declared maximum; UINT64_MAX: none
  u64 capacity;  ///< elements allocated
  u32 type;      ///< wasm value type byte: 0x70 funcref, 0x6f externref
  u32 flags;
} rt_table;
_Static_assert(sizeof(rt_table) == 40, "rt_table");

/// A function as a value. `type_id` is read at offset 16 of a possibly null reference: the fault is "uninitialized element".
typedef struct rt_func {
  void *code;  ///< internal convention, with the pinned registers set for `instance`
  rt_instance *instance;
  u32 type_id;  ///< canonical over the program, from 1
  u32 index;    ///< in its module's function space
} rt_func;
_Static_assert(sizeof(rt_func) == 24 && offsetof(rt_func, type_id) == 16, "rt_func");

/// Header of an instance; the compiler lays out the rest (compiler/codegen/layout.ts). 16-byte aligned.
struct rt_instance {
  const rt_module *module;
  u8 *memory_base;
  u8 *host_stack_limit;
  rt_context *context;
  rt_memory **memories;  ///< by memory index, imports first
  rt_table **tables;
  void *user;
  u64 reserved;
};
_Static_assert(sizeof(rt_instance) == 64, "rt_instance");

/// State of one thread that runs wasm. Compiled code reaches `results` through instance->context.
struct rt_context {
  void *jump_sp;    ///< stack pointer saved by the innermost rt_enter; 0 outside wasm
  u8 *stack_base;   ///< lowest address of the wasm stack, guard included
  u8 *stack_top;
  u8 *stack_guard_end;
  void *host_sp;    ///< stack pointer of the wasm function that made the last rt_host_call
  u32 trap_code;
  u32 exit_status;
  u64 trap_pc;      ///< address of the trapping instruction or of the call into the host that trapped
  u64 trap_sp;
  u64 trap_address; ///< faulting address of a memory trap
  u64 host_pc;      ///< return address of the last rt_host_call
  u64 trap_link;    ///< link register at trap_pc: return address of a leaf function (0 where there is none)
  u64 reserved[5];
  u8 results[RT_RESULT_SLOTS * 16];
};
#define RT_CONTEXT_RESULTS 128
_Static_assert(offsetof(rt_context, results) == RT_CONTEXT_RESULTS, "rt_context");
// arch/<target>/calls.S uses these by number.
_Static_assert(offsetof(rt_context, jump_sp) == 0 && offsetof(rt_context, stack_top) == 16, "calls.S");
_Static_assert(offsetof(rt_context, host_sp) == 32 && offsetof(rt_context, host_pc) == 72, "calls.S");
_Static_assert(offsetof(rt_context, trap_pc) == 48 && offsetof(rt_context, trap_sp) == 56, "calls.S");

enum rt_extern_kind { RT_EXTERN_FUNC = 0, RT_EXTERN_TABLE = 1, RT_EXTERN_MEMORY = 2, RT_EXTERN_GLOBAL = 3 };

/// A wasm function type, by canonical id - 1, in `rt_program.types`. Letters i l f d v (v128) r (funcref) x (externref), "params:results".
typedef const char *rt_type_text;

typedef struct rt_memory_def {
  u64 min_pages;
  u64 max_pages;  ///< UINT64_MAX: none declared
  u32 flags;
  u32 offset;     ///< of the rt_memory in the instance
} rt_memory_def;

typedef struct rt_table_def {
  u64 min;
  u64 max;  ///< UINT64_MAX: none declared
  u32 type;
  u32 offset;
} rt_table_def;

/// An import slot. `slot` is the offset in the instance of an 8-byte pointer: rt_func *, rt_table *, rt_memory *, or the
/// global's cell. Imports met by C functions (WASI) have no entry here.
typedef struct rt_import {
  const char *module;
  const char *name;
  u32 kind;
  u32 slot;
  u32 type;       ///< function: canonical type id; table and global: value type byte; global: | 0x100 when mutable; memory: RT_MEMORY_64 or 0
  u32 index;
  u64 min;        ///< table, memory limits
  u64 max;        ///< UINT64_MAX: none
} rt_import;

typedef struct rt_export {
  const char *name;
  u32 kind;
  u32 index;      ///< in the kind's index space
  u32 type;       ///< as rt_import.type
  u32 offset;     ///< global: of its cell in the instance; table, memory: index of the pointer; imported global: of the pointer slot, with RT_EXPORT_INDIRECT
  u32 flags;
  u32 record;     ///< function: index into functions; or offset of the pointer slot with RT_EXPORT_INDIRECT (a re-exported import)
} rt_export;
enum rt_export_flags { RT_EXPORT_INDIRECT = 1 };

typedef struct rt_data_segment {
  const u8 *bytes;
  u64 length;
} rt_data_segment;

/// Element items: -1 null; 0 <= x < 2^30 function record x; 2^30 + i imported function i; -2 - i global i (its value).
typedef struct rt_element_segment {
  const i32 *items;
  u64 length;
} rt_element_segment;
#define RT_ITEM_IMPORT (1 << 30)

/// One entry for each compiled function, sorted by code_offset (from wasmaot_text_start).
typedef struct rt_frame_entry {
  u32 code_offset;
  u32 frame_size;   ///< bytes from sp after the prologue to the slot above the return address; | RT_FRAME_LEAF
  u32 name_offset;  ///< into rt_program.names; 0: none
  u32 function;     ///< wasm index; RT_FRAME_GENERATED: adapter, stub, init
} rt_frame_entry;
#define RT_FRAME_GENERATED UINT32_MAX
/// The function makes no calls and keeps its return address in the link register (AArch64, RISC-V).
#define RT_FRAME_LEAF 1u

/// Adapter from 16-byte slots to the internal convention; itself called in the internal convention.
typedef struct rt_adapter {
  u32 type_id;
  u32 reserved;
  void *code;  ///< adapter(code, args, results)
} rt_adapter;

enum rt_module_flags { RT_MODULE_POINTER = 1, RT_MODULE_EXPLICIT = 2 };

struct rt_module {
  u32 abi_version;
  u32 flags;  ///< rt_module_flags
  const char *name;
  rt_instance *instance;  ///< static mode: the only instance; else 0
  u64 instance_size;
  const rt_func *functions;  ///< function records; in pointer mode a template copied to `functions_offset`
  const rt_memory_def *memory_defs;
  const rt_table_def *table_defs;
  const rt_import *imports;
  const rt_export *exports;
  const rt_data_segment *datas;
  const rt_element_segment *elements;
  void *init;  ///< internal convention, no arguments: globals, active segments, start function
  u32 function_count;     ///< records
  u32 functions_offset;   ///< of the copied records (pointer mode)
  u32 memory_def_count;
  u32 memory_count;       ///< with imports
  u32 memories_offset;    ///< of the pointer array
  u32 table_def_count;
  u32 table_count;
  u32 tables_offset;
  u32 import_count;
  u32 export_count;
  u32 data_count;
  u32 element_count;
  u32 dropped_data_offset;     ///< one byte a segment, 1 when dropped
  u32 dropped_element_offset;
  u32 function_slots_offset;   ///< pointer slots of imported functions: 8 bytes each, by function index
  u32 reserved;
  const u32 *global_offsets;   ///< by global index: offset of the cell, or of the pointer slot + 1 when imported
  u32 global_count;
  u32 imported_function_count;
};

enum rt_grant_kind { RT_GRANT_DIR = 1, RT_GRANT_ENV = 2, RT_GRANT_LISTEN = 3, RT_GRANT_ARG0 = 4, RT_GRANT_ENV_INHERIT = 5 };
enum rt_grant_flags { RT_GRANT_READONLY = 1 };

/// Something the host gives to the program, baked in at build time. DIR: host path, guest path. ENV: name, value.
/// LISTEN: "host:port". ARG0: the text.
typedef struct rt_grant {
  u32 kind;
  u32 flags;
  const char *a;
  const char *b;
} rt_grant;

/// What the start code hands to the host interface before any module is instantiated.
typedef struct rt_start_info {
  u32 argument_count;
  u32 refuse_environment;            ///< 1: ignore WASMAOT_* variables (RT_PROGRAM_NO_ENV_GRANTS or a set-user-id program)
  const char *const *arguments;      ///< ended by 0
  const char *const *environment;    ///< "NAME=value", ended by 0
  u64 page_size;                     ///< of the host, in bytes
} rt_start_info;

enum rt_program_flags {
  RT_PROGRAM_NO_ENV_GRANTS = 1,   ///< WASMAOT_* variables are refused
  RT_PROGRAM_DETERMINISTIC = 2,
  RT_PROGRAM_HARDEN_OFF = 4,
  RT_PROGRAM_HARDEN_REQUIRE = 8,
};

/// The root the compiler emits once for each program: symbol `wasmaot_program`.
typedef struct rt_program {
  u32 abi_version;
  u32 flags;
  u32 module_count;
  u32 type_count;
  const rt_module *const *modules;  ///< in instantiation order; the last is the main one
  const char *const *module_names;  ///< name under which others import each; "" for none
  const rt_type_text *types;
  const u8 *text_start;
  const u8 *text_end;
  const rt_frame_entry *frames;
  const char *names;
  const rt_adapter *adapters;       ///< sorted by type_id
  const rt_grant *grants;
  u32 frame_count;
  u32 adapter_count;
  u32 grant_count;
  u32 max_files;          ///< 0: the default
  u64 max_memory;         ///< bytes over all memories; 0: no limit beyond the module's
  u64 stack_size;         ///< bytes of wasm stack; 0: the default of memory.c
  const char *const *features;  ///< CPU features the code needs, by the compiler's names, ended by 0
  const char *entry;      ///< export to call ("_start")
  u64 host_imports;       ///< WASI functions imported, one bit each in the order of wasi/functions.h
  /// rt_wasi_init when host_imports is not 0, else 0: a pointer, so that a program without WASI links none of it.
  void (*host_init)(const rt_start_info *info);
} rt_program;

extern const rt_program wasmaot_program;

// ---- Instances ----

/// Resolves imports during instantiation. Returns the pointer for the slot, or 0 with *error set. Limits, kinds and types are the
/// resolver's to check: see rt_resolve_export.
typedef void *(*rt_resolver)(void *closure, const rt_import *import, const char **error);

/// Memory for an instance of `module`: module->instance in static mode. Returns 0 when there is no memory.
rt_instance *rt_instance_new(const rt_module *module);
/// Frees the memories and tables an instance defines, and the instance unless it is static. Nothing else may use them any more.
void rt_instance_free(rt_instance *instance);
/// Prepares `instance` (from rt_instance_new): memories, tables, slots, records. Runs no wasm. Returns 0, or a one-line reason; then
/// *failed (if not 0) is the import that could not be met, or 0. After a failure the instance may only be freed.
const char *rt_instantiate(const rt_module *module, rt_instance *instance, rt_context *context, rt_resolver resolve,
                           void *closure, const rt_import **failed);
/// Runs module->init. Returns 0 or a trap code.
u32 rt_initialize(rt_instance *instance);
/// The export called `name`, or 0.
const rt_export *rt_find_export(const rt_module *module, const char *name);
/// What an export stands for: rt_func *, rt_table *, rt_memory *, or the cell of a global.
void *rt_export_value(rt_instance *instance, const rt_export *export);
/// The value of `instance`'s export import->name when it fits the import, else 0 with *error "unknown import" or "incompatible
/// import type" (the specification's words).
void *rt_resolve_export(rt_instance *instance, const rt_import *import, const char **error);

/// A resolver over named instances; closure: rt_names. Later entries hide earlier ones of the same name.
typedef struct rt_named_instance {
  const char *name;
  rt_instance *instance;
} rt_named_instance;
typedef struct rt_names {
  const rt_named_instance *list;
  u32 count;
} rt_names;
void *rt_resolve_by_name(void *closure, const rt_import *import, const char **error);

/// Calls a function with arguments and results in 16-byte slots. Returns 0 or a trap code; after RT_TRAP_EXIT the status is
/// context->exit_status. Nests: a function called by wasm may call this again.
u32 rt_call(rt_context *context, const rt_func *func, const u64 *args, u64 *results);
/// A context with a wasm stack of about `stack_size` bytes (0: the default), and the signal handlers installed. Returns 0 with *error a one-line
/// reason when there is no memory.
rt_context *rt_context_new(u64 stack_size, const char **error);

/// Size of a page of the host, in bytes: set by the start code.
extern u64 rt_host_page;
/// Limit in bytes over all memories of the process; 0: none.
extern u64 rt_memory_limit;

/// The whole program after the process is set up: returns the exit status. The archive has the ordinary one (main.c); a driver linked before it may
/// define its own, as the tests do.
int rt_main(const rt_start_info *info);

/// Assembly (arch/<target>/calls.S).
u32 rt_enter(rt_instance *instance, void *adapter, void *code, const u64 *args, u64 *results);
_Noreturn void rt_unwind(rt_context *context, u32 code);
/// Ends the running wasm code with a trap, from C called by wasm.
_Noreturn void rt_trap(rt_instance *instance, u32 code);

const char *rt_trap_message(u32 code);
/// Prints "wasm trap: <message>" and the wasm backtrace of the trap recorded in `context` on standard error.
void rt_trap_report(const rt_context *context, u32 code);

// ---- Called by compiled code through rt_host_call ----

u64 rt_memory_grow(rt_instance *self, u32 memory, u64 delta);
void rt_memory_copy(rt_instance *self, u32 dst_memory, u32 src_memory, u64 dst, u64 src, u64 n);
void rt_memory_fill(rt_instance *self, u32 memory, u64 dst, u32 byte, u64 n);
void rt_memory_init(rt_instance *self, u32 memory, u32 segment, u64 dst, u32 src, u32 n);
void rt_data_drop(rt_instance *self, u32 segment);
u64 rt_table_grow(rt_instance *self, u32 table, u64 ref, u64 delta);
void rt_table_fill(rt_instance *self, u32 table, u64 at, u64 ref, u64 n);
void rt_table_copy(rt_instance *self, u32 dst_table, u32 src_table, u64 dst, u64 src, u64 n);
void rt_table_init(rt_instance *self, u32 table, u32 segment, u64 dst, u32 src, u32 n);
void rt_elem_drop(rt_instance *self, u32 segment);

// Library functions that were recognised inside a module, on memory 0 (blocks.c). The first two trust their caller that the blocks lie inside memory and
// return `to`. The others trap when no byte inside memory decides.
u32 rt_block_move(rt_instance *self, u32 to, u32 from, u32 n);
u32 rt_block_fill(rt_instance *self, u32 to, u32 byte, u32 n);
/// The difference of the first bytes that differ, or 0.
i32 rt_block_compare(rt_instance *self, u32 a, u32 b, u32 n);
/// The same of strings: not beyond a zero byte.
i32 rt_string_compare(rt_instance *self, u32 a, u32 b, u32 n);
/// Address of the byte, or 0.
u32 rt_find_byte(rt_instance *self, u32 s, u32 byte, u32 n);
u32 rt_string_length(rt_instance *self, u32 s);
/// Address of the byte or of the zero that ends the string, whichever is first.
u32 rt_find_byte_or_end(rt_instance *self, u32 s, u32 byte);
/// Copies a string with its zero and returns its length; or does nothing and returns -1 when it does not end in memory, does not fit into it or would overlap
/// its copy. Never traps.
i64 rt_string_copy(rt_instance *self, u32 to, u32 from);

// How many bytes of memory 0 from a place on let a search go on, at most n; 0 when it is outside memory. They never trap.
/// Bytes that are neither of two.
u64 rt_skip_until(rt_instance *self, u64 at, u32 one, u32 other, u64 n);
/// The same for bytes at `at`, `at` - 1, and so on.
u64 rt_skip_until_backwards(rt_instance *self, u64 at, u32 byte, u64 n);
u64 rt_skip_span(rt_instance *self, u64 at, u32 byte, u64 n);
u64 rt_skip_equal(rt_instance *self, u64 a, u64 b, u64 n);
/// Equal bytes that are not zero.
u64 rt_skip_equal_strings(rt_instance *self, u64 a, u64 b, u64 n);

#pragma GCC visibility pop

#endif
