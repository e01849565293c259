// Messages of the runtime on standard error, one write for each line, without formatting functions of a C library.
#ifndef WASMAOT_PRINT_H
#define WASMAOT_PRINT_H

#include "rt.h"

/// A line under construction; what does not fit is cut off.
typedef struct rt_line {
  u32 length;
  char text[508];
} rt_line;

void rt_line_text(rt_line *line, const char *text);
void rt_line_number(rt_line *line, u64 number);
/// Ends the line and writes it to standard error. The line is empty again.
void rt_line_write(rt_line *line);

/// Prints "wasmaot: <what><detail><more>" and exits with status 1. `detail` and `more` may be 0.
_Noreturn void rt_fatal(const char *what, const char *detail, const char *more);

#endif
