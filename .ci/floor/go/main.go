// Command floor is the least that a Go program does for connect, EHLO, STARTTLS, EHLO, AUTH PLAIN and QUIT: net/smtp and crypto/tls,
// with full verification, and acknowledgements at once as in the program measured against it.
//
//	EHLO_PASSWORD=… floor ADDRESS NAME CA USER     NAME is in the certificate
//	floor                                          what it takes to start, and nothing else
package main

import (
	"crypto/tls"
	"crypto/x509"
	"log"
	"net"
	"net/smtp"
	"os"
	"syscall"
)

func main() {
	if len(os.Args) == 1 {
		return
	}
	address, name, ca, user := os.Args[1], os.Args[2], os.Args[3], os.Args[4]
	conn, err := net.Dial("tcp", address)
	check(err)
	raw, err := conn.(*net.TCPConn).SyscallConn()
	check(err)
	client, err := smtp.NewClient(prompt{conn, raw}, name)
	check(err)
	check(client.Hello("compare.test"))
	pem, err := os.ReadFile(ca)
	check(err)
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(pem)
	check(client.StartTLS(&tls.Config{ServerName: name, RootCAs: roots})) // which says EHLO again
	check(client.Auth(smtp.PlainAuth("", user, os.Getenv("EHLO_PASSWORD"), name)))
	check(client.Quit())
}

// prompt asks for TCP_QUICKACK before each read: the kernel clears it by itself (tcp(7)).
type prompt struct {
	net.Conn
	raw syscall.RawConn
}

func (p prompt) Read(b []byte) (int, error) {
	_ = p.raw.Control(func(fd uintptr) { _ = syscall.SetsockoptInt(int(fd), syscall.IPPROTO_TCP, syscall.TCP_QUICKACK, 1) }) // else it is slower
	return p.Conn.Read(b)
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
