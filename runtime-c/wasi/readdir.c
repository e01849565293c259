// Reading directories.
//
// "." and ".." come first, with the directory's own inode: the parent of a granted directory is nobody's business. Cookies: 0 the start, 1 behind ".",
// 2 behind "..", from 3 on the kernel's own offset of the next entry plus 3. The kernel's offsets stay valid while entries come and go, so nothing is
// kept here but the cookie at the kernel's position, which saves the seek when a directory is read straight through.
// Entries are copied from the kernel's buffer; the last one may be cut off, which tells the guest that there are more.
#include "listing.h"

#define KERNEL_BUFFER 16384u
/// A buffer that holds any entry.
#define LEAST_BUFFER 512u
#define FIRST_KERNEL_COOKIE 3u
#define NOWHERE UINT64_MAX

static void put_bytes(wasi_dirents *out, const void *from, u32 length) {
  u32 n = length < out->left ? length : out->left;
  memcpy(out->at, from, n);
  out->at += n;
  out->left -= n;
}

bool wasi_put_dirent(wasi_dirents *out, u64 next, u64 inode, u32 type, const char *name, u32 length) {
  u8 head[24];
  wasi_put64(head, next);
  wasi_put64(head + 8, inode);
  wasi_put32(head + 16, length);
  wasi_put32(head + 20, type);
  bool whole = out->left >= sizeof head + length;
  put_bytes(out, head, sizeof head);
  put_bytes(out, name, length);
  return whole;
}

u32 wasi_dirent_type(i32 directory, const os_dirent *entry) {
  os_filestat stat;
  switch (entry->type) {
    case OS_DT_REG: return WASI_TYPE_REGULAR;
    case OS_DT_DIR: return WASI_TYPE_DIRECTORY;
    case OS_DT_LNK: return WASI_TYPE_SYMLINK;
    case OS_DT_CHR: return WASI_TYPE_CHARACTER;
    case OS_DT_BLK: return WASI_TYPE_BLOCK;
    case OS_DT_SOCK: return WASI_TYPE_SOCKET_STREAM;
    case OS_DT_UNKNOWN:
      // Some file systems do not say.
      if (os_stat(directory, entry->name, OS_AT_SYMLINK_NOFOLLOW, &stat) < 0) return WASI_TYPE_UNKNOWN;
      return wasi_filetype_of_mode(stat.mode);
    default: return WASI_TYPE_UNKNOWN;
  }
}

bool wasi_dirent_is_dots(const os_dirent *entry) {
  const char *name = entry->name;
  return name[0] == '.' && (name[1] == 0 || (name[1] == '.' && name[2] == 0));
}

/// Puts entries from `cookie` (2 or more) on until the guest's buffer is full or there are none left.
static i64 read_kernel(wasi_fd *entry, u64 cookie, wasi_dirents *out) {
  if (cookie == NOWHERE) return 0;
  _Alignas(os_dirent) u8 buffer[KERNEL_BUFFER];
  // A directory never read before is at its start; one that was must be rewound even to come to where it is, to see new entries.
  bool there = cookie < FIRST_KERNEL_COOKIE ? entry->cookie == 0 : entry->cookie == cookie;
  if (!there) {
    i64 result = os_seek(entry->host, cookie < FIRST_KERNEL_COOKIE ? 0 : (i64)(cookie - FIRST_KERNEL_COOKIE), OS_SEEK_SET);
    // A cookie that never was: behind the end.
    if (result == -OS_EINVAL) return 0;
    if (result < 0) return result;
  }
  u64 reached = cookie;
  while (out->left != 0) {
    u32 wanted = out->left < LEAST_BUFFER ? LEAST_BUFFER : out->left < KERNEL_BUFFER ? out->left : KERNEL_BUFFER;
    entry->cookie = NOWHERE;
    i64 length = os_getdents(entry->host, buffer, wanted);
    if (length < 0) return length;
    if (length == 0) break;
    for (i64 i = 0; i < length;) {
      const os_dirent *d = (const os_dirent *)(const void *)(buffer + i);
      i += d->length;
      u64 next = (u64)d->offset + FIRST_KERNEL_COOKIE;
      if (!wasi_dirent_is_dots(d) &&
          !wasi_put_dirent(out, next, d->inode, wasi_dirent_type(entry->host, d), d->name, (u32)strlen(d->name)))
        return 0;
      reached = next;
    }
  }
  entry->cookie = reached;
  return 0;
}

static i64 put_dots(const wasi_fd *entry, u64 cookie, wasi_dirents *out) {
  os_filestat stat;
  i64 result = os_stat_fd(entry->host, &stat);
  if (result < 0) return result;
  if (cookie == 0) wasi_put_dirent(out, 1, stat.inode, WASI_TYPE_DIRECTORY, ".", 1);
  wasi_put_dirent(out, 2, stat.inode, WASI_TYPE_DIRECTORY, "..", 2);
  return 0;
}

u32 wasi_snapshot_preview1_fd_readdir(rt_instance *self, u32 fd, u32 buf, u32 buf_len, u64 cookie, u32 bufused) {
  wasi_fd *entry;
  u32 error = wasi_fd_use_directory(fd, WASI_R_READDIR, &entry);
  if (error != 0) return error;
  u8 *used = wasi_at(self, bufused, 4);
  u8 *to = wasi_at(self, buf, buf_len);
  if (used == 0 || to == 0) return WASI_EFAULT;
  wasi_dirents out = {.at = to, .left = buf_len};
  i64 result = 0;
  if (cookie < 2) result = put_dots(entry, cookie, &out);
  if (result >= 0 && out.left != 0) {
    u64 from = cookie < 2 ? 2 : cookie;
    result = wasi.deterministic ? wasi_listing_read(entry, from, &out) : read_kernel(entry, from, &out);
  }
  if (result < 0) return wasi_error(result);
  wasi_put32(used, buf_len - out.left);
  return WASI_SUCCESS;
}
