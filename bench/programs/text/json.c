// A recursive-descent JSON parser over a generated document; it builds nothing but sums what it meets.
#include "../bench.h"

#define N 65536

static char text[N + 512];
static size_t size;

static void prepare(void) {
  uint64_t s = 21;
  char *p = text;
  p += sprintf(p, "[");
  while (p - text < N - 300) {
    uint32_t r = bench_random(&s), t = bench_random(&s);
    p += sprintf(p, "{\"id\": %u, \"name\": \"item \\u00e9 %u\", \"tags\": [\"a\", \"bc\", null], \"price\": %u.%02u, \"ok\": %s},\n", r >> 12, t >> 20,
                 r & 1023, t % 100, t & 0x8000 ? "true" : "false");
  }
  p += sprintf(p, "{}]");
  size = (size_t)(p - text);
}

struct parser {
  const char *at, *end;
  uint64_t sum;
  int depth;
};

static void space(struct parser *p) {
  while (p->at < p->end && (*p->at == ' ' || *p->at == '\n' || *p->at == '\t' || *p->at == '\r')) p->at++;
}

static int expect(struct parser *p, const char *word) {
  size_t n = strlen(word);
  if ((size_t)(p->end - p->at) < n || memcmp(p->at, word, n) != 0) return 0;
  p->at += n;
  return 1;
}

static int string(struct parser *p) {
  uint32_t h = 5381;
  for (p->at++; p->at < p->end; p->at++) {
    unsigned char c = (unsigned char)*p->at;
    if (c == '"') {
      p->at++;
      p->sum += h;
      return 1;
    }
    if (c < 0x20) return 0;
    if (c == '\\') {
      if (*++p->at == 'u') p->at += 4;
      c = '?';
    }
    h = h * 33 ^ c;
  }
  return 0;
}

static int number(struct parser *p) {
  int negative = *p->at == '-';
  if (negative) p->at++;
  double v = 0, scale = 1;
  while (p->at < p->end && *p->at >= '0' && *p->at <= '9') v = v * 10 + (*p->at++ - '0');
  if (p->at < p->end && *p->at == '.')
    for (p->at++; p->at < p->end && *p->at >= '0' && *p->at <= '9'; p->at++) scale *= 10, v = v * 10 + (*p->at - '0');
  p->sum = bench_double(p->sum, negative ? -v / scale : v / scale);
  return 1;
}

static int value(struct parser *p);

static int items(struct parser *p, char close, int keys) {
  p->at++;
  if (++p->depth > 100) return 0;
  space(p);
  if (*p->at == close) {
    p->at++, p->depth--;
    return 1;
  }
  for (;;) {
    if (keys) {
      space(p);
      if (*p->at != '"' || !string(p)) return 0;
      space(p);
      if (*p->at++ != ':') return 0;
    }
    if (!value(p)) return 0;
    space(p);
    char c = *p->at++;
    if (c == close) break;
    if (c != ',') return 0;
  }
  p->depth--;
  p->sum++;
  return 1;
}

static int value(struct parser *p) {
  space(p);
  if (p->at >= p->end) return 0;
  switch (*p->at) {
  case '{': return items(p, '}', 1);
  case '[': return items(p, ']', 0);
  case '"': return string(p);
  case 't': return expect(p, "true");
  case 'f': return expect(p, "false");
  case 'n': return expect(p, "null");
  default: return number(p);
  }
}

static uint64_t parse(uint64_t seed) {
  uint64_t sum = seed;
  for (int i = 0; i < 4; i++) {
    struct parser p = {text, text + size, sum, 0};
    if (!value(&p)) return 0;
    sum = p.sum;
  }
  return sum;
}

BENCH(prepare, parse)
