/*
 * The least that a C program does for connect, EHLO, STARTTLS, EHLO, AUTH PLAIN and QUIT: libssl, with full verification, and
 * acknowledgements at once as in the program measured against it.
 *
 *   EHLO_PASSWORD=... floor IPV4 PORT NAME CA USER     NAME is in the certificate
 */
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int sock;
static SSL *ssl;

static void check(int ok, const char *what)
{
	if (!ok) {
		fprintf(stderr, "floor: %s\n", what);
		exit(1);
	}
}

/* The kernel clears TCP_QUICKACK by itself (tcp(7)). */
static void acknowledge(void)
{
	setsockopt(sock, IPPROTO_TCP, TCP_QUICKACK, &(int){1}, sizeof(int));
}

/* Reads a whole reply, which ends with "CODE ". */
static void expect(const char *code)
{
	char reply[8192];
	size_t length = 0;

	for (;;) {
		acknowledge();
		int n = ssl ? SSL_read(ssl, reply + length, sizeof reply - 1 - length) : read(sock, reply + length, sizeof reply - 1 - length);
		check(n > 0, code);
		reply[length += n] = 0;
		if (reply[length - 1] != '\n')
			continue;
		reply[length - 1] = 0;
		char *last = strrchr(reply, '\n');
		last = last ? last + 1 : reply;
		if (strlen(last) > 3 && last[3] == ' ') {
			check(strncmp(last, code, 3) == 0, last);
			return;
		}
		reply[length - 1] = '\n';
	}
}

static void say(const char *line, const char *code)
{
	int length = strlen(line);
	check((ssl ? SSL_write(ssl, line, length) : write(sock, line, length)) == length, line);
	expect(code);
}

static void start_tls(const char *name, const char *ca)
{
	SSL_CTX *context = SSL_CTX_new(TLS_client_method());
	check(SSL_CTX_load_verify_file(context, ca), ca);
	SSL_CTX_set_verify(context, SSL_VERIFY_PEER, NULL);
	ssl = SSL_new(context);
	check(SSL_set1_host(ssl, name) && SSL_set_tlsext_host_name(ssl, name) && SSL_set_fd(ssl, sock), name);
	acknowledge();
	check(SSL_connect(ssl) == 1, "handshake");
}

static const char *plain(const char *user, const char *password)
{
	static char line[1024] = "AUTH PLAIN ";
	char response[512];
	int n = snprintf(response, sizeof response, "%c%s%c%s", 0, user, 0, password);
	n = EVP_EncodeBlock((unsigned char *)line + 11, (unsigned char *)response, n);
	strcpy(line + 11 + n, "\r\n");
	return line;
}

int main(int argc, char **argv)
{
	check(argc == 6, "usage: floor IPV4 PORT NAME CA USER");
	struct sockaddr_in peer = {.sin_family = AF_INET, .sin_port = htons(atoi(argv[2]))};
	check(inet_pton(AF_INET, argv[1], &peer.sin_addr) == 1, argv[1]);
	sock = socket(AF_INET, SOCK_STREAM, 0);
	check(connect(sock, (struct sockaddr *)&peer, sizeof peer) == 0, "connect");
	setsockopt(sock, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
	expect("220");
	say("EHLO compare.test\r\n", "250");
	say("STARTTLS\r\n", "220");
	start_tls(argv[3], argv[4]);
	say("EHLO compare.test\r\n", "250");
	say(plain(argv[5], getenv("EHLO_PASSWORD")), "235");
	say("QUIT\r\n", "221");
	return 0;
}
