// Closing off what the program does not need, once everything granted is open.
#ifndef WASMAOT_WASI_HARDEN_H
#define WASMAOT_WASI_HARDEN_H

#pragma GCC visibility push(hidden)

/// Installs the filters; ends the program with a message where they are required and cannot be had.
void wasi_harden(void);

#pragma GCC visibility pop

#endif
