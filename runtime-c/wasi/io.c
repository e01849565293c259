// Reading, writing and seeking.
//
// The kernel reads and writes guest memory directly: the guest's list of buffers is copied and checked once, then handed over. A list longer than
// the kernel takes at once is cut: short reads and writes are allowed.
// Standard streams are shared with whoever started the program, so NONBLOCK on them is kept here: a call asks first whether it would wait.
#include "wasi.h"

#define VECTOR_BYTES 8u
#define FEW_VECTORS 8u

i64 wasi_copy_vectors(const rt_instance *self, u32 list, u32 count, os_iovec *out) {
  const u8 *from = wasi_at(self, list, (u64)count * VECTOR_BYTES);
  if (from == 0) return -(i64)WASI_EFAULT;
  if (count > WASI_VECTORS) count = WASI_VECTORS;
  for (u32 i = 0; i < count; i++, from += VECTOR_BYTES) {
    u32 length = wasi_get32(from + 4);
    u8 *base = wasi_at(self, wasi_get32(from), length);
    if (base == 0) return -(i64)WASI_EFAULT;
    out[i] = (os_iovec){.base = base, .length = length};
  }
  return count;
}

typedef enum direction { READ, WRITE, READ_AT, WRITE_AT } direction;

static i64 move_bytes(direction how, i32 host, const os_iovec *v, u32 count, u64 offset) {
  switch (how) {
    case READ:
      return count == 1 ? os_read(host, v->base, v->length) : os_readv(host, v, count);
    case WRITE:
      return count == 1 ? os_write(host, v->base, v->length) : os_writev(host, v, count);
    case READ_AT:
      return os_preadv(host, v, count, offset);
    default:
      return os_pwritev(host, v, count, offset);
  }
}

/// Asks whether a stream is ready, or waits until it is. False: it is not.
static bool stream_ready(direction how, i32 host, bool wait) {
  os_timespec none = {0, 0};
  os_pollfd one = {.fd = host, .events = how == READ ? OS_POLLIN : OS_POLLOUT};
  i64 result;
  do result = os_poll(&one, 1, wait ? 0 : &none);
  while (result == -OS_EINTR && wait);
  return result != 0;
}

/// As move_bytes, on a descriptor whose blocking mode in the kernel is not the guest's.
static i64 move_stream_bytes(const wasi_fd *entry, direction how, const os_iovec *v, u32 count, u64 offset) {
  bool waits = (entry->emulated & WASI_FD_NONBLOCK) == 0;
  if (!waits && how <= WRITE && !stream_ready(how, entry->host, false)) return -OS_EAGAIN;
  for (;;) {
    i64 result = move_bytes(how, entry->host, v, count, offset);
    if (result != -OS_EAGAIN || !waits) return result;
    stream_ready(how, entry->host, true);
  }
}

/// A transfer whose buffers fit into `vectors`; the rest of a longer list is left for the next call.
static __attribute__((always_inline)) inline u32 transfer_with(rt_instance *self, direction how, u32 fd, u32 list, u32 list_length,
                                                               u64 offset, u32 moved, os_iovec *vectors) {
  wasi_fd *entry;
  u32 error = wasi_fd_use(fd, how == READ || how == READ_AT ? WASI_R_READ : WASI_R_WRITE, &entry);
  if (error != 0) return error;
  u8 *out = wasi_at(self, moved, 4);
  if (out == 0) return WASI_EFAULT;
  i64 count = wasi_copy_vectors(self, list, list_length, vectors);
  if (count < 0) return (u32)-count;
  i64 result = entry->flags & WASI_FD_STDIO ? move_stream_bytes(entry, how, vectors, (u32)count, offset)
                                            : move_bytes(how, entry->host, vectors, (u32)count, offset);
  if (result == -OS_EISDIR) return WASI_EBADF;
  if (result < 0) return wasi_error(result);
  wasi_put32(out, (u32)result);
  return WASI_SUCCESS;
}

static __attribute__((noinline)) u32 transfer_many(rt_instance *self, direction how, u32 fd, u32 list, u32 list_length,
                                                   u64 offset, u32 moved) {
  os_iovec vectors[WASI_VECTORS];
  return transfer_with(self, how, fd, list, list_length, offset, moved, vectors);
}

/// Few buffers have a short list: the long one lies in pages of the stack that nothing else touches.
static __attribute__((noinline)) u32 transfer_some(rt_instance *self, direction how, u32 fd, u32 list, u32 list_length,
                                                   u64 offset, u32 moved) {
  if (list_length > FEW_VECTORS) return transfer_many(self, how, fd, list, list_length, offset, moved);
  os_iovec vectors[FEW_VECTORS];
  return transfer_with(self, how, fd, list, list_length, offset, moved, vectors);
}

/// One buffer is the common case: each function has its own code for it.
static __attribute__((always_inline)) inline u32 transfer(rt_instance *self, direction how, u32 fd, u32 list, u32 list_length,
                                                          u64 offset, u32 moved) {
  if (list_length != 1) return transfer_some(self, how, fd, list, list_length, offset, moved);
  os_iovec one;
  return transfer_with(self, how, fd, list, 1, offset, moved, &one);
}

u32 wasi_snapshot_preview1_fd_read(rt_instance *self, u32 fd, u32 iovs, u32 iovs_len, u32 nread) {
  return transfer(self, READ, fd, iovs, iovs_len, 0, nread);
}

u32 wasi_snapshot_preview1_fd_write(rt_instance *self, u32 fd, u32 iovs, u32 iovs_len, u32 nwritten) {
  return transfer(self, WRITE, fd, iovs, iovs_len, 0, nwritten);
}

u32 wasi_snapshot_preview1_fd_pread(rt_instance *self, u32 fd, u32 iovs, u32 iovs_len, u64 offset, u32 nread) {
  return transfer(self, READ_AT, fd, iovs, iovs_len, offset, nread);
}

/// A file open for appending is written at its end whatever the offset: Linux's way, and wasmtime's.
u32 wasi_snapshot_preview1_fd_pwrite(rt_instance *self, u32 fd, u32 iovs, u32 iovs_len, u64 offset, u32 nwritten) {
  return transfer(self, WRITE_AT, fd, iovs, iovs_len, offset, nwritten);
}

/// Seeks with a whence of Linux, whose numbers are those of snapshot 1.
static u32 seek(rt_instance *self, u32 fd, u64 rights, i64 offset, u32 whence, u32 position) {
  wasi_fd *entry;
  u32 error = wasi_fd_use(fd, rights, &entry);
  if (error != 0) return error;
  u8 *out = wasi_at(self, position, 8);
  if (out == 0) return WASI_EFAULT;
  if (whence > WASI_WHENCE_END) return WASI_EINVAL;
  if (wasi_fd_type(entry) == WASI_TYPE_DIRECTORY) return WASI_EBADF;
  i64 result = os_seek(entry->host, offset, (int)whence);
  if (result < 0) return wasi_error(result);
  wasi_put64(out, (u64)result);
  return WASI_SUCCESS;
}

/// Asking for the position is telling, for which the right to tell is enough.
static u64 seek_rights(u64 offset, bool from_current) {
  return offset == 0 && from_current ? WASI_R_TELL : WASI_R_SEEK;
}

u32 wasi_snapshot_preview1_fd_seek(rt_instance *self, u32 fd, u64 offset, u32 whence, u32 newoffset) {
  return seek(self, fd, seek_rights(offset, whence == WASI_WHENCE_CUR), (i64)offset, whence, newoffset);
}

u32 wasi_unstable_fd_seek(rt_instance *self, u32 fd, u64 offset, u32 whence, u32 newoffset) {
  // Snapshot 0 counts: current, end, set.
  static const u8 now[] = {WASI_WHENCE_CUR, WASI_WHENCE_END, WASI_WHENCE_SET};
  u32 meant = whence < sizeof now ? now[whence] : UINT32_MAX;
  return seek(self, fd, seek_rights(offset, meant == WASI_WHENCE_CUR), (i64)offset, meant, newoffset);
}

u32 wasi_snapshot_preview1_fd_tell(rt_instance *self, u32 fd, u32 offset) {
  return seek(self, fd, WASI_R_TELL, 0, WASI_WHENCE_CUR, offset);
}
