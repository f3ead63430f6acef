package equivalent

import "strings"

// command is a line for a POSIX shell: words, quoted where they need it.
func command(words ...string) string {
	quoted := make([]string, len(words))
	for i, w := range words {
		quoted[i] = shell(w)
	}
	return strings.Join(quoted, " ")
}

// plainShell are the characters that no shell takes for anything else.
const plainShell = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./:=@,+%"

// shell quotes a word (POSIX.1-2024, Shell Command Language, 2.2.2).
func shell(word string) string {
	if word != "" && strings.Trim(word, plainShell) == "" {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}

// literal is a string between double quotes as Python, Java, C#, JavaScript and Go read it.
func literal(text string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(text) + `"`
}

// php is a string between single quotes, in which PHP replaces nothing.
func php(text string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, "'", `\'`).Replace(text) + "'"
}

// postfix is a value of main.cf, where a dollar sign begins the name of a parameter (postconf(5)).
func postfix(text string) string { return strings.ReplaceAll(text, "$", "$$") }

// list is a list of literals.
func list(texts []string, quote func(string) string) string {
	out := make([]string, len(texts))
	for i, t := range texts {
		out[i] = quote(t)
	}
	return strings.Join(out, ", ")
}
