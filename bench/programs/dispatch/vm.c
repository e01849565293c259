// A register bytecode machine with a switch in a loop, running a small program that finds primes.
#include "../bench.h"

enum { LOAD, MOVE, ADD, SUB, MUL, MOD, LESS, JUMP, JUMP_IF, JUMP_UNLESS, STORE, FETCH, XOR, SHIFT, AND, HALT };

#define OP(op, a, b, c) ((uint32_t)(op) | (uint32_t)(a) << 8 | (uint32_t)(b) << 16 | (uint32_t)(c) << 24)

// r0 = candidate, r1 = divisor, r2 = limit, r3 = found, r4 = 1, r5 = scratch, r6 = checksum
static const uint32_t program[] = {
    OP(LOAD, 0, 2, 0),  OP(LOAD, 3, 0, 0),  OP(LOAD, 4, 1, 0),    OP(LESS, 5, 0, 2), OP(JUMP_UNLESS, 5, 20, 0),
    OP(LOAD, 1, 2, 0),  OP(MUL, 5, 1, 1),   OP(LESS, 5, 0, 5),    OP(JUMP_IF, 5, 14, 0), OP(MOD, 5, 0, 1),
    OP(JUMP_UNLESS, 5, 18, 0), OP(ADD, 1, 1, 4), OP(JUMP, 0, 6, 0), OP(HALT, 0, 0, 0), OP(STORE, 3, 0, 0),
    OP(XOR, 6, 6, 0),   OP(SHIFT, 6, 6, 1), OP(ADD, 3, 3, 4),     OP(ADD, 0, 0, 4),  OP(JUMP, 0, 3, 0),
    OP(FETCH, 5, 3, 0), OP(ADD, 6, 6, 5),   OP(SUB, 3, 3, 4),     OP(JUMP_IF, 3, 20, 0), OP(HALT, 0, 0, 0)};

static uint32_t memory[4096];

static uint32_t execute(const uint32_t *code, uint32_t *r) {
  const uint32_t *pc = code;
  for (;;) {
    uint32_t w = *pc++, a = w >> 8 & 255, b = w >> 16 & 255, c = w >> 24;
    switch (w & 255) {
    case LOAD: r[a] = b; break;
    case MOVE: r[a] = r[b]; break;
    case ADD: r[a] = r[b] + r[c]; break;
    case SUB: r[a] = r[b] - r[c]; break;
    case MUL: r[a] = r[b] * r[c]; break;
    case MOD: r[a] = r[b] % r[c]; break;
    case LESS: r[a] = r[b] < r[c]; break;
    case JUMP: pc = code + b; break;
    case JUMP_IF: if (r[a]) pc = code + b; break;
    case JUMP_UNLESS: if (!r[a]) pc = code + b; break;
    case STORE: memory[r[a] & 4095] = r[b]; break;
    case FETCH: r[a] = memory[r[b] & 4095]; break;
    case XOR: r[a] = r[b] ^ r[c]; break;
    case SHIFT: r[a] = r[b] << c | r[b] >> (-c & 31); break;
    case AND: r[a] = r[b] & r[c]; break;
    default: return r[6];
    }
  }
}

static uint64_t primes(uint64_t seed) {
  uint32_t r[256] = {0};
  r[2] = 2000 + (uint32_t)(seed & 63);
  return execute(program, r);
}

BENCH(bench_nothing, primes)
