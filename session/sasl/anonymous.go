package sasl

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

const anonymousRef = "RFC 4505 §2"

var _ = register(func() []mechanism {
	return []mechanism{{Info: Info{Name: "ANONYMOUS", Family: "ANONYMOUS", Status: "standards track", Ref: "RFC 4505", Needs: NeedsNothing,
		Summary:      "the client logs in without an identity; the server logs optional trace information",
		Eavesdropper: hearsNothing, ClientFirst: true, OnRequest: true, Trace: true, Supported: true},
		place: 700, why: whyNobody, short: shortNobody, lines: 1,
		client:  func(s settings) (stepper, error) { return newAnonymous(s) },
		server:  func(s *Server) serverStepper { return serverOnce(s.anonymous) },
		message: openPublic,
		slips:   otherField,
		tools: func() []Tool {
			return []Tool{publicTool("optional information about the client", publicInput("trace", "not secret: an address, or any text"))}
		},
	}}
})

// maxTrace is the longest trace information, in characters.
const maxTrace = 255

// anonymous is ANONYMOUS: a message that helps to find who caused trouble and proves nothing.
type anonymous struct{ trace string }

func newAnonymous(s settings) (*anonymous, error) {
	trace := s.credentials.Trace
	if trace == "" {
		trace = s.credentials.Username
	}
	return &anonymous{trace: trace}, checkTrace(trace)
}

// checkTrace is the trace profile (RFC 4505 §3): nothing is mapped, and control characters and their like are
// refused.
func checkTrace(s string) error {
	refused := func(r rune) bool { return unicode.Is(prohibited, r) && !unicode.Is(nonASCIISpace, r) }
	e := &Error{Code: CodePreparation, Ref: "RFC 4505 §3"}
	switch {
	case !utf8.ValidString(s) || strings.IndexFunc(s, refused) >= 0:
		e.Text = "the trace information has a character that is not allowed"
	case utf8.RuneCountInString(s) > maxTrace:
		e.Text = "the trace information has more than 255 characters"
	default:
		return checkDirection(s)
	}
	return e
}

func (m *anonymous) start() (Response, error) {
	return Response{Data: []byte(m.trace), Values: []Value{
		text("trace", m.trace, "an e-mail address or any token; the server does not check it", anonymousRef)}}, nil
}

func (m *anonymous) next([]byte) (Challenge, Response, error) {
	return Challenge{}, Response{}, unexpected(anonymousRef)
}

func (m *anonymous) done() ([]Finding, error) { return unproven("RFC 4505 §5"), nil }

// anonymous lets everyone in; the name shows that nobody was authenticated.
func (s *Server) anonymous(response []byte) error {
	if checkTrace(string(response)) != nil {
		return ErrSyntax
	}
	return s.accept("anonymous", "", ByNothing)
}
