// What a descriptor is: its status, its metadata, closing and renumbering.
//
// Status is synthesised (rights are no more than a report and what fd_fdstat_set_rights took away); which rights are reported for what follows wasmtime.
#include "wasi.h"

#define FILE_RIGHTS                                                                                                  \
  (WASI_R_DATASYNC | WASI_R_READ | WASI_R_SEEK | WASI_R_SET_FLAGS | WASI_R_SYNC | WASI_R_TELL | WASI_R_WRITE |       \
   WASI_R_ADVISE | WASI_R_ALLOCATE | WASI_R_FILESTAT_GET | WASI_R_SET_SIZE | WASI_R_SET_TIMES | WASI_R_POLL)
#define STREAM_RIGHTS (WASI_R_READ | WASI_R_WRITE | WASI_R_SET_FLAGS | WASI_R_FILESTAT_GET | WASI_R_POLL)
#define SOCKET_RIGHTS (STREAM_RIGHTS | WASI_R_SHUTDOWN | WASI_R_ACCEPT)
#define PREOPEN_RIGHTS                                                                                               \
  (WASI_R_CREATE_DIRECTORY | WASI_R_CREATE_FILE | WASI_R_LINK_SOURCE | WASI_R_LINK_TARGET | WASI_R_OPEN |            \
   WASI_R_READDIR | WASI_R_READLINK | WASI_R_RENAME_SOURCE | WASI_R_RENAME_TARGET | WASI_R_SYMLINK |                 \
   WASI_R_REMOVE_DIRECTORY | WASI_R_UNLINK_FILE | WASI_R_PATH_FILESTAT_GET | WASI_R_PATH_SET_TIMES |                 \
   WASI_R_FILESTAT_GET | WASI_R_SET_TIMES)
#define DIRECTORY_RIGHTS (PREOPEN_RIGHTS | WASI_R_READ | WASI_R_SYNC | WASI_R_DATASYNC)

u32 wasi_filetype_of_mode(u32 mode) {
  switch (mode & OS_S_IFMT) {
    case OS_S_IFREG: return WASI_TYPE_REGULAR;
    case OS_S_IFDIR: return WASI_TYPE_DIRECTORY;
    case OS_S_IFLNK: return WASI_TYPE_SYMLINK;
    case OS_S_IFCHR: return WASI_TYPE_CHARACTER;
    case OS_S_IFBLK: return WASI_TYPE_BLOCK;
    case OS_S_IFSOCK: return WASI_TYPE_SOCKET_STREAM;
    default: return WASI_TYPE_UNKNOWN;
  }
}

u32 wasi_fd_type(wasi_fd *entry) {
  if (entry->type == WASI_TYPE_UNASKED) {
    os_filestat stat;
    if (os_stat_fd(entry->host, &stat) < 0) return WASI_TYPE_UNKNOWN;
    entry->type = (u8)wasi_filetype_of_mode(stat.mode);
  }
  return entry->type;
}

u32 wasi_fd_use_directory(u32 fd, u64 rights, wasi_fd **out) {
  u32 error = wasi_fd_use(fd, rights, out);
  if (error != 0 || wasi_fd_type(*out) == WASI_TYPE_DIRECTORY) return error;
  return (*out)->flags & WASI_FD_STDIO ? WASI_EBADF : WASI_ENOTDIR;
}

i64 wasi_fd_move_up(i64 host) {
  if (host < 0 || host > 2) return host;
  i64 moved = os_fcntl((int)host, OS_F_DUPFD_CLOEXEC, 3);
  os_close((int)host);
  return moved;
}

void wasi_fd_dispose(wasi_fd *old) {
  if (old->host < 0) return;
  if (old->listing != 0) wasi_listing_free(old->listing);
  // Messages of the runtime go to descriptor 2: it must never become a file of the guest's.
  if (old->host != 2) os_close(old->host);
}

u32 wasi_snapshot_preview1_fd_close(rt_instance *self, u32 fd) {
  (void)self;
  wasi_fd old;
  u32 error = wasi_fd_remove(fd, &old);
  if (error == 0) wasi_fd_dispose(&old);
  return error;
}

u32 wasi_snapshot_preview1_fd_renumber(rt_instance *self, u32 from, u32 to) {
  (void)self;
  wasi_fd old;
  u32 error = wasi_fd_renumber(from, to, &old);
  if (error == 0) wasi_fd_dispose(&old);
  return error;
}

// ---- Status ----

static u64 type_rights(const wasi_fd *entry, u32 type) {
  switch (type) {
    case WASI_TYPE_DIRECTORY: return entry->flags & WASI_FD_PREOPEN ? PREOPEN_RIGHTS : DIRECTORY_RIGHTS;
    case WASI_TYPE_REGULAR:
    case WASI_TYPE_BLOCK: return FILE_RIGHTS;
    case WASI_TYPE_SOCKET_STREAM:
    case WASI_TYPE_SOCKET_DGRAM: return SOCKET_RIGHTS;
    default: return STREAM_RIGHTS;
  }
}

static u32 fdflags_of(i64 flags) {
  return (flags & OS_O_APPEND ? WASI_FD_APPEND : 0u) | (flags & OS_O_NONBLOCK ? WASI_FD_NONBLOCK : 0u) |
         (flags & OS_O_DSYNC ? WASI_FD_DSYNC : 0u) | ((flags & OS_O_SYNC) == OS_O_SYNC ? WASI_FD_SYNC : 0u);
}

typedef struct fd_status {
  int kernel;  ///< flags of open(2), 0 for a directory
  u32 type;
  u32 flags;
  u64 rights;
  u64 inheriting;
} fd_status;

static u32 status_of(wasi_fd *entry, fd_status *out) {
  u32 type = wasi_fd_type(entry);
  u64 rights = entry->rights & type_rights(entry, type);
  u32 flags = entry->emulated;
  i64 kernel = 0;
  if (type != WASI_TYPE_DIRECTORY) {
    kernel = os_fcntl(entry->host, OS_F_GETFL, 0);
    if (kernel < 0) return wasi_error(kernel);
    u32 real = fdflags_of(kernel);
    flags |= entry->flags & WASI_FD_STDIO ? real & ~(u32)WASI_FD_NONBLOCK : real;
    if ((kernel & OS_O_ACCMODE) == OS_O_WRONLY) rights &= ~WASI_R_READ;
    if ((kernel & OS_O_ACCMODE) == OS_O_RDONLY) rights &= ~WASI_R_WRITE;
  }
  // C libraries take a character device without a position for a terminal: /dev/null has one.
  if (type == WASI_TYPE_CHARACTER && os_seek(entry->host, 0, OS_SEEK_CUR) >= 0)
    rights |= entry->rights & (WASI_R_SEEK | WASI_R_TELL);
  u64 inheriting = type == WASI_TYPE_DIRECTORY ? entry->inheriting & (PREOPEN_RIGHTS | FILE_RIGHTS) : 0;
  *out = (fd_status){.kernel = (int)kernel, .type = type, .flags = flags, .rights = rights, .inheriting = inheriting};
  return WASI_SUCCESS;
}

u32 wasi_snapshot_preview1_fd_fdstat_get(rt_instance *self, u32 fd, u32 stat) {
  wasi_fd *entry = wasi_fd_get(fd);
  if (entry == 0) return WASI_EBADF;
  u8 *out = wasi_at(self, stat, 24);
  if (out == 0) return WASI_EFAULT;
  fd_status s = {0};
  u32 error = status_of(entry, &s);
  if (error != 0) return error;
  wasi_put64(out, s.type);
  wasi_put16(out + 2, s.flags);
  wasi_put64(out + 8, s.rights);
  wasi_put64(out + 16, s.inheriting);
  return WASI_SUCCESS;
}

u32 wasi_snapshot_preview1_fd_fdstat_set_flags(rt_instance *self, u32 fd, u32 flags) {
  (void)self;
  wasi_fd *entry;
  u32 error = wasi_fd_use(fd, WASI_R_SET_FLAGS, &entry);
  if (error != 0) return error;
  if (flags & ~(u32)WASI_FD_ALL) return WASI_EINVAL;
  if (wasi_fd_type(entry) == WASI_TYPE_DIRECTORY) return WASI_EBADF;
  fd_status s = {0};
  error = status_of(entry, &s);
  if (error != 0) return error;
  // What writes wait for is settled when a file is opened.
  const u32 fixed = WASI_FD_DSYNC | WASI_FD_RSYNC | WASI_FD_SYNC;
  if ((s.flags ^ flags) & fixed & flags) return WASI_EINVAL;
  if (entry->flags & WASI_FD_STDIO) {
    if ((s.flags ^ flags) & WASI_FD_APPEND & flags) return WASI_ENOTSUP;
    entry->emulated = (u16)((entry->emulated & ~(u32)WASI_FD_NONBLOCK) | (flags & WASI_FD_NONBLOCK));
    return WASI_SUCCESS;
  }
  // What the kernel would change as well stays: O_NOATIME under a read-only grant.
  int kernel = (s.kernel & ~(OS_O_APPEND | OS_O_NONBLOCK)) | (flags & WASI_FD_APPEND ? OS_O_APPEND : 0) |
               (flags & WASI_FD_NONBLOCK ? OS_O_NONBLOCK : 0);
  return wasi_error(os_fcntl(entry->host, OS_F_SETFL, (u64)kernel));
}

/// Rights can be given up, never gained.
u32 wasi_snapshot_preview1_fd_fdstat_set_rights(rt_instance *self, u32 fd, u64 rights_base, u64 rights_inheriting) {
  (void)self;
  wasi_fd *entry = wasi_fd_get(fd);
  if (entry == 0) return WASI_EBADF;
  fd_status s = {0};
  u32 error = status_of(entry, &s);
  if (error != 0) return error;
  if (rights_base & ~s.rights || rights_inheriting & ~s.inheriting) return WASI_ENOTCAPABLE;
  entry->rights = rights_base;
  entry->inheriting = rights_inheriting;
  return WASI_SUCCESS;
}

// ---- Preopened directories ----

u32 wasi_snapshot_preview1_fd_prestat_get(rt_instance *self, u32 fd, u32 buf) {
  const wasi_fd *entry = wasi_fd_get(fd);
  if (entry == 0 || (entry->flags & WASI_FD_PREOPEN) == 0) return WASI_EBADF;
  u8 *out = wasi_at(self, buf, 8);
  if (out == 0) return WASI_EFAULT;
  wasi_put32(out, 0);
  wasi_put32(out + 4, (u32)strlen(entry->name));
  return WASI_SUCCESS;
}

u32 wasi_snapshot_preview1_fd_prestat_dir_name(rt_instance *self, u32 fd, u32 path, u32 path_len) {
  const wasi_fd *entry = wasi_fd_get(fd);
  if (entry == 0) return WASI_EBADF;
  if ((entry->flags & WASI_FD_PREOPEN) == 0) return WASI_ENOTDIR;
  u32 length = (u32)strlen(entry->name);
  if (path_len < length) return WASI_ENAMETOOLONG;
  u8 *out = wasi_at(self, path, length);
  if (out == 0) return WASI_EFAULT;
  memcpy(out, entry->name, length);
  return WASI_SUCCESS;
}
