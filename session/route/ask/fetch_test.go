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
	"slices"
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
	return f.Get(t.Context(), policy)
}

// here is a resolver for which every name is this machine.
type here struct{}

func (here) LookupNetIP(context.Context, string, string) ([]netip.Addr, error) {
	return []netip.Addr{netip.MustParseAddr("127.0.0.1")}, nil
}

// policy is where that of MTA-STS is.
const policy = "https://mta-sts.shop.test/.well-known/mta-sts.txt"

const valid = "version: STSv1\r\nmode: enforce\r\nmx: mx.shop.test\r\nmax_age: 604800\r\n"

// What comes of web servers in order, with faults, and hostile ones.
func TestGet(t *testing.T) {
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
		"an oversize page": {good, func(w http.ResponseWriter, r *http.Request) {
			for range 200 {
				io.WriteString(w, strings.Repeat("mx: a.test\r\n", 100))
			}
		}, func(f route.Fetched) bool { return f.Large && len(f.Body) == route.LargestPage }},
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
func TestNothingToGet(t *testing.T) {
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
		if got := f.Get(t.Context(), "https://mta-sts."+domain+"/"); got.Lost != route.LostName || !strings.Contains(got.Error, want) {
			t.Errorf("%s: %+v", domain, got)
		}
	}
}

// Nothing goes to a web server but the name of the page: no mail address, no secret, no cookie of before.
func TestWhatIsSent(t *testing.T) {
	var sent []string
	port := web(t, pkitest.Lab().Server("mta-sts.shop.test"), func(w http.ResponseWriter, r *http.Request) {
		sent = append(sent, r.Method+" "+r.URL.String())
		for name, values := range r.Header {
			sent = append(sent, name+": "+strings.Join(values, " "))
		}
		http.SetCookie(w, &http.Cookie{Name: "a", Value: "b"})
		w.Header().Add("WWW-Authenticate", `Basic realm="x"`)
		w.Header().Add("WWW-Authenticate", "NTLM")
		w.WriteHeader(http.StatusUnauthorized)
	})
	if got := fetched(t, port); !slices.Equal(got.Logins, []string{"Basic", "NTLM"}) {
		t.Errorf("%+v", got)
	}
	fetched(t, port)
	slices.Sort(sent)
	if want := []string{"Connection: close", "GET /.well-known/mta-sts.txt", "User-Agent: Go-http-client/1.1"}; !slices.Equal(slices.Compact(sent), want) {
		t.Errorf("%q is sent", sent)
	}
}

// A page is asked for over HTTPS alone, and at the port of its URL.
func TestWhereIsAsked(t *testing.T) {
	port := web(t, pkitest.Lab().Server("mta-sts.shop.test"), http.NotFound)
	f := Fetcher{Resolver: here{}, Roots: pkitest.Lab().Roots, Now: func() time.Time { return pkitest.Time }}
	if got := f.Get(t.Context(), fmt.Sprintf("https://mta-sts.shop.test:%d/", port)); got.Status != http.StatusNotFound {
		t.Errorf("%+v", got)
	}
	for _, page := range []string{"http://mta-sts.shop.test/", "https://user:secret@mta-sts.shop.test/", "file:///etc/passwd", "https://%zz/", ""} {
		if got := f.Get(t.Context(), page); got.Lost != route.LostConnection || got.Error != "this is no address of a web server" {
			t.Errorf("%s: %+v", page, got)
		}
	}
}

// The pages of the practice domains come as they would over HTTPS.
func TestPractice(t *testing.T) {
	if p, why := route.ReadPolicy(Practice(t.Context(), "https://mta-sts.lab.test/.well-known/mta-sts.txt").Body); why != "" || p.Mode != "enforce" {
		t.Errorf("%+v %s", p, why)
	}
	if file, why := route.ReadAutoconfig(Practice(t.Context(), "https://autoconfig.lab.test/mail/config-v1.1.xml").Body, "lab.test"); why != "" || len(file.Servers) != 2 {
		t.Errorf("%+v %s", file, why)
	}
	if f := Practice(t.Context(), "https://autodiscover.lab.test/autodiscover/autodiscover.xml"); f.Status != http.StatusUnauthorized || len(f.Logins) == 0 {
		t.Errorf("%+v", f)
	}
	if f := Practice(t.Context(), "https://mta-sts.news.example/.well-known/mta-sts.txt"); f.Status != http.StatusNotFound {
		t.Errorf("%+v", f)
	}
}
