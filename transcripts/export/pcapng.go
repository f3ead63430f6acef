package export

import (
	"io"

	"ehlo/transcripts/capture"
)

// Pcapng writes the session as packets with what crossed in cleartext, see [capture.Write].
func Pcapng(w io.Writer, s *Session) error {
	return capture.Write(w, s.Events, s.remarks)
}
