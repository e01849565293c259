// Arguments and environment variables: copied into guest memory as one block of texts and a block of pointers to them.
#include "wasi.h"

/// Where a list of texts goes: pointers at `pointers`, bytes at `bytes`.
typedef struct sink {
  rt_instance *self;
  u32 pointers;
  u32 bytes;
} sink;

static u32 put_text(sink *s, wasi_text text) {
  bool both = text.second != 0;
  u64 length = (u64)text.first_length + (both ? 1u + text.second_length : 0) + 1;
  u8 *pointer = wasi_at(s->self, s->pointers, 4);
  u8 *to = wasi_at(s->self, s->bytes, length);
  if (pointer == 0 || to == 0) return WASI_EFAULT;
  wasi_put32(pointer, s->bytes);
  memcpy(to, text.first, text.first_length);
  to += text.first_length;
  if (both) {
    *to++ = '=';
    memcpy(to, text.second, text.second_length);
    to += text.second_length;
  }
  *to = 0;
  s->pointers += 4;
  s->bytes += (u32)length;
  return WASI_SUCCESS;
}

static u32 put_sizes(rt_instance *self, u32 count_at, u32 count, u32 size_at, u64 size) {
  u8 *a = wasi_at(self, count_at, 4);
  u8 *b = wasi_at(self, size_at, 4);
  if (a == 0 || b == 0) return WASI_EFAULT;
  if (size > UINT32_MAX) return WASI_EOVERFLOW;
  wasi_put32(a, count);
  wasi_put32(b, (u32)size);
  return WASI_SUCCESS;
}

static const char *argument(u32 i) {
  return i == 0 && wasi.argument0 != 0 ? wasi.argument0 : wasi.info->arguments[i];
}

u32 wasi_snapshot_preview1_args_sizes_get(rt_instance *self, u32 argc, u32 argv_buf_size) {
  u64 size = 0;
  for (u32 i = 0; i < wasi.info->argument_count; i++) size += strlen(argument(i)) + 1;
  return put_sizes(self, argc, wasi.info->argument_count, argv_buf_size, size);
}

u32 wasi_snapshot_preview1_args_get(rt_instance *self, u32 argv, u32 argv_buf) {
  sink s = {self, argv, argv_buf};
  u32 error = WASI_SUCCESS;
  for (u32 i = 0; i < wasi.info->argument_count && error == 0; i++)
    error = put_text(&s, (wasi_text){.first = argument(i), .first_length = (u32)strlen(argument(i))});
  return error;
}

u32 wasi_snapshot_preview1_environ_sizes_get(rt_instance *self, u32 count, u32 buf_size) {
  u64 size = 0;
  for (u32 i = 0; i < wasi.variable_count; i++)
    size += (u64)wasi.variables[i].first_length + wasi.variables[i].second_length + 2;
  return put_sizes(self, count, wasi.variable_count, buf_size, size);
}

u32 wasi_snapshot_preview1_environ_get(rt_instance *self, u32 environ, u32 environ_buf) {
  sink s = {self, environ, environ_buf};
  u32 error = WASI_SUCCESS;
  for (u32 i = 0; i < wasi.variable_count && error == 0; i++) error = put_text(&s, wasi.variables[i]);
  return error;
}
