/* A mail server for one client at a time, on a port of loopback that the system chooses, with TLS from the first byte.
 *
 *   server CERT KEY [name=value]...
 *
 * It prints its port. What a library has to give is declared here, and each has a file of its own. The options:
 *
 *   list=TEXT    cipher suites, in the library's own language
 *   groups=TEXT  of the key exchange
 *   max=VERSION  highest version: 303 is TLS 1.2
 *   ask=N        for a client certificate: 1 wants one, 2 requires one
 *   ca=FILE      that client certificates are held against; without it none is refused
 *   do=WHAT      something unusual at EHLO, or at=WHEN: hello, greeting
 *   times=N      of that
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static void prepare(const char *cert, const char *key);
static int handshake(int fd); /* 0 if it failed; nothing is to be released then */
static int receive(char *bytes, int size);
static int transmit(const char *bytes, int size);
static void act(const char *what, int times);
static void leave(void);

static int argument_count;
static char **arguments;

static const char *option(const char *name, const char *otherwise) {
  size_t n = strlen(name);
  for (int i = 3; i < argument_count; i++)
    if (!strncmp(arguments[i], name, n) && arguments[i][n] == '=')
      return arguments[i] + n + 1;
  return otherwise;
}

static int number(const char *name, int base) { return (int)strtol(option(name, "0"), NULL, base); }

static void die(const char *why) {
  fprintf(stderr, "%s\n", why);
  exit(1);
}

static void moment(const char *now) {
  const char *what = option("do", NULL);
  int times = number("times", 10);
  if (what && !strcmp(now, option("at", "ehlo")))
    act(what, times ? times : 1);
}

static int say(const char *line) { return transmit(line, (int)strlen(line)); }

static void answer(const char *line) {
  if (!strncmp(line, "EHLO", 4)) {
    moment("ehlo");
    say("250-mail.lab\r\n250 SIZE\r\n");
  } else {
    say(strncmp(line, "QUIT", 4) ? "250 ok\r\n" : "221 bye\r\n");
  }
}

static void converse(void) {
  char bytes[4096], line[4096];
  int length = 0, n, quit = 0;
  moment("greeting");
  say("220 mail.lab ESMTP\r\n");
  while (!quit && (n = receive(bytes, sizeof bytes)) > 0)
    for (int i = 0; i < n && length < (int)sizeof line - 1; i++) {
      line[length++] = bytes[i];
      if (bytes[i] != '\n')
        continue;
      line[length] = 0;
      answer(line);
      quit = !strncmp(line, "QUIT", 4);
      length = 0;
    }
}

static int listening(void) {
  struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
  socklen_t size = sizeof at;
  int fd = socket(AF_INET, SOCK_STREAM, 0);
  if (bind(fd, (struct sockaddr *)&at, size) || listen(fd, 8) || getsockname(fd, (struct sockaddr *)&at, &size))
    die("no port");
  printf("%d\n", ntohs(at.sin_port));
  fflush(stdout);
  return fd;
}

int main(int count, char **list) {
  argument_count = count;
  arguments = list;
  signal(SIGPIPE, SIG_IGN);
  if (count < 3)
    die("server CERT KEY [name=value]...");
  prepare(list[1], list[2]);
  for (int at = listening();;) {
    int fd = accept(at, NULL, NULL);
    if (handshake(fd)) {
      converse();
      leave();
    }
    shutdown(fd, SHUT_WR); /* what the client still has to say is read, or the system would reset the connection */
    for (char rest[512]; read(fd, rest, sizeof rest) > 0;)
      ;
    close(fd);
  }
}
