package lab

import (
	"crypto/rand"
	"crypto/sha256"
	"io"
	chacha "math/rand/v2"
	"strconv"
)

// randomness is where the nonces of a connection come from. With a seed it is the same for the same number of the connection
// in every process, whatever the other connections do.
func (o Options) randomness(connection int) io.Reader {
	if o.Seed == "" {
		return rand.Reader
	}
	return chacha.NewChaCha8(sha256.Sum256([]byte("nonces\x00" + o.Seed + "\x00" + strconv.Itoa(connection))))
}
