// A backtracking Sudoku solver with candidate sets.
#include "../bench.h"

static unsigned char grid[81];
static uint16_t rows[9], columns[9], boxes[9];
static uint32_t visits;

static void put(int cell, int digit) {
  uint16_t bit = (uint16_t)(1u << digit);
  int r = cell / 9, c = cell % 9;
  rows[r] ^= bit, columns[c] ^= bit, boxes[r / 3 * 3 + c / 3] ^= bit;
}

static uint32_t candidates(int cell) {
  int r = cell / 9, c = cell % 9;
  return 0x3fe & ~(uint32_t)(rows[r] | columns[c] | boxes[r / 3 * 3 + c / 3]);
}

static int solve(void) {
  int best = -1, fewest = 10;
  visits++;
  for (int i = 0; i < 81; i++) {
    if (grid[i]) continue;
    int n = 0;
    for (uint32_t set = candidates(i); set; set &= set - 1) n++;
    if (n < fewest) fewest = n, best = i;
    if (n == 0) return 0;
  }
  if (best < 0) return 1;
  uint32_t set = candidates(best);
  for (int digit = 1; digit <= 9; digit++) {
    if (!(set >> digit & 1)) continue;
    grid[best] = (unsigned char)digit;
    put(best, digit);
    if (solve()) return 1;
    put(best, digit);
  }
  grid[best] = 0;
  return 0;
}

static uint64_t puzzles(uint64_t seed) {
  static const char *puzzle = "800000000003600000070090200050007000000045700000100030001000068008500010090000400";
  int turn = (int)(seed % 9);
  memset(rows, 0, sizeof rows), memset(columns, 0, sizeof columns), memset(boxes, 0, sizeof boxes);
  for (int i = 0; i < 81; i++) {
    int digit = puzzle[i] - '0';
    grid[i] = (unsigned char)(digit ? (digit + turn) % 9 + 1 : 0);
    if (grid[i]) put(i, grid[i]);
  }
  visits = 0;
  solve();
  return bench_bytes(visits, grid, sizeof grid);
}

BENCH(bench_nothing, puzzles)
