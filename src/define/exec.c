/*
 * Command lines of a definition: see exec.h.  What is not said there is as
 * systemd does it: a variable in braces that is not closed, or has a colon, is
 * text; $K within a word, too.
 */
#include "config.h"

#include "define/exec.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "define/specifier.h"
#include "define/value.h"
#include "define/words.h"
#include "message.h"

#define BLANKS " \t\n\r"

/* A text that grows; data is NULL only before the first byte. */
struct text {
	char *data;
	size_t length, room;
};

static int
put(struct text *t, const char *bytes, size_t count)
{
	size_t room = t->room == 0 ? 64 : t->room;
	char *larger;

	while (room < t->length + count + 1)
		room *= 2;
	if (room != t->room) {
		larger = realloc(t->data, room);
		if (larger == NULL)
			return -1;
		t->data = larger;
		t->room = room;
	}
	memcpy(t->data + t->length, bytes, count);
	t->length += count;
	t->data[t->length] = '\0';
	return 0;
}

/* The value of the variable (length bytes), or NULL, which is noted. */
static const char *
look_up(const char *name, size_t length, char *const *environment,
    char *unset, size_t size)
{
	for (; *environment != NULL; environment++) {
		if (strncmp(*environment, name, length) == 0 &&
		    (*environment)[length] == '=')
			return *environment + length + 1;
	}
	if (unset[0] == '\0')
		snprintf(unset, size, "%.*s", (int)length, name);
	return NULL;
}

/* A word that is a variable, whole. */
static bool
is_variable_word(const char *word)
{
	return word[0] == '$' && word[1] != '{' && word[1] != '$';
}

/* How long ${NAME} at p is, or 0 when there is none. */
static size_t
braced_length(const char *p)
{
	size_t length;

	if (p[0] != '$' || p[1] != '{')
		return 0;
	length = 2 + strcspn(p + 2, "}:");
	return p[length] == '}' ? length + 1 : 0;
}

static bool
has_variable(const char *word)
{
	if (is_variable_word(word))
		return true;
	for (; *word != '\0'; word++) {
		if (word[0] == '$' && word[1] == '$')
			word++;
		else if (braced_length(word) != 0)
			return true;
	}
	return false;
}

/* The words of a value: blanks part them, quotes keep them together, and a
 * backslash takes what follows as it is; what is not closed ends with it. */
static int
add_words_of(const char *value, struct strings *ret)
{
	struct text word = { 0 };
	char quote;
	int result = 0;

	value += strspn(value, BLANKS);
	while (*value != '\0' && result == 0) {
		word.length = 0;
		result = put(&word, "", 0);
		for (quote = '\0'; *value != '\0' && result == 0; value++) {
			if (*value == '\\') {
				if (*++value == '\0')
					break;
				result = put(&word, value, 1);
			} else if (quote != '\0' && *value == quote) {
				quote = '\0';
			} else if (quote == '\0' &&
			    (*value == '"' || *value == '\'')) {
				quote = *value;
			} else if (quote == '\0' &&
			    strchr(BLANKS, *value) != NULL) {
				break;
			} else {
				result = put(&word, value, 1);
			}
		}
		if (result == 0)
			result = strings_try_add(ret, word.data);
		value += strspn(value, BLANKS);
	}
	free(word.data);
	return result;
}

static int
add_replaced(const char *word, char *const *environment, struct strings *ret,
    char *unset, size_t size)
{
	struct text text = { 0 };
	const char *value;
	size_t length;
	int result;

	result = put(&text, "", 0);
	while (*word != '\0' && result == 0) {
		length = braced_length(word);
		if (length != 0) {
			value = look_up(word + 2, length - 3, environment,
			    unset, size);
			if (value != NULL)
				result = put(&text, value, strlen(value));
			word += length;
			continue;
		}
		result = put(&text, word, 1);
		word += word[0] == '$' && word[1] == '$' ? 2 : 1;
	}
	if (result == 0)
		result = strings_try_add(ret, text.data);
	free(text.data);
	return result;
}

int
exec_expand(const struct exec_line *line, char *const *environment,
    struct strings *ret, char *unset, size_t size)
{
	const char *word, *value;
	int result = 0, error;

	*ret = (struct strings){ 0 };
	unset[0] = '\0';
	for (size_t i = 0; i < line->words.count && result == 0; i++) {
		word = line->words.items[i];
		if (line->is_literal) {
			result = strings_try_add(ret, word);
		} else if (!is_variable_word(word)) {
			result = add_replaced(word, environment, ret, unset,
			    size);
		} else {
			value = look_up(word + 1, strlen(word + 1),
			    environment, unset, size);
			if (value != NULL)
				result = add_words_of(value, ret);
		}
	}
	/* execve(2) wants a name. */
	if (result == 0 && ret->count == 0)
		result = strings_try_add(ret, line->program);
	if (result == 0)
		return 0;
	error = errno;
	strings_clear(ret);
	errno = error;
	return -1;
}

static const char *
take_prefixes(const char **word, unsigned *ret)
{
	static const char characters[] = "-@:+!";
	const char *at;
	unsigned prefix;

	for (*ret = 0;; (*word)++) {
		at = **word == '\0' ? NULL : strchr(characters, **word);
		if (at == NULL)
			return NULL;
		prefix = 1U << (at - characters);
		/* !! is ! where the kernel has ambient capabilities. */
		if (prefix == EXEC_KEEP_USER && (*word)[1] == '!')
			return "the prefix !! is not supported yet";
		if ((*ret & prefix) != 0)
			return "expected each prefix once";
		*ret |= prefix;
		if ((*ret & EXEC_PRIVILEGED) != 0 &&
		    (*ret & EXEC_KEEP_USER) != 0)
			return "expected + or !, not both";
	}
}

static const char *
check_program(const char *program)
{
	const unsigned char *p = (const unsigned char *)program;

	if (*p == '\0')
		return "expected a command";
	for (; *p != '\0'; p++) {
		if (*p < ' ' || *p == 0x7f)
			return "expected no control characters in the path";
	}
	if (program[0] != '/' && strchr(program, '/') != NULL)
		return "expected an absolute path";
	if (strcmp(program, ".") == 0 || strcmp(program, "..") == 0 ||
	    p[-1] == '/')
		return "expected the path of a file";
	return NULL;
}

/* Without a variable, $$ is replaced here once for all. */
static void
settle(struct exec_line *line)
{
	char *in, *out;
	size_t i;

	line->is_literal = true;
	if ((line->prefixes & EXEC_VERBATIM) != 0)
		return;
	for (i = 0; i < line->words.count && line->is_literal; i++)
		line->is_literal = !has_variable(line->words.items[i]);
	for (i = 0; i < line->words.count && line->is_literal; i++) {
		for (in = out = line->words.items[i]; *in != '\0'; in++) {
			*out++ = *in;
			if (in[0] == '$' && in[1] == '$')
				in++;
		}
		*out = '\0';
	}
}

static const char *
begin_line(struct exec_line *line, const char *unit, const char *word)
{
	const char *error;

	error = take_prefixes(&word, &line->prefixes);
	if (error != NULL)
		return error;
	error = specifier_expand(unit, word, &line->program);
	if (error == NULL)
		error = check_program(line->program);
	if (error == NULL && (line->prefixes & EXEC_NAMED) == 0)
		strings_add(&line->words, line->program);
	return error;
}

/* One command at *p, which is advanced past it and its ";". */
static const char *
parse_line(struct exec_line *line, const char *unit, const char **p)
{
	const char *error;
	char *word = NULL, *expanded;
	enum words_kind kind;

	error = words_take(p, &word, &kind);
	if (error == NULL && kind == WORDS_WORD)
		error = begin_line(line, unit, word);
	else if (error == NULL)
		error = "expected a command";
	free(word);
	while (error == NULL) {
		error = words_take(p, &word, &kind);
		if (error != NULL || kind != WORDS_WORD)
			break;
		error = specifier_expand(unit, word, &expanded);
		free(word);
		if (error != NULL)
			return error;
		strings_add(&line->words, expanded);
		free(expanded);
	}
	if (error == NULL && line->words.count == 0)
		error = "expected argv[0] after the command";
	if (error == NULL)
		settle(line);
	return error;
}

static void
free_line(struct exec_line *line)
{
	free(line->program);
	strings_clear(&line->words);
}

static struct exec_line *
append(struct exec_list *list, const struct exec_line *line)
{
	struct exec_line *items;

	items = reallocarray(list->items, list->count + 1, sizeof(*items));
	if (items == NULL)
		message_die("out of memory");
	list->items = items;
	items[list->count] = *line;
	return &items[list->count++];
}

const char *
exec_parse(struct exec_list *list, const char *unit, const char *value)
{
	const size_t before = list->count;
	const char *error = NULL, *p = value + strspn(value, BLANKS);

	while (*p != '\0' && error == NULL) {
		struct exec_line line = { 0 };

		error = parse_line(&line, unit, &p);
		if (error == NULL)
			append(list, &line);
		else
			free_line(&line);
		p += strspn(p, BLANKS);
	}
	while (error != NULL && list->count > before)
		free_line(&list->items[--list->count]);
	return error;
}

struct exec_line *
exec_add(struct exec_list *list, const char *program)
{
	struct exec_line line = { .is_literal = true };

	line.program = text_copy(program);
	strings_add(&line.words, program);
	return append(list, &line);
}

static void
print_word(FILE *out, const char *word, bool is_literal)
{
	char *quoted = words_quote(word);

	for (const char *p = quoted; *p != '\0'; p++) {
		fputc(*p, out);
		if (*p == '%' || (*p == '$' && is_literal))
			fputc(*p, out);
	}
	free(quoted);
}

char *
exec_print(const struct exec_line *line)
{
	const bool doubles = line->is_literal &&
	    (line->prefixes & EXEC_VERBATIM) == 0;
	char *text;
	size_t size;
	FILE *out;

	out = open_memstream(&text, &size);
	if (out == NULL)
		message_die("out of memory");
	for (int i = 0; i < 5; i++) {
		if ((line->prefixes & 1U << i) != 0)
			fputc("-@:+!"[i], out);
	}
	/* The program itself is no place for a variable: its $ is a $. */
	print_word(out, line->program, false);
	for (size_t i = (line->prefixes & EXEC_NAMED) != 0 ? 0 : 1;
	    i < line->words.count; i++) {
		fputc(' ', out);
		print_word(out, line->words.items[i], doubles);
	}
	if (fclose(out) != 0)
		message_die("out of memory");
	return text;
}

void
exec_clear(struct exec_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		free_line(&list->items[i]);
	free(list->items);
	*list = (struct exec_list){ 0 };
}
