package anonymize

import (
	"testing"

	"ehlo/session/lab/waitingtest"
)

func TestMain(m *testing.M) {
	waitingtest.Beside()
	m.Run()
}
