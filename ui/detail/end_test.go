package detail

import (
	"testing"

	"ehlo/session"
	"ehlo/session/sasl"
	"ehlo/session/wire"
)

func TestTheEndSumsUp(t *testing.T) {
	st := session.NewState()
	st.Auth, st.User, st.Mechanism, st.Delivered = session.AuthDone, "ann", "PLAIN", 1
	state := session.Event{Kind: session.KindState, State: &st}
	secret := session.Event{Kind: session.KindSend, Send: &session.Send{Raw: wire.Raw("AUTH PLAIN " + sasl.Mask + "\r\n"), Masked: []string{sasl.HidesPassword}}}
	danger := session.Event{Kind: session.KindFinding, Finding: &session.Finding{Code: "x", Severity: "danger", Text: "the password went out"}}
	end := session.Event{Kind: session.KindEnd, End: &session.End{Phase: session.PhaseQuit}}
	has(t, page(Explain, 3, secret, danger, danger, state, end), "server      no TLS: not protected",
		"client      authenticated as ann with PLAIN; 1 message", "an eavesdropper could read the password", "‼ the password went out")
	up := session.Event{Kind: session.KindTLS, TLS: &session.TLS{Version: "TLS 1.3", Verified: true, Reference: "mail.lab"}}
	hello := session.Event{Kind: session.KindSend, Send: &session.Send{Raw: wire.Raw("EHLO me\r\n"), TLS: true}}
	has(t, page(Explain, 2, up, hello, end), "TLS 1.3, and the certificate proved that it is", "not authenticated; no message delivered", "saw the handshake, then only")
}

func TestAMaskedLineHasNoLength(t *testing.T) {
	raw := session.Event{Kind: session.KindSend, Send: &session.Send{Raw: wire.Raw("XLOGIN " + sasl.Mask + "\r\n"), Masked: []string{"typed"}}}
	has(t, page(Fields, 0, raw), "length      withheld")
}
