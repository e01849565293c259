// From the kernel's entry to rt_main: relocation of position-independent executables, the auxiliary vector, the CPU check.
//
// Invariant: until `relocate` has run, nothing may read an address stored in data. The whole start reads only the initial stack; no memory is
// mapped and no page touched that the program does not need.
#include "arch.h"
#include "os.h"
#include "print.h"
#include "trap.h"

typedef struct program_header {
  u32 type, flags;
  u64 offset, address, physical_address, file_size, memory_size, align;
} program_header;

typedef struct dynamic_entry {
  u64 tag, value;
} dynamic_entry;

typedef struct relocation {
  u64 offset, info;
  i64 addend;
} relocation;

enum { PT_LOAD = 1, PT_DYNAMIC = 2, DT_RELA = 7, DT_RELASZ = 8, DT_RELRSZ = 35, DT_RELR = 36 };
/// Program headers follow the ELF header, which is at the start of the first loaded segment.
#define ELF_HEADER_BYTES 64
#define AUXILIARY_KINDS 64
#define LEAST_PAGE 4096

u64 rt_host_page;

/// Adds the load address to the words that DT_RELR lists: an even entry is an address, an odd one a bitmap of the 63 words after it.
static void relocate_packed(u64 bias, const u64 *list, u64 bytes) {
  u64 *at = (u64 *)(bias + list[0]);
  for (u64 i = 0; i < bytes / sizeof(u64); i++) {
    u64 entry = list[i];
    if ((entry & 1) == 0) {
      at = (u64 *)(bias + entry);
      *at++ += bias;
      continue;
    }
    for (u32 k = 0; (entry >>= 1) != 0; k++)
      if (entry & 1) at[k] += bias;
    at += 63;
  }
}

/// Applies the relative relocations of a static position-independent executable; other executables have no dynamic section.
static void relocate(const program_header *headers, u64 count) {
  u64 bias = 0;
  const program_header *dynamic = 0;
  for (u64 i = 0; i < count; i++) {
    if (headers[i].type == PT_LOAD && headers[i].offset == 0) bias = (u64)headers - ELF_HEADER_BYTES - headers[i].address;
    if (headers[i].type == PT_DYNAMIC) dynamic = &headers[i];
  }
  if (dynamic == 0 || bias == 0) return;
  u64 rela = 0, rela_bytes = 0, relr = 0, relr_bytes = 0;
  for (const dynamic_entry *d = (const dynamic_entry *)(bias + dynamic->address); d->tag != 0; d++) {
    if (d->tag == DT_RELA) rela = d->value;
    if (d->tag == DT_RELASZ) rela_bytes = d->value;
    if (d->tag == DT_RELR) relr = d->value;
    if (d->tag == DT_RELRSZ) relr_bytes = d->value;
  }
  const relocation *list = (const relocation *)(bias + rela);
  for (u64 i = 0; i < rela_bytes / sizeof(relocation); i++)
    if (list[i].info == RT_ARCH_RELATIVE) *(u64 *)(bias + list[i].offset) = bias + (u64)list[i].addend;
  if (relr_bytes != 0) relocate_packed(bias, (const u64 *)(bias + relr), relr_bytes);
}

static rt_hardware hardware;

void rt_require_features(bool left_out) {
  for (const char *const *name = wasmaot_program.features; name != 0 && *name != 0; name++) {
    if (rt_arch_faults_without(*name) != left_out) continue;
    int has = rt_arch_has_feature(&hardware, *name);
    if (has < 0) rt_fatal("this program was compiled for a CPU feature the runtime does not know: ", *name, 0);
    if (has == 0) rt_fatal("this machine's CPU lacks ", *name, ", which the program was compiled for (see --cpu)");
  }
}

_Noreturn void rt_start(u64 *stack);

/// `stack`: argc, the arguments, 0, the environment, 0, the auxiliary vector.
_Noreturn void rt_start(u64 *stack) {
  u64 argument_count = stack[0];
  const char *const *arguments = (const char *const *)(stack + 1);
  const char *const *environment = arguments + argument_count + 1;
  const char *const *end = environment;
  while (*end != 0) end++;
  u64 auxiliary[AUXILIARY_KINDS];
  for (u32 i = 0; i < AUXILIARY_KINDS; i++) auxiliary[i] = 0;
  for (const u64 *entry = (const u64 *)(end + 1); entry[0] != 0; entry += 2)
    if (entry[0] < AUXILIARY_KINDS) auxiliary[entry[0]] = entry[1];

  relocate((const program_header *)auxiliary[OS_AT_PHDR], auxiliary[OS_AT_PHNUM]);
  rt_host_page = auxiliary[OS_AT_PAGESZ] == 0 ? LEAST_PAGE : auxiliary[OS_AT_PAGESZ];
  if (rt_host_page > RT_PAGE_SIZE) rt_fatal("pages of this machine are larger than 64 KiB", 0, 0);
  os_clock_init((const void *)auxiliary[OS_AT_SYSINFO_EHDR]);
  hardware = (rt_hardware){.hwcap = auxiliary[OS_AT_HWCAP], .hwcap2 = auxiliary[OS_AT_HWCAP2]};
  rt_arch_init(&hardware);
  rt_require_features(false);
  bool pinned = wasmaot_program.module_count > 1 && (wasmaot_program.modules[0]->flags & RT_MODULE_POINTER) == 0;
  if (pinned && !rt_arch_changes_memory_base())
    rt_fatal("a program of several modules needs Linux 5.9 or later on this CPU (or --instance pointer)", 0, 0);
  rt_start_info info = {
      .argument_count = (u32)argument_count,
      .refuse_environment = wasmaot_program.flags & RT_PROGRAM_NO_ENV_GRANTS || auxiliary[OS_AT_SECURE] != 0,
      .arguments = arguments,
      .environment = environment,
      .page_size = rt_host_page,
  };
  os_exit(rt_main(&info));
}
