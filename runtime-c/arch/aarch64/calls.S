// AArch64: entering and leaving wasm (docs/ABI.md, "Entering wasm", "Calls to the host"). Numbers are offsets in rt_instance and
// rt_context, which rt.h asserts: jump_sp 0, stack_top 16, host_sp 32, trap_pc 48, trap_sp 56, host_pc 72.
	.text

// u32 rt_enter(rt_instance *x0, void *adapter x1, void *code x2, const u64 *args x3, u64 *results x4)
	.globl rt_enter
	.hidden rt_enter
	.type rt_enter, %function
rt_enter:
	sub sp, sp, #192
	stp x19, x20, [sp, #0]
	stp x21, x22, [sp, #16]
	stp x23, x24, [sp, #32]
	stp x25, x26, [sp, #48]
	stp x27, x28, [sp, #64]
	stp x29, x30, [sp, #80]
	stp d8, d9, [sp, #96]
	stp d10, d11, [sp, #112]
	stp d12, d13, [sp, #128]
	stp d14, d15, [sp, #144]
	ldr x9, [x0, #24]
	ldr x10, [x9]
	ldr x11, [x9, #32]
	ldr x12, [x9, #72]
	stp x10, x11, [sp, #160]
	str x12, [sp, #176]
	mov x13, sp
	str x13, [x9]
	// The outermost call changes to the wasm stack; an inner one is on it already.
	cbnz x10, 1f
	ldr x13, [x9, #16]
	mov sp, x13
1:	str x9, [sp, #-16]!
	mov x27, x0
	ldr x28, [x0, #8]
	mov x16, x1
	mov x0, x2
	mov x1, x3
	mov x2, x4
	mov x3, x9
	blr x16
	ldr x0, [sp]
	mov w1, #0
	// Falls into rt_unwind.

// _Noreturn void rt_unwind(rt_context *x0, u32 code w1)
	.globl rt_unwind
	.hidden rt_unwind
	.type rt_unwind, %function
rt_unwind:
	ldr x9, [x0]
	mov sp, x9
	ldp x10, x11, [sp, #160]
	ldr x12, [sp, #176]
	str x10, [x0]
	str x11, [x0, #32]
	str x12, [x0, #72]
	mov w0, w1
	ldp x19, x20, [sp, #0]
	ldp x21, x22, [sp, #16]
	ldp x23, x24, [sp, #32]
	ldp x25, x26, [sp, #48]
	ldp x27, x28, [sp, #64]
	ldp x29, x30, [sp, #80]
	ldp d8, d9, [sp, #96]
	ldp d10, d11, [sp, #112]
	ldp d12, d13, [sp, #128]
	ldp d14, d15, [sp, #144]
	add sp, sp, #192
	ret
	.size rt_unwind, .-rt_unwind
	.size rt_enter, .-rt_enter

// Compiled code calls the C function in x16 through this; x0 is the instance.
	.globl rt_host_call
	.hidden rt_host_call
	.type rt_host_call, %function
rt_host_call:
	ldp x10, x9, [x0, #16]
	mov x11, sp
	str x30, [x9, #72]
	str x11, [x9, #32]
	cmp x11, x10
	b.lo 1f
	br x16
1:	mov w1, #9
	// Falls into rt_trap.
	.size rt_host_call, .-rt_host_call

// _Noreturn void rt_trap(rt_instance *x0, u32 code w1). Uses no stack: rt_host_call comes here when there is none left.
	.globl rt_trap
	.hidden rt_trap
	.type rt_trap, %function
rt_trap:
	ldr x0, [x0, #24]
	ldr x9, [x0, #72]
	ldr x10, [x0, #32]
	sub x9, x9, #1
	stp x9, x10, [x0, #48]
	b rt_unwind
	.size rt_trap, .-rt_trap

	.section .note.GNU-stack,"",%progbits
