// os.h on the host's C library: for the embeddable library, and for tests under sanitizers. Compiled with RT_OS_LIBC.
#define _GNU_SOURCE
#include <errno.h>
#include <unistd.h>

#include "os.h"

int64_t os_libc_call(int64_t number, uint64_t a, uint64_t b, uint64_t c, uint64_t d, uint64_t e, uint64_t f) {
  int64_t result = syscall(number, a, b, c, d, e, f);
  return result < 0 ? -(int64_t)errno : result;
}
