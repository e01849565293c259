// What is done with an open file besides reading and writing it.
#include "file.h"

static u64 nanoseconds(const os_timespec *time) {
  return (u64)time->seconds * 1000000000u + (u64)time->nanoseconds;
}

static void put_times(u8 *at, const os_filestat *stat) {
  wasi_put64(at, nanoseconds(&stat->accessed));
  wasi_put64(at + 8, nanoseconds(&stat->modified));
  wasi_put64(at + 16, nanoseconds(&stat->changed));
}

static void put_identity(u8 *at, const os_filestat *stat) {
  wasi_put64(at, stat->device);
  wasi_put64(at + 8, stat->inode);
  wasi_put64(at + 16, wasi_filetype_of_mode(stat->mode));
}

static void put_filestat(u8 *at, const os_filestat *stat) {
  put_identity(at, stat);
  wasi_put64(at + 24, stat->links);
  wasi_put64(at + 32, stat->size);
  put_times(at + 40, stat);
}

static void put_old_filestat(u8 *at, const os_filestat *stat) {
  put_identity(at, stat);
  wasi_put32(at + 20, (u32)stat->links);
  wasi_put64(at + 24, stat->size);
  put_times(at + 32, stat);
}

const wasi_filestat_form wasi_filestat = {64, put_filestat};
const wasi_filestat_form wasi_old_filestat = {56, put_old_filestat};

static u32 stat_fd(const rt_instance *self, u32 fd, u32 buf, const wasi_filestat_form *form) {
  os_filestat stat;
  wasi_fd *entry;
  u8 *out = wasi_at(self, buf, form->bytes);
  if (out == 0) return WASI_EFAULT;
  u32 error = wasi_fd_use(fd, WASI_R_FILESTAT_GET, &entry);
  if (error == 0) error = wasi_error(os_stat_fd(entry->host, &stat));
  if (error == 0) form->put(out, &stat);
  return error;
}

u32 wasi_snapshot_preview1_fd_filestat_get(rt_instance *self, u32 fd, u32 buf) {
  return stat_fd(self, fd, buf, &wasi_filestat);
}

u32 wasi_unstable_fd_filestat_get(rt_instance *self, u32 fd, u32 buf) {
  return stat_fd(self, fd, buf, &wasi_old_filestat);
}

/// A descriptor whose file may be changed.
static u32 use_changeable(u32 fd, u64 right, wasi_fd **out) {
  u32 error = wasi_fd_use(fd, right, out);
  return error == 0 && (*out)->flags & WASI_FD_READ_ONLY ? WASI_EPERM : error;
}

u32 wasi_snapshot_preview1_fd_filestat_set_size(rt_instance *self, u32 fd, u64 size) {
  (void)self;
  wasi_fd *entry;
  u32 error = use_changeable(fd, WASI_R_SET_SIZE, &entry);
  if (error == 0 && wasi_fd_type(entry) == WASI_TYPE_DIRECTORY) error = WASI_EBADF;
  return error != 0 ? error : wasi_error(os_truncate(entry->host, size));
}

u32 wasi_snapshot_preview1_fd_allocate(rt_instance *self, u32 fd, u64 offset, u64 len) {
  (void)self;
  wasi_fd *entry;
  u32 error = use_changeable(fd, WASI_R_ALLOCATE, &entry);
  if (error == 0 && wasi_fd_type(entry) == WASI_TYPE_DIRECTORY) error = WASI_EBADF;
  return error != 0 ? error : wasi_error(os_allocate(entry->host, 0, offset, len));
}

static os_timespec timespec_of(u64 time, bool set, bool now) {
  if (now) return (os_timespec){0, OS_UTIME_NOW};
  if (!set) return (os_timespec){0, OS_UTIME_OMIT};
  return (os_timespec){(i64)(time / 1000000000u), (i64)(time % 1000000000u)};
}

bool wasi_times(u64 atim, u64 mtim, u32 fst_flags, os_timespec out[2]) {
  const u32 both_atim = WASI_FST_ATIM | WASI_FST_ATIM_NOW;
  const u32 both_mtim = WASI_FST_MTIM | WASI_FST_MTIM_NOW;
  if (fst_flags & ~(u32)WASI_FST_ALL) return false;
  if ((fst_flags & both_atim) == both_atim || (fst_flags & both_mtim) == both_mtim) return false;
  out[0] = timespec_of(atim, fst_flags & WASI_FST_ATIM, fst_flags & WASI_FST_ATIM_NOW);
  out[1] = timespec_of(mtim, fst_flags & WASI_FST_MTIM, fst_flags & WASI_FST_MTIM_NOW);
  return true;
}

u32 wasi_snapshot_preview1_fd_filestat_set_times(rt_instance *self, u32 fd, u64 atim, u64 mtim, u32 fst_flags) {
  (void)self;
  wasi_fd *entry;
  os_timespec times[2];
  u32 error = use_changeable(fd, WASI_R_SET_TIMES, &entry);
  if (error != 0) return error;
  if (!wasi_times(atim, mtim, fst_flags, times)) return WASI_EINVAL;
  return wasi_error(os_utimes(entry->host, 0, times, 0));
}

/// Linux's numbers for WASI's normal, sequential, random, will need, will not need, once.
static const u8 advices[] = {0, 2, 1, 3, 4, 5};

u32 wasi_snapshot_preview1_fd_advise(rt_instance *self, u32 fd, u64 offset, u64 len, u32 advice) {
  (void)self;
  wasi_fd *entry;
  u32 error = wasi_fd_use(fd, WASI_R_ADVISE, &entry);
  if (error != 0) return error;
  if (advice >= sizeof advices) return WASI_EINVAL;
  if (wasi_fd_type(entry) == WASI_TYPE_DIRECTORY) return WASI_EBADF;
  return wasi_error(os_fadvise(entry->host, offset, len, advices[advice]));
}

u32 wasi_snapshot_preview1_fd_sync(rt_instance *self, u32 fd) {
  (void)self;
  wasi_fd *entry;
  u32 error = wasi_fd_use(fd, WASI_R_SYNC, &entry);
  return error != 0 ? error : wasi_error(os_sync(entry->host));
}

u32 wasi_snapshot_preview1_fd_datasync(rt_instance *self, u32 fd) {
  (void)self;
  wasi_fd *entry;
  u32 error = wasi_fd_use(fd, WASI_R_DATASYNC, &entry);
  return error != 0 ? error : wasi_error(os_datasync(entry->host));
}
