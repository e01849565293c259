// "Wasm" functions written by hand for RISC-V 64, in the internal convention: what test/runtime/core.c calls. Types: 1 is (i32, i32) -> i32, 2 is () -> ().
	.section .text.wasm,"ax",@progbits
	.globl test_text_start
test_text_start:

// Adapter of type 1: code a0, args a1, results a2.
	.globl test_adapter_1
test_adapter_1:
	addi sp, sp, -16
	sd ra, 8(sp)
	sd s0, 0(sp)
	mv s0, a2
	mv t1, a0
	lw a0, 0(a1)
	lw a1, 16(a1)
	jalr t1
	sd a0, 0(s0)
	ld ra, 8(sp)
	ld s0, 0(sp)
	addi sp, sp, 16
	ret

	.globl test_adapter_2
test_adapter_2:
	addi sp, sp, -16
	sd ra, 8(sp)
	jalr a0
	ld ra, 8(sp)
	addi sp, sp, 16
	ret

// Calls the C function test_host(self, a, b).
	.globl test_call_host
test_call_host:
	addi sp, sp, -16
	sd ra, 8(sp)
	mv a2, a1
	mv a1, a0
	lla a0, test_instance
	lla t0, test_host
	ld t0, 0(t0)
	call rt_host_call
	ld ra, 8(sp)
	addi sp, sp, 16
	ret

	.globl test_load
test_load:
	slli a0, a0, 32
	srli a0, a0, 32
	add a0, a0, s11
	lw a0, 0(a0)
	ret

	.globl test_store
test_store:
	slli a0, a0, 32
	srli a0, a0, 32
	add a0, a0, s11
	sw a1, 0(a0)
	mv a0, a1
	ret

	.globl test_load_far
test_load_far:
	slli a0, a0, 32
	srli a0, a0, 32
	add a0, a0, s11
	li t5, 0x7ffffff0
	add a0, a0, t5
	lw a0, 0(a0)
	ret

	.globl test_trap
test_trap:
	addi a0, a0, -1
	beqz a0, 1f
	unimp
	.half 4
1:	unimp
	.half 1

	.globl test_null
test_null:
	li a0, 0
	lw a0, 16(a0)
	ret

// A trap in a leaf function with a frame, called by another function.
	.globl test_leaf
test_leaf:
	addi sp, sp, -32
	unimp
	.half 1
	.globl test_caller
test_caller:
	addi sp, sp, -16
	sd ra, 8(sp)
	call test_leaf
	ld ra, 8(sp)
	addi sp, sp, 16
	ret

	.globl test_recurse
test_recurse:
	addi sp, sp, -48
	sd ra, 40(sp)
	call test_recurse
	ld ra, 40(sp)
	addi sp, sp, 48
	ret

	.globl test_recurse_host
test_recurse_host:
	addi sp, sp, -16
	sd ra, 8(sp)
	call test_call_host
	call test_recurse_host
	ld ra, 8(sp)
	addi sp, sp, 16
	ret

// Destroys every callee-saved register, then traps.
	.globl test_clobber
test_clobber:
	li s0, -1
	mv s1, s0
	mv s2, s0
	mv s3, s0
	mv s4, s0
	mv s5, s0
	mv s6, s0
	mv s7, s0
	mv s8, s0
	mv s9, s0
	mv s10, s0
	mv s11, s0
	fmv.d.x fs0, s0
	fmv.d.x fs1, s0
	fmv.d.x fs2, s0
	fmv.d.x fs3, s0
	fmv.d.x fs4, s0
	fmv.d.x fs5, s0
	fmv.d.x fs6, s0
	fmv.d.x fs7, s0
	fmv.d.x fs8, s0
	fmv.d.x fs9, s0
	fmv.d.x fs10, s0
	fmv.d.x fs11, s0
	unimp
	.half 1

// A fault no wasm code makes: an address that belongs to nothing.
	.globl test_wild
test_wild:
	li a0, 0x1234
	slli a0, a0, 24
	lw a0, 0(a0)
	ret

// An illegal instruction that carries no trap code.
	.globl test_illegal
test_illegal:
	unimp
	.half 0

// The instance register (a = 0) or the memory register (a = 1), its lower half.
	.globl test_pinned
test_pinned:
	bnez a0, 1f
	sext.w a0, s10
	ret
1:	sext.w a0, s11
	ret

// Calls the host, then loads from address a.
	.globl test_host_load
test_host_load:
	addi sp, sp, -16
	sd ra, 8(sp)
	sd s0, 0(sp)
	mv s0, a0
	call test_call_host
	add s0, s0, s11
	lw a0, 0(s0)
	ld ra, 8(sp)
	ld s0, 0(sp)
	addi sp, sp, 16
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

	.section .note.GNU-stack,"",@progbits
