// All placements of queens on a board, by bit sets and by arrays.
#include "../bench.h"

static uint32_t place(uint32_t all, uint32_t columns, uint32_t left, uint32_t right) {
  uint32_t count = 0;
  if (columns == all) return 1;
  for (uint32_t free = all & ~(columns | left | right); free; free &= free - 1) {
    uint32_t bit = free & -free;
    count += place(all, columns | bit, (left | bit) << 1, (right | bit) >> 1);
  }
  return count;
}

static int row_of[8];

static uint32_t place_by_array(int column) {
  if (column == 7) return 1;
  uint32_t count = 0;
  for (int r = 0; r < 7; r++) {
    int ok = 1;
    for (int c = 0; c < column && ok; c++) {
      int d = row_of[c] - r;
      ok = d != 0 && d != column - c && d != c - column;
    }
    if (!ok) continue;
    row_of[column] = r;
    count += place_by_array(column + 1);
  }
  return count;
}

static uint64_t boards(uint64_t seed) {
  return place(0x1ff, (uint32_t)(seed & 1), 0, 0) * 1000u + place(0xff, 0, 0, (uint32_t)(seed & 2)) + place_by_array(0) * 7;
}

BENCH(bench_nothing, boards)
