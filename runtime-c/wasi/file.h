// Metadata on its way between the kernel and the guest.
#ifndef WASMAOT_WASI_FILE_H
#define WASMAOT_WASI_FILE_H

#include "wasi.h"

#pragma GCC visibility push(hidden)

#define WASI_FILESTAT_BYTES 64u
/// Of snapshot 0, whose count of links has 32 bits.
#define WASI_OLD_FILESTAT_BYTES 56u

void wasi_put_filestat(u8 *at, const os_statx *stat);
void wasi_put_old_filestat(u8 *at, const os_statx *stat);
/// Times for utimensat: accessed, modified. False when the flags contradict each other.
bool wasi_times(u64 atim, u64 mtim, u32 fst_flags, os_timespec out[2]);

#pragma GCC visibility pop

#endif
