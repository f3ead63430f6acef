package machine

import (
	"context"
	"crypto/ed25519"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"math/big"
	"net/netip"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"ehlo/session/doctor"
)

func TestFolder(t *testing.T) {
	home := t.TempDir()
	t.Setenv("HOME", home)
	state := filepath.Join(home, ".local", "state", "ehlo")
	if f := folder(state, ""); f.Path != "~/.local/state/ehlo" || f.Exists || f.Problem != "" {
		t.Errorf("one that can be made: %+v", f)
	}
	if err := os.MkdirAll(state, 0o700); err != nil {
		t.Fatal(err)
	}
	if f := folder(state, ""); !f.Exists || f.Shared || f.Problem != "" {
		t.Errorf("one that is there: %+v", f)
	}
	if left, _ := os.ReadDir(state); len(left) > 0 {
		t.Errorf("something is left behind: %v", left)
	}
	os.Chmod(state, 0o755)
	if f := folder(state, ""); !f.Shared {
		t.Errorf("one that others read: %+v", f)
	}
	in := filepath.Join(home, "file")
	os.WriteFile(in, nil, 0o600)
	for _, path := range []string{in, filepath.Join(in, "ehlo")} {
		if f := folder(path, ""); f.Problem == "" || strings.Contains(f.Problem, home) {
			t.Errorf("%s: %+v", path, f)
		}
	}
	if f := folder("", "no place: $HOME is not defined"); f.Path != "" || f.Problem == "" {
		t.Errorf("none: %+v", f)
	}
}

func TestReadOnlyFolder(t *testing.T) {
	if os.Geteuid() == 0 {
		t.Skip("root writes everywhere")
	}
	dir := t.TempDir()
	os.Chmod(dir, 0o500)
	if f := folder(dir, ""); f.Problem != "permission denied" {
		t.Errorf("%+v", f)
	}
}

func TestResolver(t *testing.T) {
	if runtime.GOOS == "darwin" || runtime.GOOS == "windows" {
		t.Skip("the system looks names up")
	}
	dir := t.TempDir()
	conf, order := filepath.Join(dir, "resolv.conf"), filepath.Join(dir, "nsswitch.conf")
	if r := resolver(conf, order); r.Problem != "no such file or directory" {
		t.Errorf("no file: %+v", r)
	}
	os.WriteFile(conf, []byte("# nameserver 9.9.9.9\nsearch corp.example\nnameserver 127.0.0.53\nnameserver 10.1.2.3 # ours\nnameserver fe80::1%eth0\nnameserver 100.64.0.1\nnameserver x\nnameserver\nnameserver 9.9.9.9\n"), 0o600)
	os.WriteFile(order, []byte("passwd: files ldap\nhosts: files mdns4_minimal [NOTFOUND=return] resolve [!UNAVAIL=return] dns ldap # wins\n"), 0o600)
	r := resolver(conf, order)
	want := []string{"127.0.0.53 on this machine", "a private address", "a link-local address", "a shared address", "an address that cannot be read", "a public address"}
	if !slices.Equal(r.Servers, want) || !slices.Equal(r.Plugins, []string{"mdns4_minimal", "ldap"}) {
		t.Errorf("%q, %q", r.Servers, r.Plugins)
	}
}

func TestRoots(t *testing.T) {
	if runtime.GOOS == "darwin" || runtime.GOOS == "windows" {
		t.Skip("the system keeps its roots")
	}
	dir, now := t.TempDir(), time.Now()
	file, folder := filepath.Join(dir, "all.pem"), filepath.Join(dir, "more")
	valid, expired, other := root(t, now.AddDate(1, 0, 0)), root(t, now.AddDate(0, 0, -1)), root(t, now.AddDate(1, 0, 0))
	nonsense := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: []byte("nonsense")})
	os.Mkdir(folder, 0o700)
	os.WriteFile(file, slices.Concat([]byte("text\n"), valid, expired, nonsense), 0o600)
	os.WriteFile(filepath.Join(folder, "0"), valid, 0o600)
	os.WriteFile(filepath.Join(folder, "1"), other, 0o600)
	env := map[string]string{"SSL_CERT_FILE": file, "SSL_CERT_DIR": filepath.Join(dir, "none") + string(filepath.ListSeparator) + folder}
	r := roots(now, func(name string) string { return env[name] })
	if r.Count != 3 || r.Valid != 2 || !slices.Equal(r.Named, []string{"SSL_CERT_FILE", "SSL_CERT_DIR"}) || !slices.Equal(r.Files, []string{file, folder}) {
		t.Errorf("%+v", r)
	}
	env = map[string]string{"SSL_CERT_FILE": filepath.Join(dir, "none"), "SSL_CERT_DIR": dir + "/none"}
	if r := roots(now, func(name string) string { return env[name] }); r.Count != 0 || len(r.Files) > 0 {
		t.Errorf("none: %+v", r)
	}
}

// root is a certificate in PEM that is valid until a time.
func root(t *testing.T, until time.Time) []byte {
	public, key, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	form := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: until.AddDate(-2, 0, 0), NotAfter: until, IsCA: true}
	der, err := x509.CreateCertificate(nil, form, form, public, key)
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
}

func TestKind(t *testing.T) {
	for address, want := range map[string]string{"127.0.0.1": "loopback", "::1": "loopback", "169.254.3.4": "link-local", "fe80::1": "link-local", "192.168.0.2": "private",
		"fd00::1": "private", "100.127.255.255": "shared", "100.128.0.1": "public", "2a00::1": "public", "::ffff:10.0.0.1": "private"} {
		if got := kind(netip.MustParseAddr(address)); got != want {
			t.Errorf("%s is %s, want %s", address, got, want)
		}
	}
}

// What is told of this machine can be shown to everyone.
func TestNothingPersonal(t *testing.T) {
	home := t.TempDir()
	t.Setenv("HOME", home)
	t.Setenv("ALL_PROXY", "socks5://ann:s3cret@proxy.corp.example:1080")
	t.Setenv("EHLO_PASSWORD", "hunter2-hunter2")
	m := Look(context.Background(), Config{State: filepath.Join(home, "state", "ehlo"), Config: filepath.Join(home, "config", "ehlo")})
	text, err := json.Marshal(doctor.Examine(m))
	for _, secret := range []string{home, "s3cret", "corp.example", "hunter2"} {
		if err != nil || strings.Contains(string(text), secret) {
			t.Errorf("%q is in %s, %v", secret, text, err)
		}
	}
	if !m.Proxy || !m.Password {
		t.Error("the environment was not looked at")
	}
}
