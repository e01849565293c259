// What the host gives to the program: standard streams, granted directories and listeners as descriptors from 3 on, the environment.
//
// Grants come from the build (rt_program.grants), then from WASMAOT_DIR, WASMAOT_LISTEN and WASMAOT_ENV unless those are refused: lists divided by ';',
// "\;" standing for a semicolon. Directories stand before listeners, because C libraries look for directories up to the first number that is none.
// A grant that cannot be given ends the program with a message: it would fail later in ways hard to understand.
#include "../memory.h"
#include "../print.h"
#include "harden.h"
#include "resolve.h"

wasi_state wasi;

enum {
#define WASI(result, name, parameters, calls) INDEX_##name,
#define WASI_UNSTABLE(result, name, parameters)
#include "functions.def"
#undef WASI
#undef WASI_UNSTABLE
};
#define IMPORTS(name) ((wasmaot_program.host_imports >> INDEX_##name & 1) != 0)

// ---- Lists in variables ----

/// A copy of the variable's value, or 0 when it is absent, empty or refused.
static char *variable_copy(const char *name) {
  size_t length = strlen(name);
  if (wasi.info->refuse_environment) return 0;
  for (const char *const *at = wasi.info->environment; *at != 0; at++) {
    if (strncmp(*at, name, length) != 0 || (*at)[length] != '=' || (*at)[length + 1] == 0) continue;
    const char *value = *at + length + 1;
    char *copy = rt_allocate(strlen(value) + 1);
    if (copy == 0) rt_fatal("out of memory", 0, 0);
    memcpy(copy, value, strlen(value) + 1);
    return copy;
  }
  return 0;
}

/// The next non-empty item of a list, unescaped in place; 0 at the end.
static char *next_item(char **list) {
  for (char *from = *list; from != 0 && *from != 0;) {
    char *item = from;
    char *to = from;
    for (; *from != 0 && *from != ';'; from++) {
      if (*from == '\\' && from[1] != 0) from++;
      *to++ = *from;
    }
    if (*from == ';') from++;
    *list = from;
    *to = 0;
    if (to != item) return item;
  }
  return 0;
}

// ---- Directories and listeners ----

static const char *reason(i64 result) {
  switch (-result) {
    case OS_ENOENT: return ": it does not exist";
    case OS_ENOTDIR: return ": it is not a directory";
    case OS_EACCES:
    case OS_EPERM: return ": permission denied";
    case OS_EADDRINUSE: return ": the address is in use";
    case OS_EADDRNOTAVAIL: return ": the address is not this machine's";
    case OS_EINVAL: return ": expected an IP address, a colon and a port";
    default: return ": the system refuses";
  }
}

static void add(const wasi_fd *entry) {
  u32 fd;
  if (wasi_fd_insert(entry, &fd) != 0) rt_fatal("too many files are granted (see --max-files)", 0, 0);
}

static void grant_directory(const char *host, const char *guest, bool read_only) {
  const int flags = OS_O_DIRECTORY | OS_O_CLOEXEC;
  i64 fd = os_open(OS_AT_FDCWD, host, OS_O_RDONLY | flags | (read_only ? OS_O_NOATIME : 0), 0);
  // Keeping the time of access is the owner's.
  if (fd == -OS_EPERM && read_only) fd = os_open(OS_AT_FDCWD, host, OS_O_RDONLY | flags, 0);
  // A directory that may be passed through but not listed.
  if (fd == -OS_EACCES) fd = os_open(OS_AT_FDCWD, host, OS_O_PATH | flags, 0);
  fd = wasi_fd_move_up(fd);
  if (fd < 0) rt_fatal("cannot open the granted directory ", host, reason(fd));
  add(&(wasi_fd){
      .host = (i32)fd,
      .type = WASI_TYPE_DIRECTORY,
      .flags = (u8)(WASI_FD_PREOPEN | (read_only ? WASI_FD_READ_ONLY : 0)),
      .rights = WASI_R_ALL,
      .inheriting = WASI_R_ALL,
      .name = guest,
  });
}

/// "host[::guest][:ro]", taken apart in place.
static void grant_directory_text(char *text) {
  size_t length = strlen(text);
  bool read_only = length > 3 && strcmp(text + length - 3, ":ro") == 0;
  if (read_only) text[length - 3] = 0;
  char *guest = text;
  for (char *at = text; *at != 0; at++) {
    if (at[0] != ':' || at[1] != ':') continue;
    *at = 0;
    guest = at + 2;
    break;
  }
  if (*text == 0 || *guest == 0) rt_fatal("WASMAOT_DIR: expected host[::guest][:ro], separated by semicolons", 0, 0);
  grant_directory(text, guest, read_only);
}

static void grant_listener(const char *address) {
  i64 fd = wasi_fd_move_up(wasi_listen(address));
  if (fd < 0) rt_fatal("cannot listen on ", address, reason(fd));
  add(&(wasi_fd){.host = (i32)fd, .type = WASI_TYPE_SOCKET_STREAM, .rights = WASI_R_ALL});
}

static void grant_descriptors(void) {
  for (i32 i = 0; i < 3; i++)
    add(&(wasi_fd){.host = i, .type = WASI_TYPE_UNASKED, .flags = WASI_FD_STDIO, .rights = WASI_R_ALL});
  const rt_grant *grants = wasmaot_program.grants;
  if (IMPORTS(path_open)) {
    const char *resolver = variable_copy("WASMAOT_RESOLVER");
    if (resolver != 0) wasi_choose_resolver(resolver);
  }
  for (u32 i = 0; i < wasmaot_program.grant_count; i++)
    if (grants[i].kind == RT_GRANT_DIR) grant_directory(grants[i].a, grants[i].b, grants[i].flags & RT_GRANT_READONLY);
  char *list = variable_copy("WASMAOT_DIR");
  for (char *item; (item = next_item(&list)) != 0;) grant_directory_text(item);
  if (IMPORTS(sock_accept)) {
    for (u32 i = 0; i < wasmaot_program.grant_count; i++)
      if (grants[i].kind == RT_GRANT_LISTEN) grant_listener(grants[i].a);
    list = variable_copy("WASMAOT_LISTEN");
    for (const char *item; (item = next_item(&list)) != 0;) grant_listener(item);
  }
}

// ---- Environment ----

static u32 name_length(const char *text) {
  u32 length = 0;
  while (text[length] != 0 && text[length] != '=') length++;
  return length;
}

/// Adds a variable, or replaces its value. There is room.
static void set_variable(wasi_text new) {
  for (u32 i = 0; i < wasi.variable_count; i++) {
    const wasi_text *old = &wasi.variables[i];
    if (old->first_length != new.first_length || strncmp(old->first, new.first, new.first_length) != 0) continue;
    wasi.variables[i] = new;
    return;
  }
  wasi.variables[wasi.variable_count++] = new;
}

static void set_variable_text(const char *text) {
  u32 length = name_length(text);
  if (length == 0 || text[length] == 0) return;
  const char *value = text + length + 1;
  set_variable((wasi_text){text, length, value, (u32)strlen(value)});
}

/// WASMAOT_* speak to the runtime, not to the program.
static bool is_ours(const char *text) {
  return strncmp(text, "WASMAOT_", 8) == 0;
}

static void grant_environment(void) {
  char *list = variable_copy("WASMAOT_ENV");
  u64 room = wasmaot_program.grant_count;
  for (const char *at = list; at != 0 && *at != 0; at++) room += *at == ';' || at == list;
  for (const char *const *at = wasi.info->environment; wasi.inherit_environment && *at != 0; at++) room++;
  if (room == 0) return;
  wasi.variables = rt_allocate(room * sizeof *wasi.variables);
  if (wasi.variables == 0) rt_fatal("out of memory", 0, 0);
  for (const char *const *at = wasi.info->environment; wasi.inherit_environment && *at != 0; at++)
    if (!is_ours(*at)) set_variable_text(*at);
  for (u32 i = 0; i < wasmaot_program.grant_count; i++) {
    const rt_grant *grant = &wasmaot_program.grants[i];
    if (grant->kind != RT_GRANT_ENV) continue;
    set_variable((wasi_text){grant->a, (u32)strlen(grant->a), grant->b, (u32)strlen(grant->b)});
  }
  for (const char *item; (item = next_item(&list)) != 0;) set_variable_text(item);
}

void rt_wasi_init(const rt_start_info *info) {
  static rt_start_info kept;
  kept = *info;
  wasi.info = &kept;
  wasi.deterministic = (wasmaot_program.flags & RT_PROGRAM_DETERMINISTIC) != 0;
  for (u32 i = 0; i < wasmaot_program.grant_count; i++) {
    const rt_grant *grant = &wasmaot_program.grants[i];
    if (grant->kind == RT_GRANT_ARG0) wasi.argument0 = grant->a;
    if (grant->kind == RT_GRANT_ENV_INHERIT) wasi.inherit_environment = !wasi.deterministic;
  }
  wasi_fd_limit(wasmaot_program.max_files);
  // Writing to a pipe that nobody reads is EPIPE for the guest, not the end of the process.
  const os_sigaction ignore = {.handler = (void *)1};
  os_signal_action(OS_SIGPIPE, &ignore, 0);
  grant_descriptors();
  if (IMPORTS(environ_get) || IMPORTS(environ_sizes_get)) grant_environment();
  wasi_harden();
}
