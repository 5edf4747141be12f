/*
 * Words: splitting and quoting as systemd does.
 */
#ifndef HOLDFAST_WORDS_H
#define HOLDFAST_WORDS_H

#include "define/strings.h"

/* What words_take() came to. */
enum words_kind {
	WORDS_WORD,
	WORDS_SEMICOLON,	/* a lone ;, which parts commands; \; is a word */
	WORDS_END,
};

/*
 * The next word at *text, which is advanced past it; of WORDS_WORD *ret is to
 * be freed by the caller, else NULL.  Returns NULL, or what was wrong, *ret
 * then NULL.
 */
const char *words_take(const char **text, char **ret, enum words_kind *ret_kind);

/* Append all words of text.  Returns NULL, or what was wrong, ret as before. */
const char *words_split(const char *text, struct strings *ret);

/* Quote one word so that words_take() gives it back.  The caller frees. */
char *words_quote(const char *word);

#endif
