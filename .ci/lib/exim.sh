# shellcheck shell=bash disable=SC2154  # dir, name, port and user are the caller's
# Exim 4 under DIR/exim, for PRDR, which no other server here has. Debian's package conflicts with Postfix, so it is unpacked and not
# installed; with CI=true one that cannot be had is a failure, elsewhere it is done without. Exim is a user of its own from its start on, and delivers into folders of that user.

readonly exim_user=Debian-exim

exim_start() {
  has_exim || return 0
  mkdir -p "$dir"/exim/{spool,log,mail} && chown "$exim_user:" "$dir"/exim/{spool,log,mail} || return
  cp "$dir/ca/server.key" "$dir/exim/key" && chown "$exim_user:" "$dir/exim/key" && chmod 600 "$dir/exim/key" || return
  exim_configuration >"$dir/exim/conf"
  "$(exim_program)" -C "$dir/exim/conf" -bd </dev/null
}

exim_stop() {
  local pid
  pid=$(cat "$dir/exim/spool/pid" 2>/dev/null) && grep -qs '^Name:.exim4$' "/proc/$pid/status" || return 0
  kill "$pid"
}

exim_env() {
  has_exim || return 0
  cat <<END
EHLO_TEST_EXIM=127.0.0.1:${port[exim]}
EHLO_TEST_EXIM_MAIL=$dir/exim/mail
END
}

exim_program() {
  echo "$dir/exim/root/usr/sbin/exim4"
}

has_exim() {
  [[ -x $(exim_program) ]]
}

# The user is the one that the package would make.
exim_unpack() {
  mkdir -p "$dir/exim/root" && (
    cd "$dir/exim" || exit
    exim_download || { apt-get -q update && exim_download; } || exit # the lists may be old, or missing
    dpkg -x exim4-daemon-light_*.deb root && rm -f ./*.deb
  ) >"$dir/exim/unpack.log" 2>&1 || return
  id "$exim_user" >/dev/null 2>&1 || useradd --system --user-group --no-create-home --shell /usr/sbin/nologin "$exim_user"
}

exim_download() {
  apt-get -q download exim4-daemon-light
}

# A message is refused for the recipient full after it was sent, and only with PRDR.
exim_configuration() {
  cat <<END
primary_hostname = $name
exim_path = $(exim_program)
spool_directory = $dir/exim/spool
log_file_path = $dir/exim/log/%s
pid_file_path = $dir/exim/spool/pid
exim_user = $exim_user
exim_group = $exim_user
local_interfaces = 127.0.0.1
daemon_smtp_ports = ${port[exim]}
host_lookup =
rfc1413_query_timeout = 0s
keep_environment =
tls_advertise_hosts = *
tls_certificate = $dir/ca/server.pem
tls_privatekey = $dir/exim/key
prdr_enable = true
dsn_advertise_hosts = *
acl_smtp_rcpt = recipient
acl_smtp_data_prdr = content
begin acl
recipient:
  accept domains = $name
  deny message = relay not permitted
content:
  deny condition = \${if eq{\$local_part}{full}}
       message = the filter of this recipient refuses the message
  accept
begin routers
mailboxes:
  driver = accept
  domains = $name
  local_parts = $user : full
  transport = maildir
begin transports
maildir:
  driver = appendfile
  maildir_format
  directory = $dir/exim/mail/\$local_part_data
  user = $exim_user
END
}
