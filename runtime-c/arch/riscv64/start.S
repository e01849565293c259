// RISC-V 64: the first instruction of the process. The kernel leaves the stack pointer at argc. gp is set because linkers may
// shorten addresses relative to it.
	.text
	.globl _start
	.hidden _start
	.type _start, @function
_start:
	.option push
	.option norelax
	lla gp, __global_pointer$
	.option pop
	li s0, 0
	li ra, 0
	mv a0, sp
	call rt_start
	.size _start, .-_start

	.section .note.GNU-stack,"",@progbits
