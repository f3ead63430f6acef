package transcripts

import (
	"os"

	"ehlo/session/record"
	"ehlo/session/walk"
)

// Verdict is what the session of the file came to: that of its end event or, where the file just ends and nobody writes it
// any more, that of what is there, which then says so in [record.Facts.CutOff]. It is nil while the session runs. It may read
// the whole file.
func (f *File) Verdict() *record.Verdict {
	if end := f.End(); end != nil {
		return end
	}
	if f.Running() {
		return nil
	}
	return CutOff(f)
}

// Running reports whether the session of the file goes on: it has no end, and someone writes it.
func (f *File) Running() bool { return f.End() == nil && written(f.file) }

// CutOff is the verdict of a log that has no end and gets none any more. A log may say anything: one that makes no sense is
// only said to be cut off.
func CutOff(src record.Source) *record.Verdict {
	v := record.Verdict{Phase: record.PhaseResolve, Exit: record.ExitStopped, Outcome: record.OutcomeStopped, Who: record.WhoUnknown,
		Cause: "The log was cut off.", Facts: record.Facts{CutOff: true}}
	_ = record.Try("the verdict of a transcript", func() error { // if it fails, what stands above holds
		var s record.Snapshot
		for i := range src.Len() {
			s = s.Next(record.Skim(src, i))
		}
		v = walk.Outcome(s, walk.Ending{CutOff: true})
		return nil
	})
	return &v
}

// small is the largest file whose verdict a list works out.
const small = 256 << 10

// cutOff is the verdict of a small file without an end that nobody writes any more, else nil.
func cutOff(path string) *record.Verdict {
	info, err := os.Stat(path)
	if err != nil || info.Size() > small {
		return nil
	}
	f, err := Open(path)
	if err != nil {
		return nil
	}
	defer f.Close()
	return CutOff(f)
}
