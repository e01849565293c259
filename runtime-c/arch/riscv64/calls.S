// RISC-V 64: entering and leaving wasm (docs/ABI.md, "Entering wasm", "Calls to the host"). Numbers are offsets in rt_instance and
// rt_context, which rt.h asserts: jump_sp 0, stack_top 16, host_sp 32, trap_pc 48, trap_sp 56, host_pc 72.
	.text

// u32 rt_enter(rt_instance *a0, void *adapter a1, void *code a2, const u64 *args a3, u64 *results a4)
	.globl rt_enter
	.hidden rt_enter
	.type rt_enter, @function
rt_enter:
	addi sp, sp, -224
	sd s0, 0(sp)
	sd s1, 8(sp)
	sd s2, 16(sp)
	sd s3, 24(sp)
	sd s4, 32(sp)
	sd s5, 40(sp)
	sd s6, 48(sp)
	sd s7, 56(sp)
	sd s8, 64(sp)
	sd s9, 72(sp)
	sd s10, 80(sp)
	sd s11, 88(sp)
	sd ra, 96(sp)
	fsd fs0, 104(sp)
	fsd fs1, 112(sp)
	fsd fs2, 120(sp)
	fsd fs3, 128(sp)
	fsd fs4, 136(sp)
	fsd fs5, 144(sp)
	fsd fs6, 152(sp)
	fsd fs7, 160(sp)
	fsd fs8, 168(sp)
	fsd fs9, 176(sp)
	fsd fs10, 184(sp)
	fsd fs11, 192(sp)
	ld t0, 24(a0)
	ld t1, 0(t0)
	ld t2, 32(t0)
	ld t3, 72(t0)
	sd t1, 200(sp)
	sd t2, 208(sp)
	sd t3, 216(sp)
	sd sp, 0(t0)
	// The outermost call changes to the wasm stack; an inner one is on it already.
	bnez t1, 1f
	ld sp, 16(t0)
1:	addi sp, sp, -16
	sd t0, 0(sp)
	mv s10, a0
	ld s11, 8(a0)
	mv t1, a1
	mv a0, a2
	mv a1, a3
	mv a2, a4
	mv a3, t0
	jalr t1
	ld a0, 0(sp)
	li a1, 0
	// Falls into rt_unwind.

// _Noreturn void rt_unwind(rt_context *a0, u32 code a1)
	.globl rt_unwind
	.hidden rt_unwind
	.type rt_unwind, @function
rt_unwind:
	ld sp, 0(a0)
	ld t1, 200(sp)
	ld t2, 208(sp)
	ld t3, 216(sp)
	sd t1, 0(a0)
	sd t2, 32(a0)
	sd t3, 72(a0)
	mv a0, a1
	ld s0, 0(sp)
	ld s1, 8(sp)
	ld s2, 16(sp)
	ld s3, 24(sp)
	ld s4, 32(sp)
	ld s5, 40(sp)
	ld s6, 48(sp)
	ld s7, 56(sp)
	ld s8, 64(sp)
	ld s9, 72(sp)
	ld s10, 80(sp)
	ld s11, 88(sp)
	ld ra, 96(sp)
	fld fs0, 104(sp)
	fld fs1, 112(sp)
	fld fs2, 120(sp)
	fld fs3, 128(sp)
	fld fs4, 136(sp)
	fld fs5, 144(sp)
	fld fs6, 152(sp)
	fld fs7, 160(sp)
	fld fs8, 168(sp)
	fld fs9, 176(sp)
	fld fs10, 184(sp)
	fld fs11, 192(sp)
	addi sp, sp, 224
	ret
	.size rt_unwind, .-rt_unwind
	.size rt_enter, .-rt_enter

// Compiled code calls the C function in t0 through this; a0 is the instance.
	.globl rt_host_call
	.hidden rt_host_call
	.type rt_host_call, @function
rt_host_call:
	ld t1, 24(a0)
	ld t2, 16(a0)
	sd ra, 72(t1)
	sd sp, 32(t1)
	bltu sp, t2, 1f
	jr t0
1:	li a1, 9
	// Falls into rt_trap.
	.size rt_host_call, .-rt_host_call

// _Noreturn void rt_trap(rt_instance *a0, u32 code a1). Uses no stack: rt_host_call comes here when there is none left.
	.globl rt_trap
	.hidden rt_trap
	.type rt_trap, @function
rt_trap:
	ld a0, 24(a0)
	ld t1, 72(a0)
	ld t2, 32(a0)
	addi t1, t1, -1
	sd t1, 48(a0)
	sd t2, 56(a0)
	j rt_unwind
	.size rt_trap, .-rt_trap

	.section .note.GNU-stack,"",@progbits
