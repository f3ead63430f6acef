# shellcheck shell=bash disable=SC2154  # dir, name and port are the caller's
# Dovecot 2.3 under DIR/dovecot: the AUTH service that Postfix asks, LMTP to the mailboxes, and the submission proxy where it is
# installed.

readonly user=ann password=Lantern+Orchard/71 user2=bob password2=Harbour-Violin-26

dovecot_start() {
  mkdir -p "$dir/dovecot/run" "$dir/mail" && chown nobody:nogroup "$dir/mail" || return
  dovecot_accounts && dovecot_tokens && dovecot_configuration >"$dir/dovecot/dovecot.conf" || return
  dovecot_lmtp >>"$dir/dovecot/dovecot.conf"
  has_dovecot_submission && dovecot_submission >>"$dir/dovecot/dovecot.conf"
  DOVECOT_HOSTDOMAIN=$name dovecot -c "$dir/dovecot/dovecot.conf" </dev/null &&
    await "Dovecot's AUTH service" test -S "$dir/dovecot/auth"
}

dovecot_stop() {
  local pid
  pid=$(cat "$dir/dovecot/run/master.pid" 2>/dev/null) && runs "$pid" || return 0
  kill "$pid"
  await "Dovecot's end" ends "$pid" || kill -KILL "$pid"
}

dovecot_env() {
  cat <<END
EHLO_TEST_USER=$user
EHLO_TEST_PASSWORD=$password
EHLO_TEST_USER2=$user2
EHLO_TEST_PASSWORD2=$password2
EHLO_TEST_TOKEN=$(<"$dir/dovecot/token")
EHLO_TEST_DOVECOT_LMTP=127.0.0.1:${port[lmtp]}
EHLO_TEST_DOVECOT_LMTP_SOCKET=$dir/dovecot/lmtp
EHLO_TEST_ADDRESS=$user@$name
EHLO_TEST_ADDRESS_FULL=full@$name
EHLO_TEST_MAILDIR=$dir/mail/$user
END
}

has_dovecot_submission() {
  [[ -x /usr/lib/dovecot/submission-login ]]
}

# A process that has ended but is not yet waited for (state Z) does not count; nor does another with the same number.
runs() {
  grep -qs '^Name:.dovecot$' "/proc/$1/status" && grep -qs '^State:.[^Z]' "/proc/$1/status"
}

ends() {
  ! runs "$1"
}

# The challenge-response mechanisms need the password itself, hence {PLAIN}. For EXTERNAL the certificate is all that
# counts, and one user may log in by it.
dovecot_accounts() {
  printf '%s:{PLAIN}%s\n' "$user" "$password" "$user2" "$password2" >"$dir/dovecot/users" &&
    printf '%s:::::::nopassword\n' "$user" >"$dir/dovecot/certified" &&
    { mailbox "$user" && mailbox "$user2" && mailbox full 'userdb_quota_rule=*:bytes=1'; } >"$dir/dovecot/mailboxes"
}

mailbox() {
  printf '%s::%s:%s::%s::%s\n' "$1" "$(id -u nobody)" "$(id -g nobody)" "$dir/mail/$1" "${2:-}"
}

# Tokens are checked on the spot, with no authorisation server: a JWT (RFC 7519) signed with HS256. Dovecot looks
# for the key in FOLDER/default/HS256/default, in base64.
dovecot_tokens() {
  local key folder=$dir/dovecot/keys/default/HS256
  key=$(openssl rand -hex 32)
  mkdir -p "$folder" && printf %s "$key" | base64 -w0 >"$folder/default" &&
    bearer_token "$key" >"$dir/dovecot/token" &&
    cat >"$dir/dovecot/oauth2.conf" <<END
introspection_mode = local
local_validation_key_dict = fs:posix:prefix=$dir/dovecot/keys/
username_attribute = sub
END
}

bearer_token() {
  local now head body
  now=$(date +%s)
  head=$(printf '{"alg":"HS256","typ":"JWT"}' | base64url)
  body=$(printf '{"sub":"%s","iat":%d,"nbf":%d,"exp":%d}' "$user" "$now" "$now" $((now + 86400)) | base64url)
  printf '%s.%s.%s\n' "$head" "$body" \
    "$(printf %s "$head.$body" | openssl dgst -sha256 -mac HMAC -macopt "key:$1" -binary | base64url)"
}

base64url() {
  base64 -w0 | tr '+/' '-_' | tr -d '='
}

# A refusal answers at once: without the delay and the penalty for repeated failures that a public server needs.
dovecot_configuration() {
  cat <<END
base_dir = $dir/dovecot/run
log_path = $dir/dovecot/log
instance_name = ehlo-test
listen = 127.0.0.1
hostname = $name
postmaster_address = postmaster@$name
protocols =
auth_mechanisms = plain login cram-md5 digest-md5 scram-sha-1 scram-sha-256 oauthbearer xoauth2 external anonymous
auth_realms = $name
auth_failure_delay = 0
auth_verbose = yes
service anvil {
  unix_listener anvil-auth-penalty {
    mode = 0
  }
}
service auth {
  unix_listener $dir/dovecot/auth {
    mode = 0600
    user = postfix
  }
}
passdb {
  driver = passwd-file
  mechanisms = external
  args = username_format=%n $dir/dovecot/certified
}
passdb {
  driver = passwd-file
  mechanisms = plain login cram-md5 digest-md5 scram-sha-1 scram-sha-256
  args = username_format=%n $dir/dovecot/users
}
passdb {
  driver = oauth2
  mechanisms = oauthbearer xoauth2
  args = $dir/dovecot/oauth2.conf
}
userdb {
  driver = passwd-file
  args = username_format=%n $dir/dovecot/mailboxes
}
mail_location = maildir:$dir/mail/%n
ssl = required
ssl_cert = <$dir/ca/server.pem
ssl_key = <$dir/ca/server.key
END
}

# The mailbox of the user full is so small that no message fits: it is refused after the message (RFC 2033 §4.2).
dovecot_lmtp() {
  cat <<END
protocols = lmtp
protocol lmtp {
  mail_plugins = quota
}
plugin {
  quota = maildir:
}
service lmtp {
  inet_listener lmtp {
    port = ${port[lmtp]}
  }
  unix_listener $dir/dovecot/lmtp {
    mode = 0600
  }
}
END
}

# EXTERNAL works here and not by Postfix, which does not tell Dovecot whom the client's certificate names: its requests
# (xsasl_dovecot_server.c) have service, lip, rip and secured, and neither valid-client-cert nor cert_username. Postfix
# therefore keeps it off its list (smtpd_sasl_mechanism_filter = !external, static:rest). ANONYMOUS is the other way
# round: this service does not offer it, and Postfix does.
dovecot_submission() {
  cat <<END
protocols = lmtp submission
ssl_ca = <$dir/ca/ca.pem
ssl_verify_client_cert = yes
ssl_require_crl = no
ssl_cert_username_field = commonName
auth_ssl_username_from_cert = yes
submission_relay_host = 127.0.0.1
submission_relay_port = ${port[relay]}
service submission-login {
  inet_listener submission {
    port = ${port[dovecot]}
  }
}
END
}
