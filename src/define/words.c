/*
 * Words: see words.h.  Specifiers and variables are not its business.  Whatever
 * bytes a word holds, words_take() gets it back from words_quote().
 */
#include "config.h"

#include "define/words.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "define/value.h"
#include "message.h"

#define BLANKS " \t\n\r"

/* count digits of a base at *text, which is advanced; 0 if there are less. */
static uint32_t
parse_code(const char **text, int count, uint32_t base)
{
	uint32_t value = 0;
	int i, digit;

	for (i = 0; i < count; i++) {
		digit = value_digit((*text)[i]);
		if (digit < 0 || (uint32_t)digit >= base)
			return 0;
		value = value * base + (uint32_t)digit;
	}
	*text += count;
	return value;
}

/* Put a character as UTF-8 at *out, which is advanced; false if it is none. */
static bool
put_utf8(uint32_t code, char **out)
{
	unsigned char bytes[5] = { 0 };
	int i, length = code < 0x80 ? 1 : code < 0x800 ? 2 :
	    code < 0x10000 ? 3 : 4;

	if (code == 0 || code > 0x10ffff)
		return false;
	for (i = length - 1; i > 0; i--, code >>= 6)
		bytes[i] = (unsigned char)(0x80 | (code & 0x3f));
	bytes[0] = (unsigned char)((length == 1 ? 0 : 0xf00 >> length) | code);
	if (value_utf8_length(bytes) == 0)
		return false;
	memcpy(*out, bytes, (size_t)length);
	*out += length;
	return true;
}

/* What stands behind a backslash at *text; both are advanced. */
static const char *
unescape(const char **text, char **out)
{
	static const char expected[] = "expected an escape such as \\n, \\x41 "
	    "or \\\\ after the backslash";
	static const char letters[] = "abfnrtvs\\\"'";
	static const char meanings[] = "\a\b\f\n\r\t\v \\\"'";
	const char kind = **text;
	const char *letter = kind == '\0' ? NULL : strchr(letters, kind);
	uint32_t code;

	if (letter != NULL) {
		*(*out)++ = meanings[letter - letters];
		(*text)++;
		return NULL;
	}
	if (kind == 'x' || kind == 'u' || kind == 'U') {
		(*text)++;
		code = parse_code(text, kind == 'x' ? 2 : kind == 'u' ? 4 : 8,
		    16);
	} else {
		code = parse_code(text, 3, 8);
	}
	if (kind == 'u' || kind == 'U')
		return put_utf8(code, out) ? NULL : expected;
	if (code == 0 || code > 255)
		return expected;
	*(*out)++ = (char)code;
	return NULL;
}

/* One word at *text, which is advanced past it, into word. */
static const char *
parse_word(const char **text, char *word)
{
	const char *error, *p = *text;
	char quote = '\0';

	for (; *p != '\0' && (quote != '\0' || !strchr(BLANKS, *p));) {
		if (*p == '\\') {
			p++;
			error = unescape(&p, &word);
			if (error != NULL)
				return error;
		} else if (quote == '\0' && (*p == '"' || *p == '\'')) {
			quote = *p++;
		} else if (quote != '\0' && *p == quote) {
			quote = '\0';
			p++;
		} else {
			*word++ = *p++;
		}
	}
	if (quote != '\0')
		return "expected a closing quote";
	*word = '\0';
	*text = p;
	return NULL;
}

/* The word at p is just this. */
static bool
is_word(const char *p, const char *word)
{
	size_t length = strlen(word);

	return strncmp(p, word, length) == 0 &&
	    (p[length] == '\0' || strchr(BLANKS, p[length]) != NULL);
}

/* How many bytes the word at p has as it stands there, at most. */
static size_t
raw_length(const char *p)
{
	const char *start = p;
	char quote = '\0';

	for (; *p != '\0' && (quote != '\0' || !strchr(BLANKS, *p)); p++) {
		if (*p == '\\' && p[1] != '\0')
			p++;
		else if (quote == *p)
			quote = '\0';
		else if (quote == '\0' && (*p == '"' || *p == '\''))
			quote = *p;
	}
	return (size_t)(p - start);
}

const char *
words_take(const char **text, char **ret, enum words_kind *ret_kind)
{
	const char *error, *p = *text + strspn(*text, BLANKS);
	char *word;

	*ret = NULL;
	*ret_kind = *p == '\0' ? WORDS_END : WORDS_SEMICOLON;
	*text = p;
	if (*p == '\0')
		return NULL;
	if (is_word(p, ";")) {
		*text = p + 1;
		return NULL;
	}
	*ret_kind = WORDS_WORD;
	word = malloc(raw_length(p) + 1);
	if (word == NULL)
		message_die("out of memory");
	if (is_word(p, "\\;")) {
		memcpy(word, ";", 2);
		*text = p + 2;
	} else {
		error = parse_word(text, word);
		if (error != NULL) {
			free(word);
			return error;
		}
	}
	*ret = word;
	return NULL;
}

const char *
words_split(const char *text, struct strings *ret)
{
	const char *error;
	struct strings words = { 0 };
	enum words_kind kind = WORDS_WORD;
	char *word;

	do {
		error = words_take(&text, &word, &kind);
		if (error == NULL && kind != WORDS_END)
			strings_add(&words, kind == WORDS_WORD ? word : ";");
		free(word);
	} while (error == NULL && kind != WORDS_END);
	for (size_t i = 0; error == NULL && i < words.count; i++)
		strings_add(ret, words.items[i]);
	strings_clear(&words);
	return error;
}

static bool
needs_quotes(const char *word)
{
	const unsigned char *p = (const unsigned char *)word;
	size_t length;

	if (*p == '\0' || strcmp(word, ";") == 0)
		return true;
	for (; *p != '\0'; p += length) {
		length = value_utf8_length(p);
		if (length == 0 || *p <= ' ' || *p == 0x7f ||
		    strchr("\"'\\", *p) != NULL)
			return true;
	}
	return false;
}

/* One byte that cannot stand for itself; returns behind what it wrote. */
static char *
escape(char *out, unsigned char c)
{
	static const char letters[] = "nrt\\\"", meanings[] = "\n\r\t\\\"";
	static const char hex[] = "0123456789abcdef";
	const char *meaning = strchr(meanings, c);

	*out++ = '\\';
	if (meaning != NULL) {
		*out++ = letters[meaning - meanings];
		return out;
	}
	*out++ = 'x';
	*out++ = hex[c >> 4];
	*out++ = hex[c & 15];
	return out;
}

char *
words_quote(const char *word)
{
	const unsigned char *p = (const unsigned char *)word;
	char *ret = malloc(strlen(word) * 4 + 3), *out = ret;
	size_t length;

	if (ret == NULL)
		message_die("out of memory");
	if (!needs_quotes(word)) {
		memcpy(ret, word, strlen(word) + 1);
		return ret;
	}
	*out++ = '"';
	while (*p != '\0') {
		length = value_utf8_length(p);
		if (length == 0 || *p < ' ' || *p == 0x7f || *p == '"' ||
		    *p == '\\') {
			out = escape(out, *p++);
		} else {
			memcpy(out, p, length);
			out += length;
			p += length;
		}
	}
	*out++ = '"';
	*out = '\0';
	return ret;
}
