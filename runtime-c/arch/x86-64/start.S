// x86-64: the first instruction of the process. The kernel leaves the stack pointer at argc.
	.text
	.globl _start
	.hidden _start
	.type _start, @function
_start:
	xorl %ebp, %ebp
	movq %rsp, %rdi
	andq $-16, %rsp
	call rt_start
	.size _start, .-_start

	.section .note.GNU-stack,"",@progbits
