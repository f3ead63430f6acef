package ask

import (
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"ehlo/session/certificate/pkitest"
	"ehlo/session/route"
)

// web is an HTTPS server on loopback, and its port.
func web(t *testing.T, cfg *tls.Config, answer http.HandlerFunc) int {
	t.Helper()
	s := httptest.NewUnstartedServer(answer)
	s.TLS = cfg
	s.Config.ErrorLog = nil
	s.StartTLS()
	t.Cleanup(s.Close)
	return s.Listener.Addr().(*net.TCPAddr).Port
}

// fetched is what comes from a port of this machine.
func fetched(t *testing.T, port int) route.Fetched {
	t.Helper()
	f := Fetcher{Resolver: here{}, Roots: pkitest.Lab().Roots, Port: port, Now: func() time.Time { return pkitest.Time }}
	return f.Policy(t.Context(), "shop.test")
}

// here is a resolver for which every name is this machine.
type here struct{}

func (here) LookupNetIP(context.Context, string, string) ([]netip.Addr, error) {
	return []netip.Addr{netip.MustParseAddr("127.0.0.1")}, nil
}

const valid = "version: STSv1\r\nmode: enforce\r\nmx: mx.shop.test\r\nmax_age: 604800\r\n"

// What comes of web servers in order, with faults, and hostile ones.
func TestPolicy(t *testing.T) {
	good := pkitest.Lab().Server("mta-sts.shop.test")
	elsewhere := 0
	other := web(t, good, func(http.ResponseWriter, *http.Request) { elsewhere++ })
	for name, c := range map[string]struct {
		cfg    *tls.Config
		answer http.HandlerFunc
		want   func(route.Fetched) bool
	}{
		"in order": {good, func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/.well-known/mta-sts.txt" && r.Host == "mta-sts.shop.test" {
				w.Header().Set("Content-Type", "text/plain")
				io.WriteString(w, valid)
			}
		}, func(f route.Fetched) bool {
			return f.Status == 200 && string(f.Body) == valid && f.Type == "text/plain" && f.Lost == ""
		}},
		"404": {good, http.NotFound, func(f route.Fetched) bool { return f.Status == 404 }},
		"a redirect": {good, func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, fmt.Sprintf("https://127.0.0.1:%d/", other), http.StatusFound)
		}, func(f route.Fetched) bool { return f.Status == 302 && strings.HasPrefix(f.To, "https://127.0.0.1") }},
		"an oversize policy": {good, func(w http.ResponseWriter, r *http.Request) {
			for range 200 {
				io.WriteString(w, strings.Repeat("mx: a.test\r\n", 100))
			}
		}, func(f route.Fetched) bool { return f.Large && len(f.Body) == route.LargestPolicy }},
		"an oversize header": {good, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("X-Large", strings.Repeat("x", 1<<20))
		}, func(f route.Fetched) bool { return f.Lost == route.LostConnection }},
		"another name": {pkitest.Lab().Server("www.shop.test"), http.NotFound, func(f route.Fetched) bool {
			return f.Lost == route.LostCertificate && strings.Contains(f.Error, "mta-sts.shop.test")
		}},
		"expired": {pkitest.Lab().Serve(pkitest.Lab().Sign(pkitest.From(pkitest.Host("mta-sts.shop.test"), -pkitest.Year, -pkitest.Day), pkitest.Lab().Middle, nil), pkitest.Lab().Middle), http.NotFound,
			func(f route.Fetched) bool {
				return f.Lost == route.LostCertificate && strings.Contains(f.Error, "expired")
			}},
		"an unknown CA": {nil, http.NotFound, func(f route.Fetched) bool { return f.Lost == route.LostCertificate }},
		"cut off": {good, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Length", "1000")
			io.WriteString(w, valid)
		}, func(f route.Fetched) bool { return f.Lost == route.LostConnection && f.Status == 0 }},
	} {
		t.Run(name, func(t *testing.T) {
			if got := fetched(t, web(t, c.cfg, c.answer)); !c.want(got) {
				t.Errorf("%+v", got)
			}
		})
	}
	if elsewhere > 0 {
		t.Error("a redirect was followed")
	}
}

// What does not answer is said, and what is not to be contacted is not.
func TestNoPolicy(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := l.Addr().(*net.TCPAddr).Port
	l.Close()
	if got := fetched(t, port); got.Lost != route.LostConnection || !strings.Contains(got.Error, "refused") {
		t.Errorf("%+v", got)
	}
	f := Fetcher{Resolver: &Resolver{Servers: []string{serve(t)}}}
	for domain, want := range map[string]string{"in.shop.example": "not one of the public Internet", "nothing.shop.example": "does not exist"} {
		if got := f.Policy(t.Context(), domain); got.Lost != route.LostName || !strings.Contains(got.Error, want) {
			t.Errorf("%s: %+v", domain, got)
		}
	}
}

// The policies of the practice domains come as they would over HTTPS.
func TestPractice(t *testing.T) {
	if p, why := route.ReadPolicy(Practice(t.Context(), "lab.test").Body); why != "" || p.Mode != "enforce" {
		t.Errorf("%+v %s", p, why)
	}
	if f := Practice(t.Context(), "news.example"); f.Status != 404 {
		t.Errorf("%+v", f)
	}
}
