package sasl

// Typed gives the exchange as it goes on if a person sends typed, decoded, in place of what m gave last: where the
// client is free to choose something, the nonce of SCRAM's first message and the cnonce of DIGEST-MD5, the choice is
// then the person's. The response is what m would have sent with it. m itself stays as it is; ok is false if nothing in
// typed can be chosen freely, and m goes on as before.
func Typed(m Mechanism, typed []byte) (_ Mechanism, r Response, ok bool) {
	x, isExchange := m.(*exchange)
	if !isExchange || x.failed != nil {
		return m, Response{}, false
	}
	free, isFree := x.steps.(freeSteps)
	if !isFree {
		return m, Response{}, false
	}
	steps, r, ok := free.typed(typed)
	if !ok {
		return m, Response{}, false
	}
	other := *x
	other.steps, other.held = steps, nil
	if other.sent != nil {
		other.sent = &r
	}
	return &other, r, true
}

// freeSteps are steps with a response of which a part is the client's own choice.
type freeSteps interface {
	typed(message []byte) (stepper, Response, bool)
}

func (m *scram) typed(message []byte) (stepper, Response, bool) {
	first, ok := parseClientFirst(message)
	if !ok || m.awaits != awaitsServerFirst {
		return nil, Response{}, false
	}
	other := *m
	other.s.nonce = first.nonce
	r, err := other.start()
	return &other, r, err == nil
}

func (m *digest) typed(message []byte) (stepper, Response, bool) {
	directives, err := parseDirectives(message)
	cnonce, ok := directives.only("cnonce")
	if err != nil || !ok || cnonce == "" || m.awaits != awaitsResponseAuth {
		return nil, Response{}, false
	}
	h, err := m.inputs(m.challenge, cnonce)
	if err != nil {
		return nil, Response{}, false
	}
	other := *m
	other.expect = h.responseValue("")
	return &other, h.response(), true
}
