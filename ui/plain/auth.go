package plain

import (
	"context"
	"slices"
	"strings"

	"ehlo/session/record"
	"ehlo/session/sasl"
	"ehlo/session/walk"
	"ehlo/transcripts/words"
	"ehlo/ui/bench"
)

// authKeys are the keys about logging in that work now.
func (w *explorer) authKeys(next walk.Option) []key {
	var keys []key
	st := w.snap.State
	if st.Auth == record.AuthExchange || next.Step.Verb == record.VerbAuth {
		keys = append(keys, keyBuild)
	}
	if st.Auth == record.AuthExchange {
		keys = append(keys, keyCancel)
	}
	if w.snap.Capabilities != nil && st.Auth == record.AuthNone && st.Stage == record.StageReady {
		keys = append(keys, keyLogin, keyWays)
	}
	return keys
}

// login asks who to log in as, and prepares it. What is left empty stays as it was.
func (w *explorer) login(ctx context.Context) error {
	for _, account := range w.accounts {
		w.printf("%s", account)
	}
	c := &w.goal.Credentials
	user, err := w.line(ctx, "username"+keeps(c.Username)+":", false)
	if err != nil {
		return err
	}
	if user != "" {
		c.Username = user
	}
	for _, ask := range []struct {
		what   string
		secret *sasl.Secret
	}{{"password", &c.Password}, {"access token", &c.Token}} {
		typed, err := w.secret(ctx, ask.what+" of "+c.Username+", hidden; empty keeps the current one:")
		if err != nil {
			return err
		}
		if !typed.IsZero() {
			*ask.secret = typed
		}
	}
	if err := w.pickMechanism(ctx); err != nil {
		return err
	}
	if err := w.moreSettings(ctx); err != nil {
		return err
	}
	options := walk.Options(w.snap, w.goal)
	if i := walk.Attempt(options, w.goal); i > 0 {
		w.chosen = &options[i]
	}
	return nil
}

func keeps(value string) string {
	if value == "" {
		return ""
	}
	return ", empty keeps " + value
}

// pickMechanism asks for the way to log in. One that is not offered can be tried on purpose.
func (w *explorer) pickMechanism(ctx context.Context) error {
	w.ways()
	name, err := w.ask(ctx, "mechanism, empty for the best one offered:")
	if err != nil {
		return err
	}
	name = strings.ToUpper(strings.TrimSpace(name))
	offered, others := walk.Mechanisms(w.snap, w.goal)
	known := slices.ContainsFunc(append(offered, others...), func(c sasl.Choice) bool { return c.Name == name })
	if name != "" && !known {
		w.echo("")
		w.print("there is no such mechanism; the best one offered is used")
		name = ""
	} else {
		w.echo(name)
	}
	w.goal.Mechanism, w.chosen, w.stuck = name, nil, false
	return nil
}

// ways lists the mechanisms, best first, with what each needs.
func (w *explorer) ways() {
	offered, others := walk.Mechanisms(w.snap, w.goal)
	if len(offered) == 0 {
		w.print("the server offers no AUTH here")
	}
	for i, c := range offered {
		w.printf("%d: %s: %s", i+1, c.Name, words.List("; ", c.Why, needs(c)))
		if info, ok := sasl.Lookup(c.Name); ok {
			w.printf("what an eavesdropper gains from %s: %s", c.Name, info.Eavesdropper)
		}
	}
	var names []string
	for _, c := range others {
		names = append(names, c.Name)
	}
	w.printf("not offered, expect 504: %s", strings.Join(names, ", "))
}

// needs is what has to be done first for a mechanism.
func needs(c sasl.Choice) string {
	switch {
	case c.Missing != "":
		return "missing: " + c.Missing
	case c.OnRequest:
		return "only on request"
	}
	return words.Labelled("asks first: ", c.Guard)
}

// reveal has the secrets of the steps to come shown, after a question, or masks them again.
func (w *explorer) reveal(ctx context.Context) error {
	on := !w.snap.Revealed && !(w.goal.Practices() && !w.snap.Veiled)
	if on {
		w.print("warning: passwords, tokens and proofs of the steps to come will be written unmasked here and in the transcript")
		if w.snap.Start != nil && w.snap.Start.Target.Lab {
			w.print("the accounts of the practice server are fictitious, so this does no harm")
		}
		yes, err := w.yes(ctx, "show the secrets of this session?")
		if err != nil || !yes {
			return err
		}
	}
	w.engine.Reveal(on)
	w.catchUp()
	return nil
}

// compare says how a typed line of AUTH differs from what would be sent otherwise.
func (w *explorer) compare(st record.Step) {
	if !bench.Comparable(w.snap.State) {
		w.print("the line cannot be compared: the right answer is not known")
		return
	}
	differs := w.engine.Check(st)
	if len(differs) == 0 {
		w.print("the line is the same as the program would send")
		return
	}
	w.printf("the line differs: %s", strings.Join(differs, "; "))
}
