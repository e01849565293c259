// The C of WASI on the host's C library, without wasm: an instance with a memory, the functions called directly. Programs of test/wasi/hosted.test.ts,
// built under sanitizers.
#ifndef TEST_WASI_HOST_H
#define TEST_WASI_HOST_H

#include <fcntl.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../../runtime-c/wasi/resolve.h"

#define CHECK(condition)                                                               \
  do {                                                                                 \
    if (!(condition)) {                                                                \
      fprintf(stderr, "%s:%d: failed: %s\n", __FILE__, __LINE__, #condition);          \
      exit(1);                                                                         \
    }                                                                                  \
  } while (0)

/// 64 KiB of guest memory, ended by memory without access.
extern rt_instance *const self;
extern u8 *memory;
#define MEMORY_SIZE 65536u
/// Where texts are put: two of them.
enum { TEXT_A = 1024, TEXT_B = 8192, RESULT = 16384 };
enum { ROOT = 3 };

/// Starts WASI with these directories (as WASMAOT_DIR) granted.
void start_wasi(const char *directories);
/// A fresh directory under the system's temporary one; its path.
const char *fresh_directory(void);
/// A number from 0 to n - 1, the same row in every run with the same SEED.
u32 random_below(u32 n);
/// Removes a directory with all in it; `keep` it itself.
void remove_tree(const char *path, bool keep);
/// "directory/name", valid until the next call.
const char *under(const char *directory, const char *name);
/// Makes a file that holds "text".
void write_file(const char *path);
/// Value of an environment variable, or `otherwise`.
u32 number_variable(const char *name, u32 otherwise);

/// Puts a text into guest memory; its length.
u32 put_text(u32 at, const char *text);

#endif
