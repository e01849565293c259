// The clock without a system call: finds the vDSO's clock_gettime through its dynamic symbol table.
//
// The vDSO is an ELF image that the kernel maps (AT_SYSINFO_EHDR); it is searched once, when a program first reads a clock. Where there is none
// (qemu-user 7.2) the system call does the work; for a clock that it does not serve, the vDSO makes that call itself. Layout: the ELF specification.
#include "os.h"

typedef struct elf_header {
  uint8_t identification[16];
  uint16_t type, machine;
  uint32_t version;
  uint64_t entry, program_offset, section_offset;
  uint32_t flags;
  uint16_t header_size, program_size, program_count;
} elf_header;

typedef struct elf_program {
  uint32_t type, flags;
  uint64_t offset, address, physical_address, file_size, memory_size, align;
} elf_program;

typedef struct elf_dynamic {
  uint64_t tag, value;
} elf_dynamic;

typedef struct elf_symbol {
  uint32_t name;
  uint8_t info, other;
  uint16_t section;
  uint64_t value, size;
} elf_symbol;

enum { PT_LOAD = 1, PT_DYNAMIC = 2, DT_HASH = 4, DT_STRTAB = 5, DT_SYMTAB = 6, DT_GNU_HASH = 0x6ffffef5 };

#ifdef RT_ARCH_AARCH64
static const char symbol_name[] = "__kernel_clock_gettime";
#else
static const char symbol_name[] = "__vdso_clock_gettime";
#endif

typedef int (*clock_function)(int clock, os_timespec *out);

static const uint8_t *vdso;

void os_clock_init(const void *image) { vdso = image; }

/// Number of symbols in a table that a GNU hash section describes: one past the end of its last chain.
static uint32_t gnu_hash_count(const uint32_t *hash) {
  uint32_t buckets = hash[0];
  uint32_t first = hash[1];
  const uint32_t *bucket = hash + 4 + 2 * hash[2];
  const uint32_t *chain = bucket + buckets;
  uint32_t last = 0;
  for (uint32_t i = 0; i < buckets; i++)
    if (bucket[i] > last) last = bucket[i];
  if (last < first) return first;
  while ((chain[last - first] & 1) == 0) last++;
  return last + 1;
}

static clock_function find_clock(const uint8_t *image) {
  const elf_header *header = (const elf_header *)(const void *)image;
  const elf_program *programs = (const elf_program *)(const void *)(image + header->program_offset);
  const uint8_t *bias = image;
  const elf_dynamic *dynamic = 0;
  for (uint32_t i = 0; i < header->program_count; i++) {
    if (programs[i].type == PT_LOAD) bias = image + programs[i].offset - programs[i].address;
    if (programs[i].type == PT_DYNAMIC) dynamic = (const elf_dynamic *)(const void *)(image + programs[i].offset);
  }
  const elf_symbol *symbols = 0;
  const char *strings = 0;
  uint32_t count = 0;
  for (; dynamic != 0 && dynamic->tag != 0; dynamic++) {
    const void *value = bias + dynamic->value;
    switch (dynamic->tag) {
      case DT_STRTAB: strings = value; break;
      case DT_SYMTAB: symbols = value; break;
      case DT_HASH: count = ((const uint32_t *)value)[1]; break;
      case DT_GNU_HASH: count = gnu_hash_count(value); break;
      default: break;
    }
  }
  if (symbols == 0 || strings == 0) return 0;
  for (uint32_t i = 0; i < count; i++)
    if (symbols[i].section != 0 && strcmp(strings + symbols[i].name, symbol_name) == 0)
      return (clock_function)(uintptr_t)(bias + symbols[i].value);
  return 0;
}

static int ask_system(int clock, os_timespec *time) {
  return (int)os_call3(OS_CALL_clock_gettime, OS_N(clock), OS_P(time), 0);
}

static int find_and_ask(int clock, os_timespec *time) {
  clock_function found = vdso == 0 ? 0 : find_clock(vdso);
  os_clock_function = found == 0 ? ask_system : found;
  return os_clock_function(clock, time);
}

clock_function os_clock_function = find_and_ask;
