// Whole programs with the ordinary rt_main: how processes start, link their modules and end (test/runtime/process.test.ts). Macros choose among them:
// FEATURE a CPU feature, ENTRY the entry export, IMPORT the memory imported from the first module, IMPORT_MAX its maximum, FLAGS program flags, FIRST and
// ALONE only the first or the second module (which then checks bounds and has a memory of its own).
#include "program.h"

#ifndef ENTRY
#define ENTRY "fail"
#endif
#ifndef IMPORT
#define IMPORT "memory"
#endif
#ifndef IMPORT_MAX
#define IMPORT_MAX UINT64_MAX
#endif
#ifndef FLAGS
#define FLAGS 0
#endif

typedef struct second_block {
  rt_instance header;
  rt_memory *memories[2];
  rt_memory memory;
  rt_func *imported[1];
} second_block;
static second_block second_instance;

static const rt_import imports[] = {
    {"first", IMPORT, RT_EXTERN_MEMORY, offsetof(second_block, memories), 0, 0, 1, IMPORT_MAX},
    {"first", "fail", RT_EXTERN_FUNC, offsetof(second_block, imported), 2, 0, 0, 0},
};
static const rt_memory_def memory_defs[] = {{1, UINT64_MAX, RT_MEMORY_EXPLICIT, offsetof(second_block, memory)}};
static const rt_export exports[] = {
    {"fail", RT_EXTERN_FUNC, 0, 2, 0, RT_EXPORT_INDIRECT, offsetof(second_block, imported)},
    {"memory", RT_EXTERN_MEMORY, 0, 0, 0, 0, 0},
};
static const rt_module second = {
    .abi_version = RT_ABI_VERSION,
    .flags = RT_MODULE_EXPLICIT,
    .name = "second",
    .instance = &second_instance.header,
    .instance_size = sizeof second_instance,
    .imports = imports,
    .exports = exports,
    .export_count = 2,
    .memories_offset = offsetof(second_block, memories),
    .memory_defs = memory_defs,
    .memory_def_count = 1,
#ifdef ALONE
    .memory_count = 1,
#else
    .import_count = 2,
    .memory_count = 2,
#endif
};

static const rt_module *const modules[] = {&test_module, &second};
#if defined(ALONE)
#define MODULES .modules = modules + 1, .module_count = 1
#elif defined(FIRST)
#define MODULES .modules = modules, .module_count = 1
#else
#define MODULES .modules = modules, .module_count = 2
#endif
static const char *const module_names[] = {"first", "second"};

static const char *const features[] = {
#ifdef FEATURE
    FEATURE,
#endif
    0,
};

u32 (*test_host)(rt_instance *self, u32 a, u32 b);

const rt_program wasmaot_program = {
    TEST_PROGRAM_CODE,
    .flags = FLAGS,
    MODULES,
    .module_names = module_names,
    .features = features,
    .entry = ENTRY,
};
