// The module of program.c and what programs made of it need.
#ifndef TEST_PROGRAM_H
#define TEST_PROGRAM_H

#include "rt.h"

typedef struct test_instance_block {
  rt_instance header;
  rt_memory *memories[1];
  rt_memory memory;
  rt_table *tables[1];
  rt_table table;
  u64 global;
  u8 dropped_data[1];
  u8 dropped_element[1];
  u8 padding[6];
} test_instance_block;

/// Function records.
enum test_function {
  CALL_HOST,
  LOAD,
  STORE,
  LOAD_FAR,
  TRAP,
  NULL_READ,
  CALLER,
  RECURSE,
  RECURSE_HOST,
  CLOBBER,
  WILD,
  ILLEGAL,
  PINNED,
  HOST_LOAD,
};

#define TEST_FRAME_COUNT 17
#define TEST_NAMES "\0call_host\0leaf\0caller"
/// The fields of wasmaot_program that follow from functions-<target>.S.
#define TEST_PROGRAM_CODE                                                                                      \
  .abi_version = RT_ABI_VERSION, .type_count = 2, .types = test_types, .text_start = test_text_start,          \
  .text_end = test_text_end, .frames = test_frames, .frame_count = TEST_FRAME_COUNT, .names = TEST_NAMES,      \
  .adapters = test_adapters, .adapter_count = 2

#pragma GCC visibility push(hidden)
extern test_instance_block test_instance;
extern const rt_module test_module;
extern const rt_type_text test_types[2];
extern const rt_adapter test_adapters[2];
extern const u8 test_text_start[], test_text_end[];
extern const rt_frame_entry test_frames[TEST_FRAME_COUNT];
/// The C function that test_call_host calls: u32 f(rt_instance *self, u32 a, u32 b).
extern u32 (*test_host)(rt_instance *self, u32 a, u32 b);
#pragma GCC visibility pop

#endif
