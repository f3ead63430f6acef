package transcripts

import (
	"path/filepath"
	"strings"
	"testing"

	"ehlo/session/record"
)

// A file that ends says so itself; one that is written has no verdict yet; one that just ends gets that of what is there.
func TestVerdict(t *testing.T) {
	if v := openText(t, strings.Join(session5(t), "")).Verdict(); v == nil || v.Cause != "All went well." || v.Facts.CutOff {
		t.Errorf("ended: %+v", v)
	}
	v := openText(t, strings.Join(session5(t)[:3], "")).Verdict()
	if v == nil || !v.Facts.CutOff || v.Outcome != record.OutcomeStopped || v.Exit != record.ExitStopped || !strings.HasSuffix(v.Cause, "The log was cut off there.") {
		t.Errorf("cut off: %+v", v)
	}
	path := filepath.Join(t.TempDir(), "live"+Extension)
	log := logOf(startEvent(), sendEvent("NOOP"))
	rec, err := Record(log, path)
	if err != nil {
		t.Fatal(err)
	}
	wake, stop := rec.Watch()
	for rec.Len() < log.Len() {
		<-wake
	}
	stop()
	if v := openPath(t, path).Verdict(); v != nil {
		t.Errorf("it is being written: %+v", v)
	}
	if err := rec.Close(); err != nil {
		t.Fatal(err)
	}
	if v := openPath(t, path).Verdict(); v == nil || !v.Facts.CutOff {
		t.Errorf("nobody writes it any more: %+v", v)
	}
}

// A failure that decided is the verdict of a log that was cut off after it.
func TestCutOffAfterAFailure(t *testing.T) {
	st := record.NewState()
	st.Failed = []record.Phase{record.PhaseConnect}
	log := logOf(startEvent(),
		record.Event{Kind: record.KindFinding, Step: record.VerbConnect, Finding: &record.Finding{Code: record.FoundRefused, Severity: "warn", Phase: record.PhaseConnect,
			Text: "mail.example.org refuses connections to port 587."}},
		record.Event{Kind: record.KindState, State: &st})
	v := CutOff(log)
	if v.Exit != record.ExitConnect || v.Finding != record.FoundRefused || v.Cause != "mail.example.org refuses connections to port 587. The log was cut off there." {
		t.Errorf("%+v", v)
	}
}

// A log may say anything.
func TestCutOffOfNonsense(t *testing.T) {
	st := record.NewState()
	st.Security, st.Stage, st.Done = record.SecurityVerified, record.StageReady, []record.Phase{record.PhaseEHLO, record.PhaseEHLOAgain}
	v := CutOff(logOf(startEvent(), record.Event{Kind: record.KindState, State: &st}))
	if v == nil || !v.Facts.CutOff || v.Cause == "" {
		t.Errorf("%+v", v)
	}
	if v := CutOff(logOf()); v == nil || !v.Facts.CutOff {
		t.Errorf("%+v", v)
	}
}
