// See print.h.
#include "print.h"

#include "os.h"

void rt_line_text(rt_line *line, const char *text) {
  for (; *text != 0 && line->length < sizeof line->text - 1; text++) {
    // Names come from the module: they may not steer a terminal.
    bool control = (u8)*text < 0x20 || *text == 0x7f;
    line->text[line->length++] = control ? '?' : *text;
  }
}

void rt_line_number(rt_line *line, u64 number) {
  char digits[21];
  u32 at = sizeof digits - 1;
  digits[at] = 0;
  do {
    digits[--at] = (char)('0' + number % 10);
    number /= 10;
  } while (number != 0);
  rt_line_text(line, &digits[at]);
}

void rt_line_write(rt_line *line) {
  line->text[line->length++] = '\n';
  for (u32 done = 0; done < line->length;) {
    i64 written = os_write(2, line->text + done, line->length - done);
    if (written == -OS_EINTR) continue;
    if (written <= 0) break;
    done += (u32)written;
  }
  line->length = 0;
}

_Noreturn void rt_fatal(const char *what, const char *detail, const char *more) {
  rt_line line;
  line.length = 0;
  rt_line_text(&line, "wasmaot: ");
  rt_line_text(&line, what);
  if (detail != 0) rt_line_text(&line, detail);
  if (more != 0) rt_line_text(&line, more);
  rt_line_write(&line);
  os_exit(1);
}
