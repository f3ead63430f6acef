package foreign

import (
	"strings"

	"ehlo/session/record"
	"ehlo/session/wire"
)

// failedTLS is a handshake that failed, by the words of a program or its library.
func failedTLS(words string) *record.TLS {
	return &record.TLS{Trouble: record.TroubleFailed, Error: wire.VisibleString(strings.TrimRight(words, "."))}
}
