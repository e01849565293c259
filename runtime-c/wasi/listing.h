// Directory entries on their way to the guest.
#ifndef WASMAOT_WASI_LISTING_H
#define WASMAOT_WASI_LISTING_H

#include "wasi.h"

#pragma GCC visibility push(hidden)

/// The rest of the guest's buffer.
typedef struct wasi_dirents {
  u8 *at;
  u32 left;
} wasi_dirents;

/// Appends an entry, cut off where the buffer ends. False when it did not fit whole.
bool wasi_put_dirent(wasi_dirents *out, u64 next, u64 inode, u32 type, const char *name, u32 length);
u32 wasi_dirent_type(i32 directory, const os_dirent *entry);
bool wasi_dirent_is_dots(const os_dirent *entry);

/// Sorted by name, from cookie 2 + n for the entry n on (--deterministic). Returns 0 or a negated error number.
i64 wasi_listing_read(wasi_fd *entry, u64 cookie, wasi_dirents *out);

#pragma GCC visibility pop

#endif
