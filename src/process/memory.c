/*
 * Memory that is not needed any more: see memory.h.  A keeper lives as long as
 * its service and does next to nothing; what it has is multiplied by the number
 * of services.
 */
#include "config.h"

#include "process/memory.h"

#include <sys/mman.h>

#include <link.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

#define STACK_USED (256 * 1024)
#define RANGES_MAX 32

struct ranges {
	size_t count;
	struct range { uintptr_t from, to; } items[RANGES_MAX];
};

static void
add(struct ranges *r, uintptr_t from, uintptr_t to)
{
	if (r->count < RANGES_MAX)
		r->items[r->count++] = (struct range){ from, to };
}

/* What cannot have been written to: the file has it all. */
static int
add_text(struct dl_phdr_info *info, size_t size, void *context)
{
	(void)size;
	for (int i = 0; i < info->dlpi_phnum; i++) {
		const ElfW(Phdr) *p = &info->dlpi_phdr[i];
		const uintptr_t from = info->dlpi_addr + p->p_vaddr;

		if (p->p_type == PT_LOAD && (p->p_flags & PF_W) == 0)
			add(context, from, from + p->p_memsz);
	}
	return 0;
}

void
memory_give_back(void)
{
	const uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
	/* This function's own calls need some, too.  The kernel keeps other
	 * mappings 1 MiB away from a stack (stack_guard_gap). */
	const uintptr_t here = (uintptr_t)__builtin_frame_address(0) - page;
	struct ranges r = { 0 };
	uintptr_t from, to;

	add(&r, here - STACK_USED, here);
#ifdef __GLIBC__
	(void)malloc_trim(0);	/* others give it back by themselves */
#endif
	(void)dl_iterate_phdr(add_text, &r);
	for (size_t i = 0; i < r.count; i++) {
		from = r.items[i].from & ~(page - 1);
		to = r.items[i].to & ~(page - 1);
		/* ENOMEM: some of it is not mapped; the rest is done. */
		(void)madvise((void *)from, to - from, MADV_DONTNEED);
	}
}
