// What test/runtime/core.c knows of the program in program.c.
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
enum test_function { CALL_HOST, LOAD, STORE, LOAD_FAR, TRAP, NULL_READ, CALLER, RECURSE, RECURSE_HOST, CLOBBER, WILD, ILLEGAL };

#define TEST_FRAME_COUNT 15

#pragma GCC visibility push(hidden)
extern test_instance_block test_instance;
extern const rt_module test_module;
/// The C function that test_call_host calls: u32 f(rt_instance *self, u32 a, u32 b).
extern u32 (*test_host)(rt_instance *self, u32 a, u32 b);
#pragma GCC visibility pop

#endif
