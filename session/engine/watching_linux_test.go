package engine

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"fmt"
	"net"
	"testing"
	"time"

	"ehlo/session/certificate/pkitest"
	"ehlo/session/wire/cputest"
)

// BenchmarkWatching compares, in the processor time of the client alone, a handshake of plain crypto/tls with one under the eyes of the
// decoder and with the whole step of a session. They take turns, and a ratio is that of the medians.
func BenchmarkWatching(b *testing.B) {
	for _, key := range []string{"ECDSA", "RSA"} {
		for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
			b.Run(key+"/"+tls.VersionName(version), func(b *testing.B) {
				r := farRing(b, key, version)
				shakes := [...]func(*testing.B) time.Duration{r.plain, r.observed, r.step}
				var took [len(shakes)][]time.Duration
				for round := 0; b.Loop(); round++ {
					for i := range shakes {
						n := (round + i) % len(shakes)
						took[n] = append(took[n], shakes[n](b))
					}
				}
				plain := median(took[0])
				b.ReportMetric(float64(plain.Nanoseconds()), "plain-ns")
				b.ReportMetric(float64(median(took[1]))/float64(plain), "observed/plain")
				b.ReportMetric(float64(median(took[2]))/float64(plain), "step/plain")
			})
		}
	}
}

// farRing is a ring whose server is another process, on the clock of this one.
func farRing(b *testing.B, key string, version uint16) *ring {
	server := cputest.Start(b, "TestServeHandshakes", fmt.Sprint(key, " ", version))
	root, err := base64.StdEncoding.DecodeString(server.Line(b))
	if err != nil {
		b.Fatal(err)
	}
	cert, err := x509.ParseCertificate(root)
	if err != nil {
		b.Fatal(err)
	}
	r := &ring{now: clockOfPKI(), clock: func() time.Time { return time.Unix(0, int64(cputest.CPU())) }, address: server.Line(b)}
	r.client = &tls.Config{RootCAs: x509.NewCertPool(), ServerName: "mail.lab", Time: r.now, MinVersion: version, MaxVersion: version}
	r.client.RootCAs.AddCert(cert)
	return r
}

// The server of such a ring: it prints its root and its address.
func TestServeHandshakes(t *testing.T) {
	var key string
	var version uint16
	if _, err := fmt.Sscan(cputest.Asked(), &key, &version); err != nil {
		t.Skip("a server of BenchmarkWatching")
	}
	p := benchPKI(key)
	server := p.Server("mail.lab")
	server.Time, server.MinVersion, server.MaxVersion = clockOfPKI(), version, version
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	fmt.Println(base64.StdEncoding.EncodeToString(p.Root.Raw))
	fmt.Println(ln.Addr())
	go serveHandshakes(ln, server)
	cputest.UntilLeft()
}

// clockOfPKI goes on from the time when the certificates of a test hold.
func clockOfPKI() func() time.Time {
	began := time.Now()
	return func() time.Time { return pkitest.Time.Add(time.Since(began)) }
}
