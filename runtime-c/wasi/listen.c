// Listening sockets for grants: "127.0.0.1:80", "[::1]:80", "localhost:80". No names are looked up.
#include "wasi.h"

#define BACKLOG 128

typedef struct ip4_address {
  u16 family;
  u8 port[2];
  u8 address[4];
  u8 zero[8];
} ip4_address;

typedef struct ip6_address {
  u16 family;
  u8 port[2];
  u32 flow;
  u8 address[16];
  u32 scope;
} ip6_address;

/// Reads a number of at most `limit` up to the end or the character `stop`; moves *at to it. False when there is none.
static bool read_number(const char **at, u32 base, u32 limit, u32 *out) {
  u32 value = 0;
  const char *from = *at;
  for (;; (*at)++) {
    char c = **at;
    u32 digit = c >= '0' && c <= '9' ? (u32)(c - '0') : c >= 'a' && c <= 'f' ? (u32)(c - 'a') + 10 : 99;
    if (digit >= base) break;
    value = value * base + digit;
    if (value > limit) return false;
  }
  *out = value;
  return *at != from;
}

static bool parse_ip4(const char *text, const char *end, u8 *out) {
  for (u32 i = 0; i < 4; i++) {
    u32 value;
    if (i != 0 && *text++ != '.') return false;
    if (!read_number(&text, 10, 255, &value)) return false;
    out[i] = (u8)value;
  }
  return text == end;
}

/// Groups of 16 bits; one "::" stands for as many zero groups as are missing.
static bool parse_ip6(const char *text, const char *end, u8 *out) {
  u8 groups[16];
  u32 count = 0;
  i32 gap = -1;
  while (text < end) {
    if (text[0] == ':' && text[1] == ':') {
      if (gap >= 0) return false;
      gap = (i32)count;
      text += 2;
      continue;
    }
    if (count != 0 && gap != (i32)count && *text++ != ':') return false;
    u32 value;
    if (count == 8 || !read_number(&text, 16, 0xffff, &value)) return false;
    groups[2 * count] = (u8)(value >> 8);
    groups[2 * count++ + 1] = (u8)value;
  }
  if (text != end || (gap < 0) != (count == 8)) return false;
  u32 before = gap < 0 ? 8 : (u32)gap;
  u32 after = count - before;
  memset(out, 0, 16);
  memcpy(out, groups, (size_t)2 * before);
  memcpy(out + 16 - 2 * after, groups + 2 * before, (size_t)2 * after);
  return true;
}

static i64 open_listener(int family, const void *address, u32 length) {
  i64 fd = os_socket(family, OS_SOCK_STREAM | OS_SOCK_CLOEXEC, 0);
  if (fd < 0) return fd;
  int one = 1;
  os_setsockopt((int)fd, OS_SOL_SOCKET, OS_SO_REUSEADDR, &one, sizeof one);
  i64 result = os_bind((int)fd, address, length);
  if (result >= 0) result = os_listen((int)fd, BACKLOG);
  if (result >= 0) return fd;
  os_close((int)fd);
  return result;
}

i64 wasi_listen(const char *text) {
  const char *colon = 0;
  for (const char *at = text; *at != 0; at++)
    if (*at == ':') colon = at;
  if (colon == 0) return -OS_EINVAL;
  const char *digits = colon + 1;
  u32 port;
  if (!read_number(&digits, 10, 65535, &port) || *digits != 0) return -OS_EINVAL;
  if (*text == '[') {
    ip6_address six = {.family = OS_AF_INET6, .port = {(u8)(port >> 8), (u8)port}};
    if (colon[-1] != ']' || !parse_ip6(text + 1, colon - 1, six.address)) return -OS_EINVAL;
    return open_listener(OS_AF_INET6, &six, sizeof six);
  }
  ip4_address four = {.family = OS_AF_INET, .port = {(u8)(port >> 8), (u8)port}};
  static const char localhost[] = "localhost";
  if ((size_t)(colon - text) == sizeof localhost - 1 && strncmp(text, localhost, sizeof localhost - 1) == 0)
    parse_ip4("127.0.0.1", 0, four.address);
  else if (!parse_ip4(text, colon, four.address)) return -OS_EINVAL;
  return open_listener(OS_AF_INET, &four, sizeof four);
}
