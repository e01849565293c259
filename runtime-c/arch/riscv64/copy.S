// RISC-V 64: moves and fills with the vector extension, for copy-word.c on machines that have it.
	.text
	.option push
	.option arch, +v

// void rt_vector_move_forward(u8 *a0, const u8 *a1, u64 n a2): `to` below `from`, or apart. Each step loads all it stores first.
	.globl rt_vector_move_forward
	.hidden rt_vector_move_forward
	.type rt_vector_move_forward, @function
rt_vector_move_forward:
	vsetvli t0, a2, e8, m8, ta, ma
	vle8.v v0, (a1)
	add a1, a1, t0
	sub a2, a2, t0
	vse8.v v0, (a0)
	add a0, a0, t0
	bnez a2, rt_vector_move_forward
	ret
	.size rt_vector_move_forward, .-rt_vector_move_forward

// void rt_vector_move_backward(u8 *a0, const u8 *a1, u64 n a2): `to` above `from`.
	.globl rt_vector_move_backward
	.hidden rt_vector_move_backward
	.type rt_vector_move_backward, @function
rt_vector_move_backward:
	add a0, a0, a2
	add a1, a1, a2
1:	vsetvli t0, a2, e8, m8, ta, ma
	sub a1, a1, t0
	vle8.v v0, (a1)
	sub a0, a0, t0
	sub a2, a2, t0
	vse8.v v0, (a0)
	bnez a2, 1b
	ret
	.size rt_vector_move_backward, .-rt_vector_move_backward

// void rt_vector_fill(u8 *a0, u8 byte a1, u64 n a2)
	.globl rt_vector_fill
	.hidden rt_vector_fill
	.type rt_vector_fill, @function
rt_vector_fill:
	vsetvli t0, a2, e8, m8, ta, ma
	vmv.v.x v0, a1
1:	vsetvli t0, a2, e8, m8, ta, ma
	vse8.v v0, (a0)
	add a0, a0, t0
	sub a2, a2, t0
	bnez a2, 1b
	ret
	.size rt_vector_fill, .-rt_vector_fill

	.option pop
	.section .note.GNU-stack,"",@progbits
