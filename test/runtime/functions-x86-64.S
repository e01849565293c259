// "Wasm" functions written by hand for x86-64, in the internal convention: what test/runtime/core.c calls. Types: 1 is (i32, i32) -> i32, 2 is () -> ().
	.section .text.wasm,"ax",@progbits
	.globl test_text_start
test_text_start:

// Adapter of type 1: code rdi, args rsi, results rdx.
	.globl test_adapter_1
test_adapter_1:
	pushq %rbx
	movq %rdx, %rbx
	movq %rdi, %rax
	movl (%rsi), %edi
	movl 16(%rsi), %esi
	call *%rax
	movq %rax, (%rbx)
	popq %rbx
	ret

	.globl test_adapter_2
test_adapter_2:
	subq $8, %rsp
	call *%rdi
	addq $8, %rsp
	ret

// Calls the C function test_host(self, a, b) and keeps all callee-saved registers of its caller.
	.globl test_call_host
test_call_host:
	subq $8, %rsp
	movl %esi, %edx
	movl %edi, %esi
	leaq test_instance(%rip), %rdi
	movq test_host(%rip), %rax
	call rt_host_call
	addq $8, %rsp
	ret

	.globl test_load
test_load:
	movl %gs:(%rdi), %eax
	ret

	.globl test_store
test_store:
	movl %esi, %gs:(%rdi)
	movl %esi, %eax
	ret

	.globl test_load_far
test_load_far:
	movl %gs:0x7ffffff0(%rdi), %eax
	ret

	.globl test_trap
test_trap:
	cmpl $1, %edi
	je 1f
	ud1 4(%eax), %eax
1:	ud1 1(%eax), %eax

	.globl test_null
test_null:
	xorl %eax, %eax
	movl 16(%rax), %eax
	ret

// A trap in a leaf function with a frame, called by another function.
	.globl test_leaf
test_leaf:
	subq $24, %rsp
	ud1 1(%eax), %eax
	.globl test_caller
test_caller:
	subq $8, %rsp
	call test_leaf
	addq $8, %rsp
	ret

	.globl test_recurse
test_recurse:
	// With 40 bytes for each call, a push and not the call runs into the guard.
	pushq %rbx
	pushq %r12
	pushq %r13
	pushq %rbp
	call test_recurse
	popq %rbp
	popq %r13
	popq %r12
	popq %rbx
	ret

	.globl test_recurse_host
test_recurse_host:
	subq $8, %rsp
	call test_call_host
	call test_recurse_host
	addq $8, %rsp
	ret

// Destroys every callee-saved register, then traps.
	.globl test_clobber
test_clobber:
	movq $-1, %rbx
	movq %rbx, %rbp
	movq %rbx, %r12
	movq %rbx, %r13
	movq %rbx, %r14
	movq %rbx, %r15
	ud1 1(%eax), %eax

// A fault no wasm code makes: an address that belongs to nothing.
	.globl test_wild
test_wild:
	movabsq $0x123456789000, %rax
	movl (%rax), %eax
	ret

// An illegal instruction that carries no trap code.
	.globl test_illegal
test_illegal:
	ud2

// The instance register (a = 0) or pointer mode's memory register (a = 1), its lower half.
	.globl test_pinned
test_pinned:
	movl %r15d, %eax
	testl %edi, %edi
	cmovnel %r14d, %eax
	ret

// Calls the host, then loads from address a.
	.globl test_host_load
test_host_load:
	pushq %rbx
	movl %edi, %ebx
	call test_call_host
	movl %gs:(%rbx), %eax
	popq %rbx
	ret

	.globl test_text_end
test_text_end:

	.section .rodata.frames,"a",@progbits
	.balign 4
	.globl test_frames
test_frames:
	.long test_adapter_1 - test_text_start, 16, 0, -1
	.long test_adapter_2 - test_text_start, 16, 0, -1
	.long test_call_host - test_text_start, 16, 1, 0
	.long test_load - test_text_start, 8, 0, 1
	.long test_store - test_text_start, 8, 0, 2
	.long test_load_far - test_text_start, 8, 0, 3
	.long test_trap - test_text_start, 8, 0, 4
	.long test_null - test_text_start, 8, 0, 5
	.long test_leaf - test_text_start, 32, 11, 6
	.long test_caller - test_text_start, 16, 16, 7
	.long test_recurse - test_text_start, 40, 0, 8
	.long test_recurse_host - test_text_start, 16, 0, 9
	.long test_clobber - test_text_start, 8, 0, 10
	.long test_wild - test_text_start, 8, 0, 11
	.long test_illegal - test_text_start, 8, 0, 12
	.long test_pinned - test_text_start, 8, 0, 13
	.long test_host_load - test_text_start, 16, 0, 14

	.section .note.GNU-stack,"",@progbits
