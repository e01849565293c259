// AArch64: the first instruction of the process. The kernel leaves the stack pointer at argc.
	.text
	.globl _start
	.hidden _start
	.type _start, %function
_start:
	mov x29, #0
	mov x30, #0
	mov x0, sp
	bl rt_start
	.size _start, .-_start

	.section .note.GNU-stack,"",%progbits
