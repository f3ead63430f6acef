# shellcheck shell=bash disable=SC2154  # dir and name are the caller's
# A throw-away certificate authority and what it signs, under DIR/ca. The keys are ECDSA P-256 where no name says rsa.

certificates() {
  mkdir -p "$dir/ca" && (
    cd "$dir/ca" || exit
    ca_database && authority &&
      server_certificate server -days 30 &&
      server_certificate rsa -days 30 &&
      server_certificate ecdsa -days 30 &&
      server_certificate expired -startdate 20200101000000Z -enddate 20200201000000Z &&
      client_certificate
  )
}

certificates_env() {
  cat <<END
EHLO_TEST_CA=$dir/ca/ca.pem
EHLO_TEST_SERVER_NAME=$name
EHLO_TEST_CLIENT_CERT=$dir/ca/client.pem
EHLO_TEST_CLIENT_KEY=$dir/ca/client.key
END
}

# "openssl ca" rather than "openssl x509": in OpenSSL 3.0 only it can sign a certificate that has ended.
ca_database() {
  : >index.txt
  cat >openssl.cnf <<END
[req]
distinguished_name = dn
[dn]
[ca]
default_ca = throwaway
[throwaway]
database = index.txt
new_certs_dir = .
rand_serial = yes
certificate = ca.pem
private_key = ca.key
default_md = sha256
policy = any
unique_subject = no
[any]
commonName = supplied
[authority]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign,cRLSign
subjectKeyIdentifier = hash
[server]
basicConstraints = critical,CA:FALSE
keyUsage = critical,digitalSignature
extendedKeyUsage = serverAuth
subjectAltName = DNS:$name,DNS:localhost,IP:127.0.0.1
authorityKeyIdentifier = keyid
[client]
basicConstraints = critical,CA:FALSE
keyUsage = critical,digitalSignature
extendedKeyUsage = clientAuth
subjectAltName = email:ann@$name
authorityKeyIdentifier = keyid
END
}

authority() {
  new_key ca && openssl req -config openssl.cnf -x509 -new -key ca.key -subj '/CN=ehlo test authority' \
    -days 30 -extensions authority -out ca.pem
}

server_certificate() {
  local file=$1
  shift
  sign "$file" "/CN=$name" server "$@"
}

client_certificate() {
  sign client /CN=ann client -days 30
}

sign() {
  local file=$1 subject=$2 extensions=$3
  shift 3
  new_key "$file" &&
    openssl req -config openssl.cnf -new -key "$file.key" -subj "$subject" -out "$file.csr" &&
    openssl ca -config openssl.cnf -batch -notext -extensions "$extensions" -in "$file.csr" -out "$file.pem" "$@"
}

new_key() {
  local kind=(EC -pkeyopt ec_paramgen_curve:P-256)
  [[ $1 != rsa ]] || kind=(RSA -pkeyopt rsa_keygen_bits:2048)
  openssl genpkey -algorithm "${kind[@]}" -out "$1.key"
}
