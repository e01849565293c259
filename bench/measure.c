// Runs a command and tells what it took: one line "wall-ns cpu-ns peak-KiB status" on descriptor 3. Usage: measure t|m COMMAND ARGUMENTS...
//
// "t" times: the clock around fork and wait, processor time from the kernel; the peak memory is then that of the whole process, which counts this
// program's pages before the exec. "m" stops the process as it exits and reads its own high-water mark, which is exact, but slows its start.
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static long long now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1000000000ll + t.tv_nsec;
}

static long high_water(pid_t pid) {
  char path[64], line[256];
  long kib = 0;
  snprintf(path, sizeof path, "/proc/%d/status", (int)pid);
  FILE *f = fopen(path, "r");
  if (f == NULL) return 0;
  while (fgets(line, sizeof line, f) != NULL)
    if (strncmp(line, "VmHWM:", 6) == 0) kib = strtol(line + 6, NULL, 10);
  fclose(f);
  return kib;
}

// Lets a traced process run to its end, passing its signals on.
static int follow(pid_t pid, long *kib, struct rusage *usage) {
  int status, started = 0;
  for (;;) {
    if (wait4(pid, &status, 0, usage) < 0) exit(127);
    if (!WIFSTOPPED(status)) return status;
    int signal = WSTOPSIG(status);
    if (!started) {
      started = 1, signal = 0;
      ptrace(PTRACE_SETOPTIONS, pid, 0, PTRACE_O_TRACEEXIT | PTRACE_O_EXITKILL);
    } else if (status >> 8 == (SIGTRAP | PTRACE_EVENT_EXIT << 8)) {
      *kib = high_water(pid);
      signal = 0;
    }
    ptrace(PTRACE_CONT, pid, 0, signal);
  }
}

int main(int argc, char **argv) {
  if (argc < 3) return 2;
  int trace = argv[1][0] == 'm';
  long long start = now();
  pid_t pid = trace ? fork() : vfork();
  if (pid < 0) return 127;
  if (pid == 0) {
    close(3);
    if (trace) ptrace(PTRACE_TRACEME, 0, 0, 0);
    execvp(argv[2], argv + 2);
    _exit(127);
  }
  struct rusage usage;
  long kib = 0;
  int status;
  if (trace) status = follow(pid, &kib, &usage);
  else if (wait4(pid, &status, 0, &usage) < 0) return 127;
  long long wall = now() - start;
  long long cpu = (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1000000000ll + (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * 1000ll;
  dprintf(3, "%lld %lld %ld %d\n", wall, cpu, trace ? kib : usage.ru_maxrss, WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
  return 0;
}
