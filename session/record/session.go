package record

import (
	"ehlo/session/explain"
)

func NewFinding(code, text string) *Finding {
	f := &Finding{Code: code, Severity: "warn", Text: text}
	if e, ok := explain.Finding(code); ok {
		f.Severity, f.Remedy, f.Refs = e.Severity, e.Remedy, e.Refs
		if text == "" {
			f.Text = e.Text
		}
	}
	return f
}
