// The path functions: resolve, then act on one component without following it (resolve.h).
//
// Under a read-only grant everything that could change something is EPERM, at the source of a link or renaming as well as at its destination: a hard link
// out of a read-only directory would make its file writable elsewhere.
#include "file.h"
#include "resolve.h"

#define FILE_MODE 0666u
#define DIRECTORY_MODE 0777u

/// A directory of the guest's, and where a path leads from it.
typedef struct target {
  wasi_fd *directory;
  wasi_path path;
  wasi_place place;
} target;

static u32 start(const rt_instance *self, u32 fd, u64 right, bool changes, u32 pointer, u32 length, target *out) {
  u32 error = wasi_fd_use_directory(fd, right, &out->directory);
  if (error == 0) error = wasi_copy_path(self, pointer, length, &out->path);
  if (error == 0 && changes && out->directory->flags & WASI_FD_READ_ONLY) error = WASI_EPERM;
  return error;
}

static i64 resolve(target *t, wasi_follow follow) {
  return wasi_resolve(t->directory->host, &t->path, follow, &t->place);
}

/// Keeps the slash behind a name for calls that never follow it: the kernel then says what it thinks of it.
static void keep_slash(wasi_place *place) {
  if (place->slash) memcpy(place->name + strlen(place->name), "/", 2);
}

/// A name with a slash behind it has to be a directory.
static i64 check_slash(const wasi_place *place) {
  os_filestat stat;
  if (!place->slash) return 0;
  i64 result = os_stat(place->directory, place->name, OS_AT_SYMLINK_NOFOLLOW, &stat);
  if (result < 0) return result;
  return (stat.mode & OS_S_IFMT) == OS_S_IFDIR ? 0 : -OS_ENOTDIR;
}

/// Resolves for a change of the last component itself.
static u32 start_change(const rt_instance *self, u32 fd, u64 right, u32 pointer, u32 length, target *out) {
  u32 error = start(self, fd, right, true, pointer, length, out);
  if (error != 0) return error;
  i64 result = resolve(out, WASI_FOLLOW_NEVER);
  if (result >= 0) keep_slash(&out->place);
  return wasi_error(result);
}

static u32 finish(const target *t, i64 result) {
  wasi_place_close(&t->place);
  return wasi_error(result);
}

u32 wasi_snapshot_preview1_path_create_directory(rt_instance *self, u32 fd, u32 path, u32 path_len) {
  target t;
  u32 error = start_change(self, fd, WASI_R_CREATE_DIRECTORY, path, path_len, &t);
  return error != 0 ? error : finish(&t, os_mkdir(t.place.directory, t.place.name, DIRECTORY_MODE));
}

u32 wasi_snapshot_preview1_path_remove_directory(rt_instance *self, u32 fd, u32 path, u32 path_len) {
  target t;
  u32 error = start_change(self, fd, WASI_R_REMOVE_DIRECTORY, path, path_len, &t);
  return error != 0 ? error : finish(&t, os_unlink(t.place.directory, t.place.name, OS_AT_REMOVEDIR));
}

u32 wasi_snapshot_preview1_path_unlink_file(rt_instance *self, u32 fd, u32 path, u32 path_len) {
  target t;
  u32 error = start_change(self, fd, WASI_R_UNLINK_FILE, path, path_len, &t);
  return error != 0 ? error : finish(&t, os_unlink(t.place.directory, t.place.name, 0));
}

u32 wasi_snapshot_preview1_path_symlink(rt_instance *self, u32 old_path, u32 old_path_len, u32 fd, u32 new_path,
                                        u32 new_path_len) {
  wasi_path text;
  u32 error = wasi_copy_path(self, old_path, old_path_len, &text);
  if (error != 0) return error;
  // It would lead nowhere for the guest, and mislead others.
  if (text.text[0] == '/') return WASI_EPERM;
  target t;
  error = start_change(self, fd, WASI_R_SYMLINK, new_path, new_path_len, &t);
  if (error != 0) return error;
  i64 result = os_symlink(text.text, t.place.directory, t.place.name);
  // "file/" is no name for anything, before it is one that exists.
  if (result == -OS_EEXIST && t.place.slash) {
    t.place.name[strlen(t.place.name) - 1] = 0;
    if (check_slash(&t.place) == -OS_ENOTDIR) result = -OS_ENOTDIR;
  }
  return finish(&t, result);
}

u32 wasi_snapshot_preview1_path_rename(rt_instance *self, u32 fd, u32 old_path, u32 old_path_len, u32 new_fd,
                                       u32 new_path, u32 new_path_len) {
  target from, to;
  u32 error = start_change(self, fd, WASI_R_RENAME_SOURCE, old_path, old_path_len, &from);
  if (error != 0) return error;
  error = start_change(self, new_fd, WASI_R_RENAME_TARGET, new_path, new_path_len, &to);
  if (error != 0) return finish(&from, 0), error;
  i64 result = os_rename(from.place.directory, from.place.name, to.place.directory, to.place.name, 0);
  wasi_place_close(&to.place);
  return finish(&from, result);
}

/// Following links is refused, as in wasmtime: the link itself is what gets another name.
u32 wasi_snapshot_preview1_path_link(rt_instance *self, u32 old_fd, u32 old_flags, u32 old_path, u32 old_path_len,
                                     u32 new_fd, u32 new_path, u32 new_path_len) {
  if (old_flags != 0) return WASI_EINVAL;
  target from, to;
  u32 error = start(self, old_fd, WASI_R_LINK_SOURCE, true, old_path, old_path_len, &from);
  if (error != 0) return error;
  i64 result = resolve(&from, WASI_FOLLOW_SLASH);
  if (result < 0) return wasi_error(result);
  error = start_change(self, new_fd, WASI_R_LINK_TARGET, new_path, new_path_len, &to);
  if (error != 0) return finish(&from, 0), error;
  result = check_slash(&from.place);
  if (result >= 0) result = os_link(from.place.directory, from.place.name, to.place.directory, to.place.name, 0);
  wasi_place_close(&to.place);
  return finish(&from, result);
}

u32 wasi_snapshot_preview1_path_readlink(rt_instance *self, u32 fd, u32 path, u32 path_len, u32 buf, u32 buf_len,
                                         u32 bufused) {
  target t;
  u32 error = start(self, fd, WASI_R_READLINK, false, path, path_len, &t);
  if (error != 0) return error;
  u8 *to = wasi_at(self, buf, buf_len);
  u8 *used = wasi_at(self, bufused, 4);
  if (to == 0 || used == 0) return WASI_EFAULT;
  i64 result = resolve(&t, WASI_FOLLOW_SLASH);
  if (result < 0) return wasi_error(result);
  result = check_slash(&t.place);
  // The kernel has no buffers of no bytes.
  char one;
  if (result >= 0)
    result = os_readlink(t.place.directory, t.place.name, buf_len == 0 ? &one : (char *)to, buf_len == 0 ? 1 : buf_len);
  if (result >= 0) wasi_put32(used, buf_len == 0 ? 0 : (u32)result);
  return finish(&t, result);
}

/// Metadata of what a path leads to.
static u32 path_stat(const rt_instance *self, u32 fd, u32 flags, u32 path, u32 path_len, os_filestat *out) {
  target t;
  u32 error = start(self, fd, WASI_R_PATH_FILESTAT_GET, false, path, path_len, &t);
  if (error != 0) return error;
  if (flags & ~(u32)WASI_LOOKUP_FOLLOW) return WASI_EINVAL;
  i64 result = resolve(&t, WASI_FOLLOW_SLASH);
  if (result < 0) return wasi_error(result);
  result = os_stat(t.place.directory, t.place.name, OS_AT_SYMLINK_NOFOLLOW, out);
  if (result >= 0 && flags & WASI_LOOKUP_FOLLOW && (out->mode & OS_S_IFMT) == OS_S_IFLNK) {
    wasi_place_close(&t.place);
    result = resolve(&t, WASI_FOLLOW_LAST);
    if (result < 0) return wasi_error(result);
    result = os_stat(t.place.directory, t.place.name, OS_AT_SYMLINK_NOFOLLOW, out);
  }
  if (result >= 0 && t.place.slash && (out->mode & OS_S_IFMT) != OS_S_IFDIR) result = -OS_ENOTDIR;
  return finish(&t, result);
}

static u32 put_path_stat(const rt_instance *self, u32 fd, u32 flags, u32 path, u32 path_len, u32 buf,
                         const wasi_filestat_form *form) {
  os_filestat stat;
  u8 *out = wasi_at(self, buf, form->bytes);
  if (out == 0) return WASI_EFAULT;
  u32 error = path_stat(self, fd, flags, path, path_len, &stat);
  if (error == 0) form->put(out, &stat);
  return error;
}

u32 wasi_snapshot_preview1_path_filestat_get(rt_instance *self, u32 fd, u32 flags, u32 path, u32 path_len, u32 buf) {
  return put_path_stat(self, fd, flags, path, path_len, buf, &wasi_filestat);
}

u32 wasi_unstable_path_filestat_get(rt_instance *self, u32 fd, u32 flags, u32 path, u32 path_len, u32 buf) {
  return put_path_stat(self, fd, flags, path, path_len, buf, &wasi_old_filestat);
}

u32 wasi_snapshot_preview1_path_filestat_set_times(rt_instance *self, u32 fd, u32 flags, u32 path, u32 path_len,
                                                   u64 atim, u64 mtim, u32 fst_flags) {
  os_timespec times[2];
  target t;
  u32 error = start(self, fd, WASI_R_PATH_SET_TIMES, true, path, path_len, &t);
  if (error != 0) return error;
  if (flags & ~(u32)WASI_LOOKUP_FOLLOW || !wasi_times(atim, mtim, fst_flags, times)) return WASI_EINVAL;
  i64 result = resolve(&t, flags & WASI_LOOKUP_FOLLOW ? WASI_FOLLOW_LAST : WASI_FOLLOW_SLASH);
  if (result < 0) return wasi_error(result);
  result = check_slash(&t.place);
  if (result >= 0) result = os_utimes(t.place.directory, t.place.name, times, OS_AT_SYMLINK_NOFOLLOW);
  return finish(&t, result);
}

// ---- Opening ----

/// Flags of open(2) for what a guest asks; *rights: what remains of the rights.
static int open_flags(u32 oflags, u32 fdflags, u64 *rights) {
  bool reads = (*rights & WASI_R_READ) != 0;
  bool writes = (*rights & WASI_R_WRITE) != 0;
  // Creating and truncating are writing, whatever the rights say; and a file is open for something.
  bool implied = (oflags & WASI_O_TRUNC) != 0 || (oflags & WASI_O_CREAT && !reads);
  if (implied && !writes) writes = true;
  if (!reads && !writes) reads = true;
  *rights = (WASI_R_ALL & ~(WASI_R_READ | WASI_R_WRITE)) | (reads ? WASI_R_READ : 0) | (writes ? WASI_R_WRITE : 0);
  int access = reads && writes ? OS_O_RDWR : writes ? OS_O_WRONLY : OS_O_RDONLY;
  return access | (oflags & WASI_O_CREAT ? OS_O_CREAT : 0) | (oflags & WASI_O_DIRECTORY ? OS_O_DIRECTORY : 0) |
         (oflags & WASI_O_EXCL ? OS_O_EXCL : 0) | (oflags & WASI_O_TRUNC ? OS_O_TRUNC : 0) |
         (fdflags & WASI_FD_APPEND ? OS_O_APPEND : 0) | (fdflags & WASI_FD_NONBLOCK ? OS_O_NONBLOCK : 0) |
         (fdflags & (WASI_FD_SYNC | WASI_FD_RSYNC) ? OS_O_SYNC : fdflags & WASI_FD_DSYNC ? OS_O_DSYNC : 0);
}

static u32 check_open(const wasi_fd *directory, u32 dirflags, u32 oflags, u64 rights, u32 fdflags) {
  if (dirflags & ~(u32)WASI_LOOKUP_FOLLOW || oflags & ~(u32)WASI_O_ALL || fdflags & ~(u32)WASI_FD_ALL) return WASI_EINVAL;
  if (oflags & WASI_O_DIRECTORY && oflags & (WASI_O_CREAT | WASI_O_EXCL | WASI_O_TRUNC)) return WASI_EINVAL;
  if (rights & (WASI_R_READ | WASI_R_WRITE) & ~directory->inheriting) return WASI_ENOTCAPABLE;
  bool changes = oflags & (WASI_O_CREAT | WASI_O_TRUNC) || rights & WASI_R_WRITE;
  return changes && directory->flags & WASI_FD_READ_ONLY ? WASI_EPERM : WASI_SUCCESS;
}

static i64 open_target(const target *t, bool follow, int flags) {
  const wasi_fd *directory = t->directory;
  if (directory->flags & WASI_FD_READ_ONLY) {
    // Not even the time of access is to change; the kernel allows that to the owner of the file.
    i64 result = wasi_open_beneath(directory->host, &t->path, follow, flags | OS_O_NOATIME, 0);
    if (result != -OS_EPERM) return result;
  }
  return wasi_open_beneath(directory->host, &t->path, follow, flags, FILE_MODE);
}

u32 wasi_snapshot_preview1_path_open(rt_instance *self, u32 fd, u32 dirflags, u32 path, u32 path_len, u32 oflags,
                                     u64 rights_base, u64 rights_inheriting, u32 fdflags, u32 opened_fd) {
  (void)rights_inheriting;
  target t;
  u8 *out = wasi_at(self, opened_fd, 4);
  if (out == 0) return WASI_EFAULT;
  u32 error = start(self, fd, WASI_R_OPEN, false, path, path_len, &t);
  if (error == 0) error = check_open(t.directory, dirflags, oflags, rights_base, fdflags);
  if (error == 0 && !wasi_fd_room()) error = WASI_EMFILE;
  if (error != 0) return error;
  u64 rights = rights_base;
  int flags = open_flags(oflags, fdflags, &rights);
  i64 host = wasi_fd_move_up(open_target(&t, (dirflags & WASI_LOOKUP_FOLLOW) != 0, flags));
  if (host < 0) return wasi_error(host);
  bool directory = oflags & WASI_O_DIRECTORY || t.path.text[t.path.length - 1] == '/';
  const wasi_fd entry = {
      .host = (i32)host,
      .type = directory ? WASI_TYPE_DIRECTORY : WASI_TYPE_UNASKED,
      .flags = t.directory->flags & WASI_FD_READ_ONLY,
      .emulated = (u16)(fdflags & WASI_FD_RSYNC),
      .rights = rights,
      .inheriting = t.directory->inheriting,
  };
  u32 opened;
  error = wasi_fd_insert(&entry, &opened);
  if (error != 0) os_close((int)host);
  else wasi_put32(out, opened);
  return error;
}
