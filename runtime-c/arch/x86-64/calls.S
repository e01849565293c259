// x86-64: entering and leaving wasm (docs/ABI.md, "Entering wasm", "Calls to the host"). Numbers are offsets in rt_instance and
// rt_context, which rt.h asserts: jump_sp 0, stack_top 16, host_sp 32, trap_pc 48, trap_sp 56, host_pc 72.
	.text

// u32 rt_enter(rt_instance *rdi, void *adapter rsi, void *code rdx, const u64 *args rcx, u64 *results r8)
	.globl rt_enter
	.hidden rt_enter
	.type rt_enter, @function
rt_enter:
	pushq %rbp
	pushq %rbx
	pushq %r12
	pushq %r13
	pushq %r14
	pushq %r15
	movq 24(%rdi), %rax
	movq (%rax), %r9
	pushq %r9
	pushq 32(%rax)
	pushq 72(%rax)
	movq %rsp, (%rax)
	// The outermost call changes to the wasm stack; an inner one is on it already.
	testq %r9, %r9
	jne 1f
	movq 16(%rax), %rsp
1:	pushq %rax
	subq $8, %rsp
	movq %rdi, %r15
	movq 8(%rdi), %r14
	movq %rsi, %r11
	movq %rdx, %rdi
	movq %rcx, %rsi
	movq %r8, %rdx
	movq %rax, %rcx
	call *%r11
	movq 8(%rsp), %rdi
	xorl %esi, %esi
	// Falls into rt_unwind.

// _Noreturn void rt_unwind(rt_context *rdi, u32 code esi)
	.globl rt_unwind
	.hidden rt_unwind
	.type rt_unwind, @function
rt_unwind:
	movl %esi, %eax
	movq (%rdi), %rsp
	popq 72(%rdi)
	popq 32(%rdi)
	popq (%rdi)
	popq %r15
	popq %r14
	popq %r13
	popq %r12
	popq %rbx
	popq %rbp
	ret
	.size rt_unwind, .-rt_unwind
	.size rt_enter, .-rt_enter

// Compiled code calls the C function in rax through this; rdi is the instance.
	.p2align 4
	.globl rt_host_call
	.hidden rt_host_call
	.type rt_host_call, @function
rt_host_call:
	movq 24(%rdi), %r11
	movq (%rsp), %r10
	movq %r10, 72(%r11)
	leaq 8(%rsp), %r10
	movq %r10, 32(%r11)
	cmpq 16(%rdi), %rsp
	jb 1f
	jmpq *%rax
1:	movl $9, %esi
	// Falls into rt_trap.
	.size rt_host_call, .-rt_host_call

// _Noreturn void rt_trap(rt_instance *rdi, u32 code esi). Uses no stack: rt_host_call comes here when there is none left.
	.globl rt_trap
	.hidden rt_trap
	.type rt_trap, @function
rt_trap:
	movq 24(%rdi), %rdi
	movq 72(%rdi), %rax
	decq %rax
	movq %rax, 48(%rdi)
	movq 32(%rdi), %rax
	movq %rax, 56(%rdi)
	jmp rt_unwind
	.size rt_trap, .-rt_trap

// Where the kernel returns to from a signal handler.
	.globl rt_signal_return
	.hidden rt_signal_return
	.type rt_signal_return, @function
rt_signal_return:
	movl $15, %eax
	syscall
	.size rt_signal_return, .-rt_signal_return

	.section .note.GNU-stack,"",@progbits
