package machine

import (
	"io"
	"net/netip"
	"os"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"

	"ehlo/session/doctor"
)

// mostSettings bounds what is read of a file of settings, in bytes.
const mostSettings = 64 << 10

// resolver reads how names are looked up, as resolv.conf(5) and nsswitch.conf(5) have it.
func resolver(conf, order string) doctor.Resolver {
	r := doctor.Resolver{Own: own(), File: conf}
	if runtime.GOOS == "windows" || runtime.GOOS == "darwin" || runtime.GOOS == "ios" {
		r.System, r.Own = true, false
		return r
	}
	text, err := settings(conf)
	if err != nil {
		r.Problem = plain(err)
		return r
	}
	for _, words := range text {
		if len(words) > 1 && words[0] == "nameserver" {
			r.Servers = append(r.Servers, served(words[1]))
		}
	}
	r.Plugins = plugins(order)
	return r
}

// own reports whether the program was built without the C library: it then asks name servers itself.
func own() bool {
	info, ok := debug.ReadBuildInfo()
	return ok && slices.ContainsFunc(info.Settings, func(s debug.BuildSetting) bool { return s.Key == "CGO_ENABLED" && s.Value == "0" })
}

// served is a name server by its kind. One on this machine gives nobody away, and which one it is tells what program it is.
func served(address string) string {
	a, err := netip.ParseAddr(address)
	switch {
	case err != nil:
		return "an address that cannot be read"
	case a.IsLoopback():
		return a.String() + " on this machine"
	}
	return "a " + kind(a) + " address"
}

// plugins are what nsswitch.conf asks for hosts beside files and DNS.
func plugins(order string) (list []string) {
	text, err := settings(order)
	if err != nil {
		return nil
	}
	usual := []string{"files", "dns", "resolve", "myhostname", "mymachines"}
	for _, words := range text {
		if words[0] != "hosts:" {
			continue
		}
		for _, w := range words[1:] {
			if !strings.HasPrefix(w, "[") && !strings.HasSuffix(w, "]") && !slices.Contains(usual, w) && len(w) < 32 {
				list = append(list, w)
			}
		}
	}
	return list
}

// settings are the words of each line of a file that has some, comments left out.
func settings(path string) (lines [][]string, err error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	text, err := io.ReadAll(io.LimitReader(file, mostSettings))
	for line := range strings.Lines(string(text)) {
		line, _, _ = strings.Cut(line, "#")
		if words := strings.Fields(line); len(words) > 0 {
			lines = append(lines, words)
		}
	}
	return lines, err
}
