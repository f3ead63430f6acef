package ui

import (
	tea "github.com/charmbracelet/bubbletea"

	"ehlo/ui/paint"
)

// readKeys handles a key while the list of keys is shown. A ? goes into fields as text, which is why it is f1 that opens
// the list.
func (b *workbench) readKeys(k tea.KeyMsg) {
	if _, done := b.keys.press(k); done {
		b.keys = nil
	}
}

// benchKeys lists what the keys of the workbench do.
func benchKeys(width int) []paint.Line {
	var out []paint.Line
	for _, k := range [][2]string{
		{"enter", "on to the next field; on the line: send it"},
		{"tab ↓", "the next field; shift-tab or ↑ the previous one"},
		{"pgdn", "the next tool; pgup the previous one"},
		{"←→", "in the row of tools: another tool; in a field: the cursor"},
		{"^p", "insert a value: from the exchange so far, or the output of a tool"},
		{"^o", "read a field, or write a result, as text, as hexadecimal or as base64"},
		{"^t", "show the secrets in here, or hide them again"},
		{"^u", "empty the field; ^w deletes the last word"},
		{"esc", "leave without sending; everything is still here when you come back"},
	} {
		out = append(out, paint.Hang(paint.Accent.Line("  "+k[0]).Pad(10), paint.Wrap(paint.Plain, k[1], width-10))...)
	}
	out = append(out, paint.Line{})
	for _, p := range []string{
		"In text, \\0 is a NUL, \\xHH any byte and \\\\ a backslash.",
		"The line is base64, as sent on the wire. A * as the line cancels the exchange; = is an empty initial response.",
	} {
		out = append(out, paint.Hang(paint.Text("  "), paint.Wrap(paint.Plain, p, width-2))...)
	}
	return out
}
