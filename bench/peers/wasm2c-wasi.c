// The piece of WASI that a wasm2c program needs to run here: arguments, standard streams, clocks, random numbers, exit. Everything else
// answers ENOSYS. Written against the naming of wasm2c 1.0.32 with `--module-name m`; compiled together with its output (m.h).
#include "m.h"
#include "wasm-rt-impl.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

enum { SUCCESS = 0, BADF = 8, IO = 29, NOSYS = 52, SPIPE = 70 };

typedef struct Z_wasi_snapshot_preview1_instance_t {
  Z_m_instance_t *module;
  int argc;
  char **argv;
} wasi;

#define WASI(name) Z_wasi_snapshot_preview1Z_##name

static void put(wasi *w, u32 at, const void *from, u32 n) {
  wasm_rt_memory_t *m = Z_mZ_memory(w->module);
  if (n > m->size || at > m->size - n) wasm_rt_trap(WASM_RT_TRAP_OOB);
  memcpy(m->data + at, from, n);
}

static void *at(wasi *w, u32 address, u32 n) {
  wasm_rt_memory_t *m = Z_mZ_memory(w->module);
  if (n > m->size || address > m->size - n) wasm_rt_trap(WASM_RT_TRAP_OOB);
  return m->data + address;
}

static void put32(wasi *w, u32 address, u32 v) { put(w, address, &v, 4); }
static void put64(wasi *w, u32 address, u64 v) { put(w, address, &v, 8); }

u32 WASI(args_sizes_get)(wasi *w, u32 count, u32 size) {
  u32 bytes = 0;
  for (int i = 0; i < w->argc; i++) bytes += (u32)strlen(w->argv[i]) + 1;
  put32(w, count, (u32)w->argc);
  put32(w, size, bytes);
  return SUCCESS;
}

u32 WASI(args_get)(wasi *w, u32 pointers, u32 buffer) {
  for (int i = 0; i < w->argc; i++) {
    u32 n = (u32)strlen(w->argv[i]) + 1;
    put32(w, pointers + 4 * (u32)i, buffer);
    put(w, buffer, w->argv[i], n);
    buffer += n;
  }
  return SUCCESS;
}

u32 WASI(environ_sizes_get)(wasi *w, u32 count, u32 size) {
  put32(w, count, 0);
  put32(w, size, 0);
  return SUCCESS;
}

u32 WASI(environ_get)(wasi *w, u32 pointers, u32 buffer) {
  (void)w, (void)pointers, (void)buffer;
  return SUCCESS;
}

static u32 transfer(wasi *w, u32 fd, u32 vectors, u32 count, u32 done, int writing) {
  u32 total = 0;
  if (fd > 2) return BADF;
  for (u32 i = 0; i < count; i++) {
    u32 v[2];
    memcpy(v, at(w, vectors + 8 * i, 8), 8);
    void *buffer = at(w, v[0], v[1]);
    ssize_t n = writing ? write((int)fd, buffer, v[1]) : read((int)fd, buffer, v[1]);
    if (n < 0) return IO;
    total += (u32)n;
    if ((u32)n < v[1]) break;
  }
  put32(w, done, total);
  return SUCCESS;
}

u32 WASI(fd_write)(wasi *w, u32 fd, u32 vectors, u32 count, u32 done) { return transfer(w, fd, vectors, count, done, 1); }
u32 WASI(fd_read)(wasi *w, u32 fd, u32 vectors, u32 count, u32 done) { return transfer(w, fd, vectors, count, done, 0); }

u32 WASI(fd_fdstat_get)(wasi *w, u32 fd, u32 to) {
  unsigned char stat[24] = {2};
  if (fd > 2) return BADF;
  memset(stat + 8, 0xff, 16);
  put(w, to, stat, sizeof stat);
  return SUCCESS;
}

u32 WASI(fd_close)(wasi *w, u32 fd) {
  (void)w;
  return fd > 2 ? BADF : SUCCESS;
}

u32 WASI(fd_seek)(wasi *w, u32 fd, u64 offset, u32 whence, u32 to) {
  (void)w, (void)offset, (void)whence, (void)to;
  return fd > 2 ? BADF : SPIPE;
}

u32 WASI(fd_prestat_get)(wasi *w, u32 fd, u32 to) {
  (void)w, (void)fd, (void)to;
  return BADF;
}

u32 WASI(clock_time_get)(wasi *w, u32 id, u64 precision, u32 to) {
  struct timespec t;
  (void)precision;
  clock_gettime(id == 0 ? CLOCK_REALTIME : CLOCK_MONOTONIC, &t);
  put64(w, to, (u64)t.tv_sec * 1000000000u + (u64)t.tv_nsec);
  return SUCCESS;
}

u32 WASI(random_get)(wasi *w, u32 to, u32 n) { return getrandom(at(w, to, n), n, 0) == (ssize_t)n ? SUCCESS : IO; }

void WASI(proc_exit)(wasi *w, u32 status) {
  (void)w;
  exit((int)status);
}

// What programs may import but the benchmarks never need.
#define ABSENT(name, ...) \
  u32 WASI(name)(wasi *w, ##__VA_ARGS__) { \
    (void)w; \
    return NOSYS; \
  }
ABSENT(clock_res_get, u32 a, u32 b)
ABSENT(fd_advise, u32 a, u64 b, u64 c, u32 d)
ABSENT(fd_allocate, u32 a, u64 b, u64 c)
ABSENT(fd_datasync, u32 a)
ABSENT(fd_fdstat_set_flags, u32 a, u32 b)
ABSENT(fd_fdstat_set_rights, u32 a, u64 b, u64 c)
ABSENT(fd_filestat_get, u32 a, u32 b)
ABSENT(fd_filestat_set_size, u32 a, u64 b)
ABSENT(fd_filestat_set_times, u32 a, u64 b, u64 c, u32 d)
ABSENT(fd_pread, u32 a, u32 b, u32 c, u64 d, u32 e)
ABSENT(fd_prestat_dir_name, u32 a, u32 b, u32 c)
ABSENT(fd_pwrite, u32 a, u32 b, u32 c, u64 d, u32 e)
ABSENT(fd_readdir, u32 a, u32 b, u32 c, u64 d, u32 e)
ABSENT(fd_renumber, u32 a, u32 b)
ABSENT(fd_sync, u32 a)
ABSENT(fd_tell, u32 a, u32 b)
ABSENT(path_create_directory, u32 a, u32 b, u32 c)
ABSENT(path_filestat_get, u32 a, u32 b, u32 c, u32 d, u32 e)
ABSENT(path_filestat_set_times, u32 a, u32 b, u32 c, u32 d, u64 e, u64 f, u32 g)
ABSENT(path_link, u32 a, u32 b, u32 c, u32 d, u32 e, u32 f, u32 g)
ABSENT(path_open, u32 a, u32 b, u32 c, u32 d, u32 e, u64 f, u64 g, u32 h, u32 i)
ABSENT(path_readlink, u32 a, u32 b, u32 c, u32 d, u32 e, u32 f)
ABSENT(path_remove_directory, u32 a, u32 b, u32 c)
ABSENT(path_rename, u32 a, u32 b, u32 c, u32 d, u32 e, u32 f)
ABSENT(path_symlink, u32 a, u32 b, u32 c, u32 d, u32 e)
ABSENT(path_unlink_file, u32 a, u32 b, u32 c)
ABSENT(poll_oneoff, u32 a, u32 b, u32 c, u32 d)
ABSENT(sched_yield)

int main(int argc, char **argv) {
  static Z_m_instance_t module;
  wasi w = {&module, argc, argv};
  wasm_rt_init();
  Z_m_init_module();
  Z_m_instantiate(&module, &w);
  wasm_rt_trap_t code = wasm_rt_impl_try();
  if (code != 0) {
    fprintf(stderr, "wasm trap: %s\n", wasm_rt_strerror(code));
    return 134;
  }
  Z_mZ__start(&module);
  return 0;
}
