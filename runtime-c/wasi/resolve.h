// From a path of the guest to a directory of the host and one component in it.
#ifndef WASMAOT_WASI_RESOLVE_H
#define WASMAOT_WASI_RESOLVE_H

#include "wasi.h"

#pragma GCC visibility push(hidden)

/// Most bytes of a path, and of a path after links in it were replaced; as the kernel's PATH_MAX, with the zero byte.
#define WASI_PATH_BYTES 4096u
#define WASI_NAME_BYTES 256u

typedef struct wasi_path {
  u32 length;
  char text[WASI_PATH_BYTES];  ///< ended by a zero byte
} wasi_path;

/// When a link that is the last component is followed.
typedef enum wasi_follow {
  WASI_FOLLOW_NEVER,  ///< the component itself is made, removed or renamed
  WASI_FOLLOW_SLASH,  ///< when a slash stands behind it
  WASI_FOLLOW_LAST,
} wasi_follow;

typedef struct wasi_place {
  i32 directory;
  bool owned;  ///< the directory was opened for this place
  bool slash;  ///< a slash stood behind the last component: it has to be a directory
  char name[WASI_NAME_BYTES + 1];  ///< one component, never ".."; "." for the directory itself
} wasi_place;

/// Copies a path out of guest memory. EFAULT, ENOENT (empty), ENAMETOOLONG, EINVAL (a zero byte), EILSEQ (not UTF-8).
u32 wasi_copy_path(const rt_instance *self, u32 pointer, u32 length, wasi_path *out);
/// Finds where a path leads, beneath `directory`. What is then done with the name must not follow links. Returns 0 or a negated error
/// number: -OS_EPERM for a path that leads out.
i64 wasi_resolve(i32 directory, const wasi_path *path, wasi_follow follow, wasi_place *out);
void wasi_place_close(const wasi_place *place);
/// Opens a file beneath `directory`. `flags` of open(2) without O_NOFOLLOW. Returns a descriptor or a negated error number.
i64 wasi_open_beneath(i32 directory, const wasi_path *path, bool follow, int flags, u32 mode);
/// Test hook: "walk" or "openat2" instead of what the system has.
void wasi_choose_resolver(const char *name);

#pragma GCC visibility pop

#endif
