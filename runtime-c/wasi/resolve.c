// Path resolution that cannot leave a directory.
//
// Two resolvers, same results: openat2(RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS), where the kernel guards the boundary; and, where there is none (before
// Linux 5.6, qemu-user, some containers), a walk that opens one component at a time, never through a link, and keeps the directories it came through on
// a stack, so that ".." is a step back on the stack and nothing that others rename meanwhile can move the boundary.
//
// Invariants:
// - apart from openat2, the kernel is only ever given one component, and asked not to follow it; names with a slash behind them go to calls alone
//   that never follow the last component (mkdirat, unlinkat, renameat, symlinkat, the new name of linkat): openat and fstatat would follow "link/";
// - an absolute path or link, and a ".." above the top, is EPERM (as wasmtime has it);
// - a slash behind the last component means that it has to be a directory; the flag is for the caller to check.
// The walk is that of cap-std (cap-primitives, manually/open.rs) in idea.
#include "resolve.h"

#define MOST_LINKS 40u
/// A path of PATH_MAX bytes has no more components.
#define MOST_DEPTH (WASI_PATH_BYTES / 2)
#define MOST_RETRIES 64u
#define DIRECTORY_FLAGS (OS_O_PATH | OS_O_DIRECTORY | OS_O_CLOEXEC)
#define LEADS_OUT (-OS_EPERM)

static enum { UNKNOWN, OPENAT2, WALK } resolver;

void wasi_choose_resolver(const char *name) {
  if (strcmp(name, "walk") == 0) resolver = WALK;
  if (strcmp(name, "openat2") == 0) resolver = OPENAT2;
}

/// Well-formed UTF-8: Unicode, table 3-7.
static bool is_utf8(const u8 *text, u32 length) {
  for (u32 i = 0; i < length;) {
    u8 first = text[i++];
    if (first < 0x80) continue;
    u32 more = first >= 0xf0 ? 3 : first >= 0xe0 ? 2 : 1;
    if (first < 0xc2 || first > 0xf4 || length - i < more) return false;
    // No longer form of what has a shorter one, no surrogates, nothing over 0x10ffff.
    u8 low = first == 0xe0 ? 0xa0 : first == 0xf0 ? 0x90 : 0x80;
    u8 high = first == 0xed ? 0x9f : first == 0xf4 ? 0x8f : 0xbf;
    if (text[i] < low || text[i] > high) return false;
    for (u32 k = 1; k < more; k++)
      if ((text[i + k] & 0xc0) != 0x80) return false;
    i += more;
  }
  return true;
}

/// ASCII without zero bytes, as most paths are: eight bytes at a time. (A byte taken from zero borrows: what it makes of the bytes behind is no matter.)
static bool is_plain(const char *text, u32 length) {
  const u64 ones = 0x0101010101010101u;
  u32 i = 0;
  for (; length - i >= 8; i += 8) {
    u64 word;
    memcpy(&word, text + i, 8);
    if ((word | (word - ones)) & ones << 7) return false;
  }
  for (; i < length; i++)
    if (text[i] == 0 || (u8)text[i] >= 0x80) return false;
  return true;
}

u32 wasi_copy_path(const rt_instance *self, u32 pointer, u32 length, wasi_path *out) {
  const u8 *from = wasi_at(self, pointer, length);
  if (from == 0) return WASI_EFAULT;
  if (length == 0) return WASI_ENOENT;
  if (length >= WASI_PATH_BYTES) return WASI_ENAMETOOLONG;
  memcpy(out->text, from, length);
  out->text[length] = 0;
  out->length = length;
  if (is_plain(out->text, length)) return WASI_SUCCESS;
  if (!is_utf8((const u8 *)out->text, length)) return WASI_EILSEQ;
  return strlen(out->text) == length ? WASI_SUCCESS : WASI_EINVAL;
}

void wasi_place_close(const wasi_place *place) {
  if (place->owned) os_close(place->directory);
}

static bool is_dots(const char *name) {
  return name[0] == '.' && (name[1] == 0 || (name[1] == '.' && name[2] == 0));
}

/// Text of the link `name`, ended by a zero byte; its length, or a negated error number. It never leads out at once.
static i64 read_link(i32 directory, const char *name, char text[WASI_PATH_BYTES]) {
  i64 length = os_readlink(directory, name, text, WASI_PATH_BYTES - 1);
  if (length < 0) return length;
  text[length] = 0;
  return text[0] == '/' ? LEADS_OUT : length;
}

// ---- By walking ----

typedef struct walk {
  i32 root;
  u32 depth;
  u32 links;
  char *rest;  ///< what is left to do, at the end of `buffer`
  i32 stack[MOST_DEPTH];
  char buffer[2 * WASI_PATH_BYTES];
} walk;

static i32 walk_top(const walk *w) {
  return w->depth == 0 ? w->root : w->stack[w->depth - 1];
}

static void walk_unwind(walk *w) {
  while (w->depth != 0) os_close(w->stack[--w->depth]);
}

/// Puts the text of a link in front of what is left.
static i64 walk_into_link(walk *w, const char *text, i64 length, bool slash) {
  u64 left = strlen(w->rest);
  if (++w->links > MOST_LINKS) return -OS_ELOOP;
  if ((u64)length + 1 + left >= WASI_PATH_BYTES) return -OS_ENAMETOOLONG;
  if (left != 0 || slash) *--w->rest = '/';
  w->rest -= length;
  memcpy(w->rest, text, (size_t)length);
  return 0;
}

/// Takes the next component into `name` (empty at the end); *last: it is the last one; *slash: with a slash behind it.
static i64 walk_next(walk *w, char *name, bool *last, bool *slash) {
  while (*w->rest == '/') w->rest++;
  const char *start = w->rest;
  while (*w->rest != 0 && *w->rest != '/') w->rest++;
  u64 length = (u64)(w->rest - start);
  if (length >= WASI_NAME_BYTES) return -OS_ENAMETOOLONG;
  memcpy(name, start, length);
  name[length] = 0;
  *slash = *w->rest == '/';
  while (*w->rest == '/') w->rest++;
  *last = *w->rest == 0;
  return 0;
}

static i64 walk_up(walk *w) {
  if (w->depth == 0) return LEADS_OUT;
  os_close(w->stack[--w->depth]);
  return 0;
}

/// Goes into the directory or link `name`.
static i64 walk_down(walk *w, const char *name) {
  i64 fd = os_open(walk_top(w), name, DIRECTORY_FLAGS | OS_O_NOFOLLOW, 0);
  if (fd >= 0) {
    w->stack[w->depth++] = (i32)fd;
    return 0;
  }
  if (fd != -OS_ENOTDIR && fd != -OS_ELOOP) return fd;
  char text[WASI_PATH_BYTES];
  i64 length = read_link(walk_top(w), name, text);
  if (length == LEADS_OUT) return LEADS_OUT;
  return length < 0 ? -OS_ENOTDIR : walk_into_link(w, text, length, true);
}

/// Follows the last component if it is a link. 1: it is none.
static i64 walk_last(walk *w, const char *name, bool slash) {
  char text[WASI_PATH_BYTES];
  i64 length = read_link(walk_top(w), name, text);
  if (length == LEADS_OUT) return LEADS_OUT;
  return length < 0 ? 1 : walk_into_link(w, text, length, slash);
}

static i64 walk_all(walk *w, wasi_follow follow, wasi_place *out) {
  for (;;) {
    bool last, slash;
    i64 result = walk_next(w, out->name, &last, &slash);
    if (result < 0) return result;
    out->slash |= slash && last;
    if (out->name[0] == 0 || is_dots(out->name)) {
      if (out->name[0] != 0 && out->name[1] == '.') result = walk_up(w);
      if (result < 0) return result;
      if (!last) continue;
      memcpy(out->name, ".", 2);
      return 0;
    }
    if (!last) {
      result = walk_down(w, out->name);
      if (result < 0) return result;
      continue;
    }
    if (follow == WASI_FOLLOW_NEVER || (follow == WASI_FOLLOW_SLASH && !slash)) return 0;
    result = walk_last(w, out->name, slash);
    if (result != 0) return result < 0 ? result : 0;
  }
}

static i64 resolve_by_walk(i32 directory, const wasi_path *path, wasi_follow follow, wasi_place *out) {
  walk w;
  w.root = directory;
  w.depth = 0;
  w.links = 0;
  w.rest = w.buffer + sizeof w.buffer - path->length - 1;
  memcpy(w.rest, path->text, path->length + 1);
  i64 result = walk_all(&w, follow, out);
  if (result >= 0) {
    out->owned = w.depth != 0;
    out->directory = walk_top(&w);
    if (w.depth != 0) w.depth--;
  }
  walk_unwind(&w);
  return result;
}

// ---- By openat2 ----

/// -OS_ENOSYS when the system has no openat2; then the walk does this and all later work.
static i64 open_beneath(i32 directory, const char *path, int flags, u32 mode) {
  const os_open_how how = {
      .flags = (u64)(u32)flags,
      .mode = flags & OS_O_CREAT ? mode : 0,
      .resolve = OS_RESOLVE_BENEATH | OS_RESOLVE_NO_MAGICLINKS,
  };
  i64 result;
  u32 retries = 0;
  // EAGAIN: something was renamed while ".." was looked up.
  do result = os_open2(directory, path, &how);
  while (result == -OS_EAGAIN && ++retries < MOST_RETRIES);
  if (result == -OS_EXDEV) return LEADS_OUT;
  if (result >= 0) resolver = OPENAT2;
  if (resolver == UNKNOWN && (result == -OS_ENOSYS || result == -OS_EPERM)) {
    // Some containers answer EPERM to calls they do not know.
    const os_open_how probe = {.flags = DIRECTORY_FLAGS, .resolve = OS_RESOLVE_BENEATH};
    i64 fd = os_open2(directory, ".", &probe);
    resolver = fd < 0 ? WALK : OPENAT2;
    if (fd < 0) return -OS_ENOSYS;
    os_close((int)fd);
  }
  return result;
}

/// Splits off the last component. False when the path leads to a directory by dots.
static bool split(wasi_path *path, wasi_place *out) {
  u32 end = path->length;
  while (end != 0 && path->text[end - 1] == '/') end--;
  out->slash |= end != path->length;
  u32 start = end;
  while (start != 0 && path->text[start - 1] != '/') start--;
  u32 length = end - start;
  if (length >= WASI_NAME_BYTES) length = WASI_NAME_BYTES;
  memcpy(out->name, path->text + start, length);
  out->name[length] = 0;
  if (length == 0 || is_dots(out->name)) return false;
  path->text[start] = 0;
  path->length = start;
  return true;
}

static i64 open_parent(i32 directory, const wasi_path *parent, wasi_place *out) {
  out->owned = false;
  out->directory = directory;
  if (parent->length == 0) return 0;
  i64 fd = open_beneath(directory, parent->text, DIRECTORY_FLAGS, 0);
  if (fd < 0) return fd;
  out->owned = true;
  out->directory = (i32)fd;
  return 0;
}

/// Appends the text of a link to the path of its directory.
static i64 join_link(wasi_path *parent, const char *text, i64 length, bool slash) {
  if (parent->length + (u64)length + 1 >= WASI_PATH_BYTES) return -OS_ENAMETOOLONG;
  memcpy(parent->text + parent->length, text, (size_t)length);
  parent->length += (u32)length;
  if (slash) parent->text[parent->length++] = '/';
  parent->text[parent->length] = 0;
  return 0;
}

static i64 resolve_by_openat2(i32 directory, const wasi_path *path, wasi_follow follow, wasi_place *out) {
  wasi_path rest;
  rest.length = path->length;
  memcpy(rest.text, path->text, path->length + 1);
  for (u32 links = 0; links <= MOST_LINKS; links++) {
    if (!split(&rest, out)) {
      i64 result = open_parent(directory, &rest, out);
      memcpy(out->name, ".", 2);
      return result;
    }
    if (strlen(out->name) == WASI_NAME_BYTES) return -OS_ENAMETOOLONG;
    i64 result = open_parent(directory, &rest, out);
    if (result < 0) return result;
    if (follow == WASI_FOLLOW_NEVER || (follow == WASI_FOLLOW_SLASH && !out->slash)) return 0;
    char text[WASI_PATH_BYTES];
    i64 length = read_link(out->directory, out->name, text);
    if (length < 0 && length != LEADS_OUT) return 0;
    wasi_place_close(out);
    result = length < 0 ? length : join_link(&rest, text, length, out->slash);
    if (result < 0) return result;
  }
  return -OS_ELOOP;
}

// ---- Both ----

/// One component that is no "..".
static bool is_component(const wasi_path *path) {
  for (u32 i = 0; i < path->length; i++)
    if (path->text[i] == '/') return false;
  return !(path->text[0] == '.' && path->text[1] == '.' && path->text[2] == 0);
}

i64 wasi_resolve(i32 directory, const wasi_path *path, wasi_follow follow, wasi_place *out) {
  out->slash = false;
  out->owned = false;
  if (path->text[0] == '/') return LEADS_OUT;
  if (follow != WASI_FOLLOW_LAST && path->length < WASI_NAME_BYTES && is_component(path)) {
    // The common case: it is where it is already.
    out->directory = directory;
    memcpy(out->name, path->text, path->length + 1);
    return 0;
  }
  if (resolver != WALK) {
    i64 result = resolve_by_openat2(directory, path, follow, out);
    if (result != -OS_ENOSYS) return result;
    out->slash = false;
  }
  return resolve_by_walk(directory, path, follow, out);
}

static i64 open_by_walk(i32 directory, const wasi_path *path, bool follow, int flags, u32 mode) {
  wasi_follow how = WASI_FOLLOW_SLASH;
  for (u32 retries = 0;; retries++) {
    wasi_place place;
    i64 result = wasi_resolve(directory, path, how, &place);
    if (result < 0) return result;
    result = os_open(place.directory, place.name, flags | OS_O_NOFOLLOW, mode);
    wasi_place_close(&place);
    // Perhaps a link: only then is it worth asking. A link put there since is not followed, but looked at again.
    bool link = result == -OS_ELOOP || (result == -OS_ENOTDIR && flags & OS_O_DIRECTORY);
    if (!link || !follow || retries == MOST_RETRIES) return result;
    if (how == WASI_FOLLOW_LAST && result == -OS_ENOTDIR) return result;
    how = WASI_FOLLOW_LAST;
  }
}

i64 wasi_open_beneath(i32 directory, const wasi_path *path, bool follow, int flags, u32 mode) {
  if (path->text[0] == '/') return LEADS_OUT;
  bool slash = path->text[path->length - 1] == '/';
  if (slash && flags & OS_O_CREAT) return -OS_EISDIR;
  if (slash) flags |= OS_O_DIRECTORY;
  flags |= OS_O_CLOEXEC | OS_O_NOCTTY;
  if (is_component(path)) {
    // The common case, for which the ordinary call is enough, and faster. Only a link needs more.
    i64 result = os_open(directory, path->text, flags | OS_O_NOFOLLOW, mode);
    bool link = result == -OS_ELOOP || (result == -OS_ENOTDIR && flags & OS_O_DIRECTORY);
    if (!link || !follow) return result;
  }
  if (resolver != WALK) {
    int nofollow = follow || slash ? 0 : OS_O_NOFOLLOW;
    i64 result = open_beneath(directory, path->text, flags | nofollow, mode);
    if (result != -OS_ENOSYS) return result;
  }
  return open_by_walk(directory, path, follow || slash, flags, mode);
}
