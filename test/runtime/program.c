// A module in static mode whose functions are functions-<target>.S, described as the compiler would; core.c and process.c make programs of it.
#include "program.h"

extern u8 test_adapter_1[], test_adapter_2[], test_call_host[], test_load[], test_store[], test_load_far[], test_trap[];
extern u8 test_null[], test_caller[], test_recurse[], test_recurse_host[], test_clobber[], test_wild[], test_illegal[];
extern u8 test_pinned[], test_host_load[];

test_instance_block test_instance;

#define RECORD(symbol, type, index) {symbol, &test_instance.header, type, index}
static const rt_func functions[] = {
    [CALL_HOST] = RECORD(test_call_host, 1, 0),
    [LOAD] = RECORD(test_load, 1, 1),
    [STORE] = RECORD(test_store, 1, 2),
    [LOAD_FAR] = RECORD(test_load_far, 1, 3),
    [TRAP] = RECORD(test_trap, 1, 4),
    [NULL_READ] = RECORD(test_null, 1, 5),
    [CALLER] = RECORD(test_caller, 2, 7),
    [RECURSE] = RECORD(test_recurse, 1, 8),
    [RECURSE_HOST] = RECORD(test_recurse_host, 1, 9),
    [CLOBBER] = RECORD(test_clobber, 2, 10),
    [WILD] = RECORD(test_wild, 2, 11),
    [ILLEGAL] = RECORD(test_illegal, 2, 12),
    [PINNED] = RECORD(test_pinned, 1, 13),
    [HOST_LOAD] = RECORD(test_host_load, 1, 14),
};

static const rt_memory_def memory_defs[] = {{1, UINT64_MAX, 0, offsetof(test_instance_block, memory)}};
static const rt_table_def table_defs[] = {{4, 40, 0x70, offsetof(test_instance_block, table)}};
static const u8 data[] = "hello, wasm";
static const rt_data_segment datas[] = {{data, sizeof data - 1}};
static const i32 items[] = {LOAD, -1, -2, STORE};
static const rt_element_segment elements[] = {{items, 4}};
static const u32 global_offsets[] = {offsetof(test_instance_block, global)};
static const rt_export exports[] = {
    {"load", RT_EXTERN_FUNC, 1, 1, 0, 0, LOAD},
    {"memory", RT_EXTERN_MEMORY, 0, 0, 0, 0, 0},
    {"table", RT_EXTERN_TABLE, 0, 0x70, 0, 0, 0},
    {"fail", RT_EXTERN_FUNC, 7, 2, 0, 0, CALLER},
    {"illegal", RT_EXTERN_FUNC, 12, 2, 0, 0, ILLEGAL},
    {"global", RT_EXTERN_GLOBAL, 0, 0x70, offsetof(test_instance_block, global), 0, 0},
};

const rt_module test_module = {
    .abi_version = RT_ABI_VERSION,
    .name = "test",
    .instance = &test_instance.header,
    .instance_size = sizeof test_instance,
    .functions = functions,
    .function_count = sizeof functions / sizeof functions[0],
    .memory_defs = memory_defs,
    .memory_def_count = 1,
    .memory_count = 1,
    .memories_offset = offsetof(test_instance_block, memories),
    .table_defs = table_defs,
    .table_def_count = 1,
    .table_count = 1,
    .tables_offset = offsetof(test_instance_block, tables),
    .exports = exports,
    .export_count = sizeof exports / sizeof exports[0],
    .datas = datas,
    .data_count = 1,
    .elements = elements,
    .element_count = 1,
    .dropped_data_offset = offsetof(test_instance_block, dropped_data),
    .dropped_element_offset = offsetof(test_instance_block, dropped_element),
    .global_offsets = global_offsets,
    .global_count = 1,
};

const rt_type_text test_types[2] = {"ii:i", ":"};
const rt_adapter test_adapters[2] = {{1, 0, test_adapter_1}, {2, 0, test_adapter_2}};
