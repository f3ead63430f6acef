# shellcheck shell=bash disable=SC2154  # dir, name, port, user and user2 are the caller's
# Postfix under DIR/postfix: eight smtpd ports on loopback. The one smtp client among its services takes mail for hop.test alone, and
# hands it to the relay port, which refuses it; the transport "nowhere" of all other mail does not exist. So nothing can leave this
# machine whatever a test asks for.

postfix_start() {
  mkdir -p "$dir"/postfix/{etc,queue,data} && chown postfix "$dir/postfix/data" || return
  borrow_libraries
  postfix_main >"$dir/postfix/etc/main.cf"
  postfix_master >"$dir/postfix/etc/master.cf"
  postfix -c "$dir/postfix/etc" start </dev/null
}

# "stop" waits, and after five seconds uses force.
postfix_stop() {
  [[ ! -e $dir/postfix/etc/main.cf ]] || postfix -c "$dir/postfix/etc" stop >/dev/null 2>&1
}

postfix_env() {
  local service
  for service in relay submission submissions plain expired verbose trusting balanced; do
    echo "EHLO_TEST_POSTFIX_${service^^}=127.0.0.1:${port[$service]}"
  done
  echo "EHLO_TEST_POSTFIX_TLS=$(for service in $(tls_services); do echo -n "$service=127.0.0.1:${port[$service]} "; done)"
  echo "EHLO_TEST_POSTFIX_QUEUE=$dir/postfix/queue"
  echo "EHLO_TEST_POSTFIX_LOG=$dir/postfix/log"
}

# No name is looked up, errors and rates are not limited, and mail for another domain stays in the queue.
postfix_main() {
  cat <<END
compatibility_level = 3.6
queue_directory = $dir/postfix/queue
data_directory = $dir/postfix/data
maillog_file = $dir/postfix/log
maillog_file_prefixes = $dir
myhostname = $name
mydestination =
mynetworks =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
disable_dns_lookups = yes
smtp_host_lookup = native
smtpd_peername_lookup = no
alias_maps =
alias_database =
virtual_mailbox_domains = $name
virtual_mailbox_maps = inline:{ $user@$name=$user/, $user2@$name=$user2/, postmaster@$name=$user/ }
virtual_mailbox_base = $dir/mail
virtual_uid_maps = static:$(id -u nobody)
virtual_gid_maps = static:$(id -g nobody)
message_size_limit = 104857600
virtual_mailbox_limit = 0
default_transport = nowhere
defer_transports = nowhere
relay_transport = \$default_transport
transport_maps = inline:{ hop.test=client:[127.0.0.1]:${port[relay]} }
local_transport = \$default_transport
smtpd_relay_restrictions = permit_sasl_authenticated, reject_unauth_destination
smtpd_sasl_type = dovecot
smtpd_sasl_path = $dir/dovecot/auth
smtpd_sasl_security_options = noanonymous
smtpd_tls_chain_files = $dir/ca/server.key, $dir/ca/server.pem
smtpd_tls_loglevel = 1
smtpd_client_connection_count_limit = 0
smtpd_client_connection_rate_limit = 0
smtpd_client_auth_rate_limit = 0
smtpd_error_sleep_time = 0
smtpd_soft_error_limit = 1000
smtpd_hard_error_limit = 1000
smtpd_junk_command_limit = 1000
END
}

postfix_master() {
  postfix_smtpd relay -o smtpd_tls_security_level=may
  postfix_smtpd submission -o smtpd_tls_security_level=encrypt -o smtpd_sasl_auth_enable=yes \
    -o smtpd_sasl_security_options=
  postfix_smtpd submissions -o smtpd_tls_wrappermode=yes -o smtpd_sasl_auth_enable=yes \
    -o smtpd_tls_ask_ccert=yes -o "smtpd_tls_CAfile=$dir/ca/ca.pem"
  postfix_smtpd verbose -v -o smtpd_tls_security_level=may -o smtpd_sasl_auth_enable=yes -o smtpd_sasl_security_options=
  postfix_smtpd plain -o smtpd_tls_security_level=none -o smtpd_sasl_auth_enable=yes
  postfix_smtpd trusting -o smtpd_tls_security_level=may -o smtpd_authorized_xclient_hosts=127.0.0.1 \
    -o smtpd_authorized_xforward_hosts=127.0.0.1
  postfix_smtpd balanced -o smtpd_tls_security_level=may -o smtpd_upstream_proxy_protocol=haproxy
  postfix_smtpd expired -o smtpd_tls_wrappermode=yes -o smtpd_sasl_auth_enable=yes \
    -o "{ smtpd_tls_chain_files = $dir/ca/expired.key, $dir/ca/expired.pem }"
  tls_master
  cat <<END
client    unix  - - n - - smtp -v -o syslog_name=postfix/client -o smtp_tls_security_level=may -o smtp_tls_loglevel=1 -o soft_bounce=yes
cleanup   unix  n - n - 0 cleanup
qmgr      unix  n - n 300 1 qmgr
tlsmgr    unix  - - n 1000? 1 tlsmgr
rewrite   unix  - - n - - trivial-rewrite
bounce    unix  - - n - 0 bounce
defer     unix  - - n - 0 bounce
trace     unix  - - n - 0 bounce
verify    unix  - - n - 1 verify
flush     unix  n - n 1000? 0 flush
proxymap  unix  - - n - - proxymap
showq     unix  n - n - - showq
error     unix  - - n - - error
retry     unix  - - n - - error
virtual   unix  - n n - - virtual
anvil     unix  - - n - 1 anvil
postlog   unix-dgram n - n - 1 postlogd
END
}

postfix_smtpd() {
  local service=$1
  shift
  echo "127.0.0.1:${port[$service]} inet n - n - - ${program:-smtpd} -o syslog_name=postfix/$service $*"
}

# For the handshakes: services KEY,ASKS,GROUP with that key, asking for a client certificate or not, that do the key
# exchange in that group and speak every version of TLS there is. SECLEVEL 0 is what TLS 1.0 and 1.1 need, and in TLS 1.2
# the curve of a client's ECDSA certificate has to be among the groups.
tls_services() {
  local key asks group
  for key in rsa ecdsa; do
    for asks in no yes; do
      for group in X25519 secp384r1 $(hybrid_group); do
        echo "$key,$asks,$group"
      done
    done
  done
}

# Postfix names a group to the library, so it has the hybrid where that has it: OpenSSL 3.5, the system's or one that
# .ci/openssl made ready.
hybrid_group() {
  ! "${EHLO_TEST_OPENSSL:-openssl}" list -kem-algorithms 2>/dev/null | grep -q X25519MLKEM768 || echo X25519MLKEM768
}

# A program that is smtpd with the libraries of .ci/openssl.
borrow_libraries() {
  local program=${EHLO_TEST_OPENSSL:-} with
  with=${program%/*}/with
  [[ -n $program && -x $with ]] || return 0
  printf '#!/bin/sh\nexec %s %s/smtpd "$@"\n' "$with" "$(postconf -dh daemon_directory)" >"$dir/postfix/smtpd" &&
    chmod 755 "$dir/postfix/smtpd"
}

tls_master() {
  local service key asks group program
  for service in $(tls_services); do
    IFS=, read -r key asks group <<<"$service"
    program=smtpd
    # master(5) takes a program below the daemon directory only
    [[ $group != *MLKEM* || ! -x $dir/postfix/smtpd ]] || program=../../../../../..$dir/postfix/smtpd
    program=$program postfix_smtpd "$service" -o smtpd_tls_security_level=may -o "smtpd_tls_ask_ccert=$asks" \
      -o "smtpd_tls_CAfile=$dir/ca/ca.pem" -o "{ tls_eecdh_auto_curves = ${group/%X25519/X25519 prime256v1} }" \
      -o 'smtpd_tls_protocols=>=TLSv1' \
      -o smtpd_tls_ciphers=high -o tls_high_cipherlist=ALL:@SECLEVEL=0 \
      -o "{ smtpd_tls_chain_files = $dir/ca/$key.key, $dir/ca/$key.pem }"
  done
}
