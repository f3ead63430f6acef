package route

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
)

// Autoconfig is a file of settings for mail clients: the servers of a domain, and how they are used. Thunderbird began with it and others
// read it too; draft-ietf-mailmaint-autoconfig-06 of June 2026 describes it, and is no standard yet.
type Autoconfig struct {
	URL string `json:"url"`
	// Domains are those whose mailboxes the settings are for.
	Domains []string  `json:"domains,omitempty"`
	Servers []Setting `json:"servers,omitempty"`
}

// Setting is a server in such a file.
type Setting struct {
	// Kind is smtp for an outgoing server, imap or pop3 for an incoming one. Others, such as jmap, have a URL and are only named.
	Kind string `json:"type"`
	Host string `json:"host,omitempty"`
	Port int    `json:"port,omitempty"` // 0 is none that is valid
	// Socket is how TLS starts: SSL from the first byte, STARTTLS, or plain for never (§3.7.3). Logins are the ways to log in (§3.7.4).
	Socket string   `json:"socket,omitempty"`
	Logins []string `json:"logins,omitempty"`

	known bool // the kind is one that a session over TCP has
}

// The sockets of the file.
const (
	socketTLS      = "SSL"
	socketSTARTTLS = "STARTTLS"
	socketPlain    = "plain"
)

// At is the server as people name it: "smtp mail.example.org:465".
func (s Setting) At() string {
	if s.Host == "" {
		return s.Kind
	}
	return fmt.Sprintf("%s %s:%d", s.Kind, called(s.Host), s.Port)
}

// server is the server in a sentence: "smtp server mail.example.org:465".
func (s Setting) server() string { return strings.Replace(s.At(), " ", " server ", 1) }

// fault says for what a mail client passes over the server (§3.9); empty for nothing.
func (s Setting) fault() string {
	switch {
	case !hostName(s.Host):
		return fmt.Sprintf("a server of the type %s has the hostname %s", orNone(s.Kind), orNone(called(s.Host)))
	case s.Port == 0:
		return "no valid port is given for " + called(s.Host)
	case !slices.Contains([]string{socketTLS, socketSTARTTLS, socketPlain}, s.Socket):
		return fmt.Sprintf("the %s has the socketType %s", s.server(), orNone(s.Socket))
	}
	return ""
}

// Bounds of a file: how deep its elements are, how many servers and domains are kept, and how long a value is, in bytes.
const (
	mostNested   = 16
	mostSettings = 16
	longestValue = 255
)

// ReadAutoconfig reads the settings for a domain; why says what keeps mail clients from them. What is not known is passed over, as
// they do (§3.9), and no entity is looked up.
func ReadAutoconfig(body []byte, domain string) (file Autoconfig, why string) {
	body = bytes.TrimPrefix(body, []byte("\uFEFF"))
	d := xml.NewDecoder(bytes.NewReader(body))
	d.CharsetReader = func(name string, _ io.Reader) (io.Reader, error) { return nil, foreignCharset(name) }
	r := settingsReader{domain: domain}
	for {
		token, err := d.Token()
		if err == io.EOF {
			break
		}
		if err != nil {
			return r.file, faultOf(err)
		}
		if why := r.take(token); why != "" {
			return r.file, why
		}
	}
	switch {
	case !r.begun:
		return r.file, "the file is empty"
	case !slices.ContainsFunc(r.file.Servers, func(s Setting) bool { return !s.known || s.fault() == "" }):
		return r.file, "no server is named that a mail client can use"
	}
	return r.file, ""
}

// foreignCharset is an encoding other than UTF-8 (§3.2).
type foreignCharset string

func (c foreignCharset) Error() string { return "the encoding is " + string(c) + ", and not UTF-8" }

func faultOf(err error) string {
	if c, ok := errors.AsType[foreignCharset](err); ok {
		return short(c.Error())
	}
	if bad, ok := errors.AsType[*xml.SyntaxError](err); ok {
		return short(fmt.Sprintf("line %d: %s", bad.Line, bad.Msg))
	}
	return short(err.Error())
}

// settingsReader takes a file token by token.
type settingsReader struct {
	domain string
	file   Autoconfig
	begun  bool
	path   []string // the elements that are open
	server *Setting
	text   strings.Builder // of the innermost element
}

// take takes one token; why says what is wrong with it.
func (r *settingsReader) take(token xml.Token) (why string) {
	switch t := token.(type) {
	case xml.StartElement:
		return r.open(t)
	case xml.CharData:
		r.text.Write(t[:min(len(t), max(0, longestValue-r.text.Len()))])
	case xml.EndElement:
		r.close()
	}
	return ""
}

// The elements that are read, by their paths.
const (
	rootElement     = "clientConfig"
	domainElement   = "clientConfig/emailProvider/domain"
	incomingElement = "clientConfig/emailProvider/incomingServer"
	outgoingElement = "clientConfig/emailProvider/outgoingServer"
)

func (r *settingsReader) open(e xml.StartElement) (why string) {
	name := e.Name.Local
	switch {
	case len(r.path) == 0 && name != rootElement:
		return short(fmt.Sprintf("the root element is %s, and not %s", name, rootElement))
	case len(r.path) == mostNested:
		return fmt.Sprintf("elements are nested more than %d deep", mostNested)
	}
	r.begun = true
	r.path = append(r.path, name)
	r.text.Reset()
	if at := strings.Join(r.path, "/"); at == incomingElement || at == outgoingElement {
		r.server = newSetting(e.Attr, at == outgoingElement)
	}
	return ""
}

func newSetting(attributes []xml.Attr, outgoing bool) *Setting {
	s := &Setting{}
	if i := slices.IndexFunc(attributes, func(a xml.Attr) bool { return a.Name.Local == "type" }); i >= 0 {
		s.Kind = short(attributes[i].Value)
	}
	s.known = outgoing && s.Kind == "smtp" || !outgoing && (s.Kind == "imap" || s.Kind == "pop3")
	return s
}

func (r *settingsReader) close() {
	at, value := strings.Join(r.path, "/"), strings.TrimSpace(r.text.String())
	switch above := strings.TrimSuffix(at, "/"+r.path[len(r.path)-1]); {
	case at == domainElement && len(r.file.Domains) < mostSettings:
		r.file.Domains = append(r.file.Domains, short(r.filled(value)))
	case at == incomingElement || at == outgoingElement:
		if len(r.file.Servers) < mostSettings {
			r.file.Servers = append(r.file.Servers, *r.server)
		}
	case above == incomingElement || above == outgoingElement:
		r.set(r.path[len(r.path)-1], value)
	}
	r.path = r.path[:len(r.path)-1]
	r.text.Reset()
}

// set gives the server a value. Of one that is there twice the first counts, but of the ways to log in, which are in order.
func (r *settingsReader) set(name, value string) {
	s := r.server
	switch {
	case name == "hostname" && s.Host == "":
		s.Host = bare(r.filled(value))
	case name == "port" && s.Port == 0:
		port, _ := strconv.ParseUint(value, 10, 16)
		s.Port = int(port)
	case name == "socketType" && s.Socket == "":
		s.Socket = short(value)
	case name == "authentication" && len(s.Logins) < mostSettings:
		s.Logins = append(s.Logins, short(value))
	}
}

// filled is a name with the domain where the placeholder for it is (§3.8).
func (r *settingsReader) filled(name string) string {
	return strings.ToLower(strings.ReplaceAll(name, "%EMAILDOMAIN%", r.domain))
}
