package record

// Envelope is what is asked for in MAIL and RCPT beside the addresses. What is empty is not asked for. Its values are as they stand in
// the command, but for ID and Original, which are encoded there (RFC 3461 §4).
type Envelope struct {
	// Notify says when the sender wants a report about a recipient: NEVER, or a list of SUCCESS, FAILURE and DELAY. Return is how
	// much of the message comes with it, FULL or HDRS. ID stands in it. Original is the recipient as the sender knows it, with its
	// type; a type alone takes the address of each recipient (RFC 3461 §4).
	Notify   string `json:"notify,omitempty"`
	Return   string `json:"ret,omitempty"`
	ID       string `json:"envid,omitempty"`
	Original string `json:"orcpt,omitempty"`
	// RequireTLS wants every server on the way to use TLS that is verified (RFC 8689 §2).
	RequireTLS bool `json:"requiretls,omitempty"`
	// PRDR wants a reply of its own for each recipient after the message.
	PRDR bool `json:"prdr,omitempty"`
	// By is when the message is of use, as "SECONDS;MODE" (RFC 2852 §4).
	By string `json:"by,omitempty"`
	// Hold is how long the server is to keep the message: a number of seconds, or a time (RFC 4865 §4).
	Hold string `json:"hold,omitempty"`
	// Priority is from -9 to 9 (RFC 6710 §4).
	Priority string `json:"priority,omitempty"`
	// Size stands in the place of that of the message; nil for none (RFC 1870 §6).
	Size *int64 `json:"size,omitempty"`
	// Of are the recipients that have parameters of their own.
	Of []RecipientParameters `json:"of,omitempty"`
}

// RecipientParameters are further parameters of RCPT for one recipient, as they stand in the command.
type RecipientParameters struct {
	To         string `json:"to"`
	Parameters string `json:"parameters"`
}

// ParametersOf are those that a recipient has of its own; empty where it has none.
func (e *Envelope) ParametersOf(to string) string {
	for _, r := range e.Of {
		if r.To == to {
			return r.Parameters
		}
	}
	return ""
}
