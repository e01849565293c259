// Accepts one connection on a granted listener and answers what it is told, in capitals.
#include "wasi.h"

int main(void) {
  __wasi_fd_t fd = 0;
  __wasi_fdstat_t fs;
  uint8_t text[64];
  size_t n = 0, sent = 0;
  uint16_t flags = 0;
  __wasi_iovec_t in = {text, sizeof text};
  printf("listening\n");
  fflush(stdout);
  SAY(__wasi_sock_accept(ROOT, 0, &fd));
  SAY(__wasi_fd_fdstat_get(fd, &fs));
  printf("type %d\n", fs.fs_filetype);
  SAY(__wasi_sock_recv(fd, &in, 1, __WASI_RIFLAGS_RECV_PEEK, &n, &flags));
  SAY(__wasi_fd_read(fd, &in, 1, &n));
  printf("%.*s\n", (int)n, text);
  for (size_t i = 0; i < n; i++) text[i] -= text[i] >= 'a' && text[i] <= 'z' ? 32 : 0;
  __wasi_ciovec_t out = {text, n};
  SAY(__wasi_sock_send(fd, &out, 1, 0, &sent));
  printf("%d\n", sent == n);
  SAY(__wasi_sock_send(fd, &out, 1, 1, &sent));
  SAY(__wasi_sock_shutdown(fd, 0));
  SAY(__wasi_sock_shutdown(fd, __WASI_SDFLAGS_WR));
  SAY(__wasi_fd_write(fd, &out, 1, &sent));
  SAY(__wasi_sock_recv(fd, &in, 1, 0, &n, &flags));
  printf("%d\n", (int)n);
  SAY(__wasi_fd_close(fd));
  return 0;
}
