package plain

import (
	"context"
	"slices"
	"strings"

	"ehlo/session"
	"ehlo/session/sasl"
)

// authKeys are the keys about logging in that work now.
func (w *walk) authKeys(next session.Option) []key {
	var keys []key
	st := w.snap.State
	if st.Auth == session.AuthExchange || next.Step.Verb == session.VerbAuth {
		keys = append(keys, keyBuild)
	}
	if st.Auth == session.AuthExchange {
		keys = append(keys, keyCancel)
	}
	if w.snap.Capabilities != nil && st.Auth == session.AuthNone && st.Stage == session.StageReady {
		keys = append(keys, keyLogin, keyWays)
	}
	return keys
}

// canAttempt holds after a log-in that failed, where the server takes another without a new connection.
func (w *walk) canAttempt() bool {
	st := w.snap.State
	return st.FailedAt(session.PhaseAuth) && st.Stage == session.StageReady && st.Auth == session.AuthNone
}

// login asks who to log in as, and prepares it. What is left empty stays as it was.
func (w *walk) login(ctx context.Context) error {
	c := &w.goal.Credentials
	user, err := w.ask(ctx, "username"+keeps(c.Username)+" >")
	if err != nil {
		return err
	}
	w.echo("")
	if user != "" {
		c.Username = user
	}
	for _, ask := range []struct {
		what   string
		secret *sasl.Secret
	}{{"password", &c.Password}, {"access token", &c.Token}} {
		typed, err := w.secret(ctx, ask.what+" of "+c.Username+", unseen, empty keeps what there is >")
		if err != nil {
			return err
		}
		if !typed.IsZero() {
			*ask.secret = typed
		}
	}
	return w.pickMechanism(ctx)
}

func keeps(value string) string {
	if value == "" {
		return ""
	}
	return ", empty keeps " + value
}

// pickMechanism asks for the way to log in. One that is not offered can be tried on purpose.
func (w *walk) pickMechanism(ctx context.Context) error {
	w.ways()
	name, err := w.ask(ctx, "mechanism, empty for the best that is offered >")
	if err != nil {
		return err
	}
	name = strings.ToUpper(strings.TrimSpace(name))
	offered, others := session.Mechanisms(w.snap, w.goal)
	known := slices.ContainsFunc(append(offered, others...), func(c sasl.Choice) bool { return c.Name == name })
	if name != "" && !known {
		w.echo("")
		w.print("that is none of the mechanisms; the best that is offered is used")
		name = ""
	} else {
		w.echo(name)
	}
	w.goal.Mechanism, w.chosen = name, nil
	options := session.Options(w.snap, w.goal)
	if i := session.Attempt(options, w.goal); i > 0 {
		w.chosen = &options[i]
	}
	return nil
}

// ways lists the mechanisms, best first, with what each needs.
func (w *walk) ways() {
	offered, others := session.Mechanisms(w.snap, w.goal)
	if len(offered) == 0 {
		w.print("the server offers no AUTH here")
	}
	for i, c := range offered {
		w.printf("%3d  %s: %s", i+1, c.Name, c.Why)
		if c.Missing != "" {
			w.printf("     missing: %s", c.Missing)
		} else if c.Guard != "" {
			w.printf("     asks first: %s", c.Guard)
		}
		if info, ok := sasl.Lookup(c.Name); ok {
			w.printf("     listener: %s", info.Eavesdropper)
		}
	}
	var names []string
	for _, c := range others {
		names = append(names, c.Name)
	}
	w.printf("     not offered, 504 to be expected: %s", strings.Join(names, " "))
}

// reveal has the secrets of the steps to come shown, after a question, or masks them again.
func (w *walk) reveal(ctx context.Context) error {
	on := !w.snap.Revealed
	if on {
		w.print(" !   passwords, tokens and proofs of the steps to come will be written here and in the transcript as they are")
		if w.snap.Start != nil && w.snap.Start.Target.Lab {
			w.print("     the accounts of the practice server are made up: nothing is lost")
		}
		yes, err := w.yes(ctx, "show the secrets of this session?")
		if err != nil || !yes {
			return err
		}
	}
	w.engine.Reveal(on)
	w.catchUp(nil)
	return nil
}

// build makes a response from what a person types, unseen, and prepares it. What it is compared with gives nothing of the
// right one away.
func (w *walk) build(ctx context.Context, next session.Option) error {
	how, err := w.ask(ctx, `made from b base64, t text with \0 and \xHH, p the parts of PLAIN, h HMAC-MD5 of the challenge; empty for none >`)
	if err != nil {
		return err
	}
	tool := strings.ToLower(strings.TrimSpace(how))
	if !slices.Contains([]string{"b", "t", "p", "h"}, tool) {
		w.echo("")
		w.print("nothing was built")
		return nil
	}
	w.echo(tool)
	line, err := w.response(ctx, tool)
	if err != nil {
		return err
	}
	o := next
	o.Step.Edited, o.Show, o.Editable, o.Blocked = true, sasl.Mask, false, nil
	o.Step.Line = line
	if w.snap.State.Auth == session.AuthExchange {
		o.Step = session.Step{Verb: session.VerbRespond, Line: line, Edited: true}
	} else {
		o.Step.Line = strings.TrimRight("AUTH "+o.Step.Mechanism+" "+line, " ")
		o.Show = "AUTH " + o.Step.Mechanism + " " + sasl.Mask
	}
	w.compare(o.Step)
	w.chosen = &o
	return nil
}

// response asks for the parts of a response and gives the line.
func (w *walk) response(ctx context.Context, tool string) (string, error) {
	switch tool {
	case "t":
		text, err := w.secret(ctx, "text, unseen >")
		return sasl.EncodeBase64(sasl.Unescape(text.Reveal())), err
	case "p":
		parts, err := w.parts(ctx, "authzid, empty for one's own, unseen >", "username, unseen >", "password, unseen >")
		return sasl.EncodeBase64(sasl.PlainString(parts[0], parts[1], parts[2])), err
	case "h":
		parts, err := w.parts(ctx, "username, unseen >", "key, which is the password, unseen >")
		return sasl.EncodeBase64([]byte(parts[0] + " " + sasl.HMACMD5(parts[1], w.challenge()))), err
	}
	line, err := w.secret(ctx, "base64, unseen >")
	return line.Reveal(), err
}

// parts asks for several things unseen. There are as many as questions, whatever the error.
func (w *walk) parts(ctx context.Context, questions ...string) ([]string, error) {
	parts := make([]string, len(questions))
	for i, q := range questions {
		secret, err := w.secret(ctx, q)
		if err != nil {
			return parts, err
		}
		parts[i] = secret.Reveal()
	}
	return parts, nil
}

// challenge is what the server asked last, out of its base64; nil where it is none.
func (w *walk) challenge() []byte {
	if w.snap.Reply == nil || w.snap.Reply.Code != 334 || w.snap.Reply.Masked != "" {
		return nil
	}
	line := strings.TrimRight(string(w.snap.Reply.Raw), "\r\n")
	data, _ := sasl.DecodeBase64(strings.TrimPrefix(strings.TrimPrefix(line, "334"), " "))
	return data
}

// compare says how a typed line of AUTH differs from what would be sent otherwise.
func (w *walk) compare(st session.Step) {
	if p := w.snap.State.Pending; w.snap.State.Auth == session.AuthExchange && (p == nil || p.Cancel) {
		w.print("there is nothing to compare it with: the right answer is not known here")
		return
	}
	differs := w.engine.Check(st)
	if len(differs) == 0 {
		w.print("it is the same as would be sent without you")
		return
	}
	w.printf("it differs: %s", strings.Join(differs, "; "))
}

// onPrompt gives a hint in the words of the prompt: what is a flag on the command line is a key here.
func onPrompt(hint string) string { return flagsToKeys.Replace(hint) }

var flagsToKeys = strings.NewReplacer(
	"; --allow-unverified goes on all the same", "; o and another step goes on all the same, after a question",
	"; --tls opportunistic goes on without", "; o goes on without",
	"leave --auth out to use the best that is offered", "c takes the best that is offered; o tries any other, as an experiment",
	"give what is missing, or name a mechanism to try it all the same", "c gives what is missing; o tries a mechanism all the same",
)
