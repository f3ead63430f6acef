/* OpenSSL, and two libraries that have its interface.
 *
 *   cc openssl.c -lssl -lcrypto
 *   cc -DWOLF openssl.c -lwolfssl
 *   cc -DBORING -I/usr/include/android openssl.c -L/usr/lib/…/android -lssl -lcrypto
 */
#include "smtp.h"

#ifdef WOLF
#include <wolfssl/options.h>

#include <wolfssl/openssl/ssl.h>
#define METHOD wolfSSLv23_server_method()
#else
#include <openssl/ssl.h>
#define METHOD TLS_server_method()
#endif

static SSL_CTX *context;
static SSL *session;

static int anyone(int good, X509_STORE_CTX *chain) { return good || !option("ca", NULL); }

static void prepare(const char *cert, const char *key) {
  context = SSL_CTX_new(METHOD);
  if (SSL_CTX_use_certificate_file(context, cert, SSL_FILETYPE_PEM) != 1 || SSL_CTX_use_PrivateKey_file(context, key, SSL_FILETYPE_PEM) != 1)
    die("no certificate");
  if (option("list", NULL) && SSL_CTX_set_cipher_list(context, option("list", NULL)) != 1)
    die("no such cipher suites");
  if (option("ca", NULL))
    SSL_CTX_load_verify_locations(context, option("ca", NULL), NULL);
  if (number("ask", 10) > 0)
    SSL_CTX_set_verify(context, number("ask", 10) == 1 ? SSL_VERIFY_PEER : SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, anyone);
#ifndef WOLF
  SSL_CTX_set_session_id_context(context, (const unsigned char *)"lab", 3);
  if (number("max", 16))
    SSL_CTX_set_max_proto_version(context, number("max", 16));
  if (option("groups", NULL) && SSL_CTX_set1_curves_list(context, option("groups", NULL)) != 1)
    die("no such groups");
#endif
}

static int handshake(int fd) {
  session = SSL_new(context);
  SSL_set_fd(session, fd);
  if (SSL_accept(session) == 1)
    return 1;
  SSL_free(session);
  return 0;
}

static int receive(char *bytes, int size) { return SSL_read(session, bytes, size); }

static int transmit(const char *bytes, int size) { return SSL_write(session, bytes, size); }

static void act(const char *what, int times) {
  for (int i = 0; i < times && !strncmp(what, "update", 6); i++) {
#ifdef WOLF
    wolfSSL_update_keys(session);
#else
    SSL_key_update(session, strcmp(what, "update") ? SSL_KEY_UPDATE_REQUESTED : SSL_KEY_UPDATE_NOT_REQUESTED);
    SSL_do_handshake(session);
#endif
  }
#if !defined WOLF && !defined BORING
  if (!strcmp(what, "renegotiate")) {
    SSL_renegotiate(session);
    SSL_do_handshake(session);
  }
#endif
}

static void leave(void) {
  SSL_shutdown(session);
  SSL_free(session);
}
