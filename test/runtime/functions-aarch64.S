// "Wasm" functions written by hand for AArch64, in the internal convention: what test/runtime/core.c calls. Types: 1 is (i32, i32) -> i32, 2 is () -> ().
	.section .text.wasm,"ax",%progbits
	.globl test_text_start
test_text_start:

// Adapter of type 1: code x0, args x1, results x2.
	.globl test_adapter_1
test_adapter_1:
	sub sp, sp, #16
	stp x19, x30, [sp]
	mov x19, x2
	mov x16, x0
	ldr w0, [x1]
	ldr w1, [x1, #16]
	blr x16
	str x0, [x19]
	ldp x19, x30, [sp]
	add sp, sp, #16
	ret

	.globl test_adapter_2
test_adapter_2:
	sub sp, sp, #16
	str x30, [sp, #8]
	blr x0
	ldr x30, [sp, #8]
	add sp, sp, #16
	ret

// Calls the C function test_host(self, a, b).
	.globl test_call_host
test_call_host:
	sub sp, sp, #16
	str x30, [sp, #8]
	mov w2, w1
	mov w1, w0
	adrp x0, test_instance
	add x0, x0, :lo12:test_instance
	adrp x16, test_host
	ldr x16, [x16, :lo12:test_host]
	bl rt_host_call
	ldr x30, [sp, #8]
	add sp, sp, #16
	ret

	.globl test_load
test_load:
	ldr w0, [x28, w0, uxtw]
	ret

	.globl test_store
test_store:
	str w1, [x28, w0, uxtw]
	mov w0, w1
	ret

	.globl test_load_far
test_load_far:
	mov x16, #0x7ffffff0
	add x16, x16, w0, uxtw
	ldr w0, [x28, x16]
	ret

	.globl test_trap
test_trap:
	cmp w0, #1
	b.eq 1f
	brk #4
1:	brk #1

	.globl test_null
test_null:
	mov x0, #0
	ldr w0, [x0, #16]
	ret

// A trap in a leaf function with a frame, called by another function.
	.globl test_leaf
test_leaf:
	sub sp, sp, #32
	brk #1
	.globl test_caller
test_caller:
	sub sp, sp, #16
	str x30, [sp, #8]
	bl test_leaf
	ldr x30, [sp, #8]
	add sp, sp, #16
	ret

	.globl test_recurse
test_recurse:
	sub sp, sp, #48
	str x30, [sp, #40]
	bl test_recurse
	ldr x30, [sp, #40]
	add sp, sp, #48
	ret

	.globl test_recurse_host
test_recurse_host:
	sub sp, sp, #16
	str x30, [sp, #8]
	bl test_call_host
	bl test_recurse_host
	ldr x30, [sp, #8]
	add sp, sp, #16
	ret

// Destroys every callee-saved register, then traps.
	.globl test_clobber
test_clobber:
	mov x19, #-1
	mov x20, x19
	mov x21, x19
	mov x22, x19
	mov x23, x19
	mov x24, x19
	mov x25, x19
	mov x26, x19
	mov x27, x19
	mov x28, x19
	mov x29, x19
	fmov d8, x19
	fmov d9, x19
	fmov d10, x19
	fmov d11, x19
	fmov d12, x19
	fmov d13, x19
	fmov d14, x19
	fmov d15, x19
	brk #1

// A fault no wasm code makes: an address that belongs to nothing.
	.globl test_wild
test_wild:
	movz x0, #0x1234, lsl #32
	ldr w0, [x0]
	ret

// An illegal instruction that carries no trap code.
	.globl test_illegal
test_illegal:
	udf #0

// The instance register (a = 0) or the memory register (a = 1), its lower half.
	.globl test_pinned
test_pinned:
	cmp w0, #0
	csel w0, w27, w28, eq
	ret

// Calls the host, then loads from address a.
	.globl test_host_load
test_host_load:
	sub sp, sp, #16
	stp x19, x30, [sp]
	mov w19, w0
	bl test_call_host
	ldr w0, [x28, w19, uxtw]
	ldp x19, x30, [sp]
	add sp, sp, #16
	ret

	.globl test_text_end
test_text_end:

	.section .rodata.frames,"a",%progbits
	.balign 4
	.globl test_frames
test_frames:
	.long test_adapter_1 - test_text_start, 16, 0, -1
	.long test_adapter_2 - test_text_start, 16, 0, -1
	.long test_call_host - test_text_start, 16, 1, 0
	.long test_load - test_text_start, 1, 0, 1
	.long test_store - test_text_start, 1, 0, 2
	.long test_load_far - test_text_start, 1, 0, 3
	.long test_trap - test_text_start, 1, 0, 4
	.long test_null - test_text_start, 1, 0, 5
	.long test_leaf - test_text_start, 33, 11, 6
	.long test_caller - test_text_start, 16, 16, 7
	.long test_recurse - test_text_start, 48, 0, 8
	.long test_recurse_host - test_text_start, 16, 0, 9
	.long test_clobber - test_text_start, 1, 0, 10
	.long test_wild - test_text_start, 1, 0, 11
	.long test_illegal - test_text_start, 1, 0, 12
	.long test_pinned - test_text_start, 1, 0, 13
	.long test_host_load - test_text_start, 16, 0, 14

	.section .note.GNU-stack,"",%progbits
