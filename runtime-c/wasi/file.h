// Metadata on its way between the kernel and the guest.
#ifndef WASMAOT_WASI_FILE_H
#define WASMAOT_WASI_FILE_H

#include "wasi.h"

#pragma GCC visibility push(hidden)

/// A form in which the guest gets metadata.
typedef struct wasi_filestat_form {
  u32 bytes;
  void (*put)(u8 *at, const os_filestat *stat);
} wasi_filestat_form;
extern const wasi_filestat_form wasi_filestat;
/// Of snapshot 0, whose count of links has 32 bits.
extern const wasi_filestat_form wasi_old_filestat;
/// Times for utimensat: accessed, modified. False when the flags contradict each other.
bool wasi_times(u64 atim, u64 mtim, u32 fst_flags, os_timespec out[2]);

#pragma GCC visibility pop

#endif
