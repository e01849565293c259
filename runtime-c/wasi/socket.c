// Sockets: connections accepted on granted listeners. A program cannot make a socket of its own.
#include "wasi.h"

enum { RECV_PEEK = 1, RECV_WAITALL = 2, RECV_TRUNCATED = 1 };
enum { SHUT_READ = 1, SHUT_WRITE = 2, SHUT_BOTH = 3 };

u32 wasi_snapshot_preview1_sock_accept(rt_instance *self, u32 fd, u32 flags, u32 result_fd) {
  wasi_fd *entry;
  u32 error = wasi_fd_use(fd, WASI_R_ACCEPT, &entry);
  if (error != 0) return error;
  if (flags & ~(u32)WASI_FD_NONBLOCK) return WASI_EINVAL;
  u8 *out = wasi_at(self, result_fd, 4);
  if (out == 0) return WASI_EFAULT;
  i64 host = os_accept(entry->host, OS_SOCK_CLOEXEC | (flags & WASI_FD_NONBLOCK ? OS_SOCK_NONBLOCK : 0));
  host = wasi_fd_move_up(host);
  if (host < 0) return wasi_error(host);
  u32 accepted;
  error = wasi_fd_insert(&(wasi_fd){.host = (i32)host, .type = WASI_TYPE_SOCKET_STREAM, .rights = WASI_R_ALL}, &accepted);
  if (error != 0) os_close((int)host);
  else wasi_put32(out, accepted);
  return error;
}

u32 wasi_snapshot_preview1_sock_recv(rt_instance *self, u32 fd, u32 ri_data, u32 ri_data_len, u32 ri_flags,
                                     u32 ro_datalen, u32 ro_flags) {
  wasi_fd *entry;
  u32 error = wasi_fd_use(fd, WASI_R_READ, &entry);
  if (error != 0) return error;
  if (ri_flags & ~(u32)(RECV_PEEK | RECV_WAITALL)) return WASI_EINVAL;
  u8 *length = wasi_at(self, ro_datalen, 4);
  u8 *flags = wasi_at(self, ro_flags, 2);
  if (length == 0 || flags == 0) return WASI_EFAULT;
  os_iovec vectors[WASI_VECTORS];
  i64 count = wasi_copy_vectors(self, ri_data, ri_data_len, vectors);
  if (count < 0) return (u32)-count;
  os_message message = {.vectors = vectors, .vector_count = (size_t)count};
  int how = (ri_flags & RECV_PEEK ? OS_MSG_PEEK : 0) | (ri_flags & RECV_WAITALL ? OS_MSG_WAITALL : 0);
  i64 result = os_receive(entry->host, &message, how);
  if (result < 0) return wasi_error(result);
  wasi_put32(length, (u32)result);
  wasi_put16(flags, message.flags & OS_MSG_TRUNC ? RECV_TRUNCATED : 0);
  return WASI_SUCCESS;
}

u32 wasi_snapshot_preview1_sock_send(rt_instance *self, u32 fd, u32 si_data, u32 si_data_len, u32 si_flags,
                                     u32 so_datalen) {
  wasi_fd *entry;
  u32 error = wasi_fd_use(fd, WASI_R_WRITE, &entry);
  if (error != 0) return error;
  if (si_flags != 0) return WASI_EINVAL;
  u8 *length = wasi_at(self, so_datalen, 4);
  if (length == 0) return WASI_EFAULT;
  os_iovec vectors[WASI_VECTORS];
  i64 count = wasi_copy_vectors(self, si_data, si_data_len, vectors);
  if (count < 0) return (u32)-count;
  const os_message message = {.vectors = vectors, .vector_count = (size_t)count};
  i64 result = os_send(entry->host, &message, OS_MSG_NOSIGNAL);
  if (result < 0) return wasi_error(result);
  wasi_put32(length, (u32)result);
  return WASI_SUCCESS;
}

u32 wasi_snapshot_preview1_sock_shutdown(rt_instance *self, u32 fd, u32 how) {
  (void)self;
  wasi_fd *entry;
  u32 error = wasi_fd_use(fd, WASI_R_SHUTDOWN, &entry);
  if (error != 0) return error;
  if (how < SHUT_READ || how > SHUT_BOTH) return WASI_EINVAL;
  int linux_how = how == SHUT_READ ? OS_SHUT_RD : how == SHUT_WRITE ? OS_SHUT_WR : OS_SHUT_RDWR;
  return wasi_error(os_shutdown(entry->host, linux_how));
}
