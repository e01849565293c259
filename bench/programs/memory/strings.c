// Many short library strings: copy, append, compare, search, split.
#include "../bench.h"

static char words[256][16];

static void prepare(void) {
  uint64_t s = 31;
  for (int i = 0; i < 256; i++) {
    int n = 2 + (int)(bench_random(&s) % 12);
    for (int k = 0; k < n; k++) words[i][k] = (char)('a' + bench_random(&s) % 6);
  }
}

static uint64_t strings(uint64_t seed) {
  char line[256], copy[256];
  uint64_t h = seed;
  for (int i = 0; i < 600; i++) {
    line[0] = 0;
    for (int k = 0; k < 6; k++) strcat(line, words[h >> (k * 6) & 255]), strcat(line, k < 5 ? " " : "");
    strcpy(copy, line);
    int parts = 0;
    for (char *p = strtok(copy, " "); p; p = strtok(NULL, " ")) parts += (int)strlen(p) * (strcmp(p, "dab") < 0 ? 1 : 3);
    char *found = strstr(line, words[i & 255]);
    h = bench_mix(h, (uint64_t)parts + (found ? (uint64_t)(found - line) : 99) + (uint64_t)strncmp(line, "ab", 2) % 3);
  }
  return h;
}

BENCH(prepare, strings)
