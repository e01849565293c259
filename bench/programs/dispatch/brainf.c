// A Brainf*ck interpreter with precomputed jumps, drawing squares.
#include "../bench.h"

// Numbers from 0 up, their squares by nested loops: cells 0 to 6.
static const char source[] = "++++++[>++++++++<-]>[>+>++>+++>++++<<<<-]>>[>[>+>+<<-]>>[<<+>>-]<[-]<<-]>>+[<+>-]<[>>++<<-]>>[-]<<<[-]<[-]<[-]";

static uint16_t jumps[sizeof source];
static unsigned char cells[4096];

static void prepare(void) {
  uint16_t stack[64];
  int depth = 0;
  for (uint16_t i = 0; source[i]; i++)
    if (source[i] == '[') stack[depth++] = i;
    else if (source[i] == ']') jumps[i] = stack[--depth], jumps[jumps[i]] = i;
}

static uint32_t execute(unsigned char first) {
  memset(cells, 0, sizeof cells);
  cells[0] = first;
  uint32_t at = 0, steps = 0;
  for (uint32_t pc = 0; source[pc] && steps < 4000000; pc++, steps++)
    switch (source[pc]) {
    case '>': at = (at + 1) & 4095; break;
    case '<': at = (at - 1) & 4095; break;
    case '+': cells[at]++; break;
    case '-': cells[at]--; break;
    case '[': if (!cells[at]) pc = jumps[pc]; break;
    case ']': if (cells[at]) pc = jumps[pc]; break;
    default: break;
    }
  return steps;
}

static uint64_t squares(uint64_t seed) {
  uint64_t h = seed;
  for (int i = 0; i < 4; i++) {
    h = bench_mix(h, execute((unsigned char)(h & 7)));
    h = bench_bytes(h, cells, 16);
  }
  return h;
}

BENCH(prepare, squares)
