// A program that has been hardened and then does what nothing compiled from wasm does: makes a system call of its own, as its first argument says.
#include "../../runtime-c/wasi/harden.h"
#include "../../runtime-c/wasi/wasi.h"

#ifndef FLAGS
#define FLAGS 0
#endif
#ifndef HOST_IMPORTS
#define HOST_IMPORTS 0
#endif
const rt_program wasmaot_program = {.flags = FLAGS, .host_imports = HOST_IMPORTS};

static int attempt(const char *what) {
  if (strcmp(what, "write") == 0) return os_write(1, "written\n", 8) == 8 ? 0 : 1;
  if (strcmp(what, "socket") == 0) return (int)-os_socket(OS_AF_INET, OS_SOCK_STREAM, 0);
  if (strcmp(what, "code") == 0) return (int)-os_map(0, 4096, OS_PROT_READ | OS_PROT_EXEC, 0);
  if (strcmp(what, "memory") == 0) return os_map(0, 4096, OS_PROT_READ | OS_PROT_WRITE, 0) > 0 ? 0 : 1;
  if (strcmp(what, "signal") == 0) return (int)-os_call3(OS_CALL_tgkill, 1, 1, 0);
  if (strcmp(what, "open") == 0) return (int)-os_open(OS_AT_FDCWD, "/etc/passwd", OS_O_RDONLY, 0);
  if (strcmp(what, "unlink") == 0) return (int)-os_unlink(OS_AT_FDCWD, "/nowhere", 0);
  return 100;
}

int rt_main(const rt_start_info *info) {
  rt_wasi_init(info);
  int result = attempt(info->arguments[1]);
  return result < 0 ? 0 : result;
}
