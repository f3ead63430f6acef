/* GnuTLS. cc gnutls.c -lgnutls */
#include "smtp.h"

#include <gnutls/gnutls.h>

static gnutls_certificate_credentials_t credentials;
static gnutls_datum_t ticket_key;
static gnutls_session_t session;

static void prepare(const char *cert, const char *key) {
  gnutls_certificate_allocate_credentials(&credentials);
  if (gnutls_certificate_set_x509_key_file(credentials, cert, key, GNUTLS_X509_FMT_PEM) < 0)
    die("no certificate");
  if (option("ca", NULL))
    gnutls_certificate_set_x509_trust_file(credentials, option("ca", NULL), GNUTLS_X509_FMT_PEM);
  gnutls_certificate_set_known_dh_params(credentials, GNUTLS_SEC_PARAM_MEDIUM);
  gnutls_session_ticket_key_generate(&ticket_key);
}

static int at_hello(gnutls_session_t s) {
  moment("hello");
  return !strcmp(option("do", ""), "unknown-name") ? GNUTLS_E_UNRECOGNIZED_NAME : 0;
}

static int trusted(void) {
  unsigned status = 0;
  if (!option("ca", NULL) || !gnutls_certificate_get_peers(session, &status))
    return 1;
  return gnutls_certificate_verify_peers2(session, &status) >= 0 && status == 0;
}

static int handshake(int fd) {
  int got;
  gnutls_init(&session, GNUTLS_SERVER);
  if (gnutls_priority_set_direct(session, option("list", "NORMAL"), NULL) < 0)
    die("no such priorities");
  gnutls_credentials_set(session, GNUTLS_CRD_CERTIFICATE, credentials);
  gnutls_certificate_server_set_request(session, (gnutls_certificate_request_t)number("ask", 10));
  gnutls_session_ticket_enable_server(session, &ticket_key);
  gnutls_handshake_set_post_client_hello_function(session, at_hello);
  gnutls_transport_set_int(session, fd);
  do
    got = gnutls_handshake(session);
  while (got < 0 && !gnutls_error_is_fatal(got));
  if (got == 0 && trusted())
    return 1;
  if (got < 0)
    gnutls_alert_send_appropriate(session, got);
  else
    gnutls_alert_send(session, GNUTLS_AL_FATAL, GNUTLS_A_BAD_CERTIFICATE);
  gnutls_deinit(session);
  return 0;
}

static int receive(char *bytes, int size) {
  int n;
  do
    n = (int)gnutls_record_recv(session, bytes, (size_t)size);
  while (n == GNUTLS_E_AGAIN || n == GNUTLS_E_INTERRUPTED);
  return n;
}

static int transmit(const char *bytes, int size) { return (int)gnutls_record_send(session, bytes, (size_t)size); }

static void act(const char *what, int times) {
  if (!strcmp(what, "tickets"))
    gnutls_session_ticket_send(session, (unsigned)times, 0);
  if (!strcmp(what, "renegotiate") && gnutls_rehandshake(session) == 0)
    gnutls_handshake(session);
  if (!strcmp(what, "unrecognized-name"))
    gnutls_alert_send(session, GNUTLS_AL_WARNING, GNUTLS_A_UNRECOGNIZED_NAME);
  if (!strcmp(what, "canceled"))
    gnutls_alert_send(session, GNUTLS_AL_WARNING, GNUTLS_A_USER_CANCELED);
  if (!strcmp(what, "denied"))
    gnutls_alert_send(session, GNUTLS_AL_FATAL, GNUTLS_A_ACCESS_DENIED);
  for (int i = 0; i < times; i++) {
    if (!strcmp(what, "update"))
      gnutls_session_key_update(session, 0);
    if (!strcmp(what, "update-both"))
      gnutls_session_key_update(session, GNUTLS_KU_PEER);
  }
}

static void leave(void) {
  if (strcmp(option("do", ""), "denied")) /* else all is said */
    gnutls_bye(session, GNUTLS_SHUT_WR);
  gnutls_deinit(session);
}
