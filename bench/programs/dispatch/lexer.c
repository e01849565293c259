// A scanner of C-like text with nested switches, a keyword lookup and numbers.
#include "../bench.h"

#define N 32768

static char text[N + 64];

static void prepare(void) {
  static const char *pieces[] = {"while", "if", "return", "value", "x1", "count_of", " ", " ", "\n", "(", ")", "{", "}", ";", "+=", "==",
                                 "<<", "->", "1234", "0x1f", "3.25", "\"text\\n\"", "/* note */", "// line\n", "'c'", "int", "else"};
  uint64_t s = 27;
  size_t n = 0;
  while (n < N) {
    const char *p = pieces[bench_random(&s) % 27];
    while (*p) text[n++] = *p++;
    text[n++] = ' ';
  }
  text[n] = 0;
}

static uint32_t keyword(const char *p, size_t n) {
  static const char *keywords[] = {"else", "for", "if", "int", "return", "while"};
  for (uint32_t i = 0; i < 6; i++)
    if (strncmp(keywords[i], p, n) == 0 && keywords[i][n] == 0) return i + 1;
  return 0;
}

static const char *skip_comment(const char *p) {
  if (p[1] == '/') {
    while (*p && *p != '\n') p++;
    return p;
  }
  for (p += 2; *p && !(p[0] == '*' && p[1] == '/'); p++) {}
  return p + 2;
}

static int letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
static int digit(char c) { return c >= '0' && c <= '9'; }

static const char *number(const char *p, uint64_t *value) {
  uint64_t v = 0;
  if (p[0] == '0' && p[1] == 'x')
    for (p += 2; digit(*p) || (*p >= 'a' && *p <= 'f'); p++) v = v * 16 + (uint64_t)(*p <= '9' ? *p - '0' : *p - 'a' + 10);
  else
    while (digit(*p) || *p == '.') v = v * 10 + (uint64_t)(*p++ - '0');
  *value = v;
  return p;
}

static uint64_t scan(uint64_t h) {
  const char *p = text;
  while (*p) {
    const char *start = p;
    if (letter(*p)) {
      while (letter(*p) || digit(*p)) p++;
      h = h * 31 + keyword(start, (size_t)(p - start)) + (uint64_t)(p - start);
      continue;
    }
    if (digit(*p)) {
      uint64_t v = 0;
      p = number(p, &v);
      h = h * 37 + v;
      continue;
    }
    switch (*p) {
    case ' ': case '\n': case '\t': p++; continue;
    case '"': case '\'':
      for (p++; *p != *start; p++)
        if (*p == '\\') p++;
      p++, h = h * 41 + (uint64_t)(p - start);
      break;
    case '/':
      if (p[1] == '/' || p[1] == '*') {
        p = skip_comment(p);
        continue;
      }
      p++;
      break;
    case '+': case '-': case '=': case '<': case '>':
      p += p[1] == '=' || p[1] == p[0] || (p[0] == '-' && p[1] == '>') ? 2 : 1;
      h = h * 43 + (uint64_t)*start;
      break;
    default: h = h * 47 + (uint64_t)*p++; break;
    }
  }
  return h;
}

static uint64_t scans(uint64_t seed) {
  for (int i = 0; i < 3; i++) seed = scan(seed);
  return seed;
}

BENCH(prepare, scans)
