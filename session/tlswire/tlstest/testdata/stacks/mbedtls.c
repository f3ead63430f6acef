/* Mbed TLS 2. cc mbedtls.c -lmbedtls -lmbedx509 -lmbedcrypto */
#include "smtp.h"

#include <mbedtls/ctr_drbg.h>
#include <mbedtls/entropy.h>
#include <mbedtls/net_sockets.h>
#include <mbedtls/ssl.h>
#include <mbedtls/ssl_ticket.h>

static mbedtls_ssl_config config;
static mbedtls_ssl_context session;
static mbedtls_net_context socket_of_client;

static void prepare(const char *cert, const char *key) {
  static mbedtls_entropy_context entropy;
  static mbedtls_ctr_drbg_context chance;
  static mbedtls_x509_crt chain, roots;
  static mbedtls_pk_context own;
  static mbedtls_ssl_ticket_context tickets;
  static int suites[2];
  mbedtls_entropy_init(&entropy);
  mbedtls_ctr_drbg_init(&chance);
  mbedtls_ctr_drbg_seed(&chance, mbedtls_entropy_func, &entropy, NULL, 0);
  if (mbedtls_x509_crt_parse_file(&chain, cert) || mbedtls_pk_parse_keyfile(&own, key, NULL) || mbedtls_x509_crt_parse_file(&roots, option("ca", cert)))
    die("no certificate");
  mbedtls_ssl_config_defaults(&config, MBEDTLS_SSL_IS_SERVER, MBEDTLS_SSL_TRANSPORT_STREAM, MBEDTLS_SSL_PRESET_DEFAULT);
  mbedtls_ssl_conf_rng(&config, mbedtls_ctr_drbg_random, &chance);
  mbedtls_ssl_conf_own_cert(&config, &chain, &own);
  mbedtls_ssl_conf_ca_chain(&config, &roots, NULL);
  mbedtls_ssl_conf_authmode(&config, number("ask", 10)); /* 1 is optional, 2 is required */
  mbedtls_ssl_conf_renegotiation(&config, MBEDTLS_SSL_RENEGOTIATION_ENABLED);
  if ((suites[0] = number("list", 16)))
    mbedtls_ssl_conf_ciphersuites(&config, suites);
  mbedtls_ssl_ticket_setup(&tickets, mbedtls_ctr_drbg_random, &chance, MBEDTLS_CIPHER_AES_256_GCM, 3600);
  mbedtls_ssl_conf_session_tickets_cb(&config, mbedtls_ssl_ticket_write, mbedtls_ssl_ticket_parse, &tickets);
}

static int handshake(int fd) {
  socket_of_client.fd = fd;
  mbedtls_ssl_init(&session);
  if (mbedtls_ssl_setup(&session, &config))
    die("no session");
  mbedtls_ssl_set_bio(&session, &socket_of_client, mbedtls_net_send, mbedtls_net_recv, NULL);
  if (mbedtls_ssl_handshake(&session) == 0)
    return 1;
  mbedtls_ssl_free(&session);
  return 0;
}

static int receive(char *bytes, int size) { return mbedtls_ssl_read(&session, (unsigned char *)bytes, (size_t)size); }

static int transmit(const char *bytes, int size) { return mbedtls_ssl_write(&session, (const unsigned char *)bytes, (size_t)size); }

static void act(const char *what, int times) {
  if (!strcmp(what, "renegotiate"))
    mbedtls_ssl_renegotiate(&session);
}

static void leave(void) {
  mbedtls_ssl_close_notify(&session);
  mbedtls_ssl_free(&session);
}
