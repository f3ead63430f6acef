package plain

import (
	"ehlo/session/record"
	"ehlo/session/wire"
	"ehlo/transcripts/words"
)

// beside tells what the server logged in the step that was told last, or what was seen and done on the path.
func (v *view) beside(k key) {
	kind, nothing := record.KindServerLog, "the server logged nothing in this step"
	if k == keyPath {
		kind, nothing = record.KindOnPath, "nothing was seen or changed on the path in this step, as far as is known"
	}
	if !v.practiced() {
		v.print("only the practice server shows its log, and what a device on the path does")
		return
	}
	told := false
	for i := stepStart(v.src, v.pos-1); i < v.pos; i++ {
		e := v.src.At(i)
		if e.Kind != kind {
			continue
		}
		for _, p := range words.Beside(e) {
			v.print(wire.VisibleString(p.Text()))
			told = true
		}
	}
	if !told {
		v.print(nothing)
	}
}

// practiced reports whether the session is with the practice server.
func (v *view) practiced() bool {
	return v.src.Len() > 0 && v.src.At(0).Start != nil && v.src.At(0).Start.Target.Lab
}
