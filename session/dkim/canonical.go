package dkim

import "strings"

// Body is a body as it is hashed: with CRLF at the end of each line and no empty lines at the end, and if relaxed with one space for all white
// space and none at the end of a line (RFC 6376 §3.4.3, §3.4.4). Lines may end with LF alone.
func Body(body string, relaxed bool) string {
	var b strings.Builder
	empty := 0
	for line := range strings.Lines(body) {
		line = strings.TrimSuffix(strings.TrimSuffix(line, "\n"), "\r")
		if relaxed {
			line = relax(line)
		}
		if line == "" {
			empty++
			continue
		}
		b.WriteString(strings.Repeat("\r\n", empty))
		empty = 0
		b.WriteString(line)
		b.WriteString("\r\n")
	}
	if b.Len() == 0 && !relaxed {
		return "\r\n"
	}
	return b.String()
}

// relax makes one space of each run of spaces and tabs, and leaves out those at the end.
func relax(line string) string {
	line = strings.TrimRight(line, " \t")
	if !strings.Contains(line, "  ") && !strings.Contains(line, "\t") {
		return line
	}
	var b strings.Builder
	space := false
	for i := range len(line) {
		blank := line[i] == ' ' || line[i] == '\t'
		if blank && space {
			continue
		}
		if space = blank; blank {
			b.WriteByte(' ')
			continue
		}
		b.WriteByte(line[i])
	}
	return b.String()
}

// field is a field of the header as it is hashed, with CRLF at its end (RFC 6376 §3.4.1, §3.4.2). Lines may end with LF alone.
func field(raw string, relaxed bool) string {
	raw = strings.ReplaceAll(strings.ReplaceAll(raw, "\r\n", "\n"), "\n", "\r\n")
	if !relaxed {
		return raw
	}
	value := relax(strings.ReplaceAll(valueOf(raw), "\r\n", ""))
	return strings.ToLower(nameOf(raw)) + ":" + strings.TrimLeft(value, " \t") + "\r\n"
}

// nameOf and valueOf are the parts of a field.
func nameOf(raw string) string {
	name, _, _ := strings.Cut(raw, ":")
	return strings.TrimRight(name, " \t")
}

func valueOf(raw string) string {
	_, value, _ := strings.Cut(raw, ":")
	return value
}

// unsigned is a field of a signature with the value of its tag b left out, and the white space around that (RFC 6376 §3.7).
func unsigned(raw string) string {
	name, value, _ := strings.Cut(raw, ":")
	parts := strings.Split(value, ";")
	for i, part := range parts {
		if tag, _, ok := strings.Cut(part, "="); ok && strings.TrimSpace(tag) == "b" {
			parts[i] = tag + "="
		}
	}
	return name + ":" + strings.Join(parts, ";")
}
