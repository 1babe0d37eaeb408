#!/usr/bin/env bash
# Makes every PEM file beside this script anew (bash and openssl 3). The files are kept in git, so that no test needs
# openssl; run this only to change them. All are valid from 2020 to the end of 2049, except the expired one; the names
# of server-like ones are localhost, 127.0.0.1 and ::1. For tests only: these private keys are public.
#
#   ca.pem                  ca-key.pem                 the authority that signs the rest
#   server-cert.pem         server-key.pem             server, RSA 2048, key in PKCS#8
#   (server-cert.pem)       server-key-pkcs1.pem       the same key in PKCS#1 (BEGIN RSA PRIVATE KEY)
#   (server-cert.pem)       encrypted-key.pem          the same key in encrypted PKCS#8, password "secret": is refused
#   (server-cert.pem)       mismatched-key.pem         a key of nobody: is refused
#   server-ec-cert.pem      server-ec-key.pem          server, P-256, key in SEC1 behind an EC PARAMETERS block
#   server-ed25519-cert.pem server-ed25519-key.pem     server, Ed25519
#   chain-cert.pem          chain-key.pem              server signed by an intermediate, which follows it in the file
#   client-cert.pem         client-key.pem             client
#   named-cert.pem          named-key.pem              client with names of all kinds: mail, DNS, URI, a long subject
#   subject-cert.pem        subject-key.pem            client with a subject and no other name
#   route-cert.pem          route-key.pem              a cluster's server: TLS server and TLS client
#   route-dns-cert.pem      route-dns-key.pem          the same for the name localhost only, without addresses
#   expired-cert.pem        expired-key.pem            server, valid in 2020 only
#   wrong-ca.pem                                       an authority that signed none of the above
#   wrong-client-cert.pem   wrong-client-key.pem       client signed by wrong-ca
set -euo pipefail
cd "$(dirname "$0")"
out=$PWD
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

from=20200101000000Z
until=20491231235959Z
names=DNS:localhost,IP:127.0.0.1,IP:::1

# "openssl ca" is the one command of openssl 3.0 that takes a fixed first and last day.
cat >"$work/ca.cnf" <<END
[ca]
default_ca = test
[test]
database = $work/index
new_certs_dir = $work
rand_serial = yes
default_md = sha256
policy = any
unique_subject = no
[any]
commonName = supplied
organizationName = optional
[req]
distinguished_name = dn
[dn]
[authority]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign,cRLSign
subjectKeyIdentifier = hash
[server]
basicConstraints = critical,CA:FALSE
keyUsage = critical,digitalSignature,keyEncipherment
extendedKeyUsage = serverAuth
subjectAltName = $names
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[signing]
basicConstraints = critical,CA:FALSE
keyUsage = critical,digitalSignature
extendedKeyUsage = serverAuth
subjectAltName = $names
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[client]
basicConstraints = critical,CA:FALSE
keyUsage = critical,digitalSignature
extendedKeyUsage = clientAuth
subjectAltName = DNS:client.localhost,email:client@localhost
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[named]
basicConstraints = critical,CA:FALSE
keyUsage = critical,digitalSignature
extendedKeyUsage = clientAuth
subjectAltName = email:joe@example.org,email:joe.two@example.org,DNS:joe.example.org,DNS:two.example.org,URI:spiffe://example.org/joe
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[subject]
basicConstraints = critical,CA:FALSE
keyUsage = critical,digitalSignature
extendedKeyUsage = clientAuth
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[route]
basicConstraints = critical,CA:FALSE
keyUsage = critical,digitalSignature,keyEncipherment
extendedKeyUsage = serverAuth,clientAuth
subjectAltName = $names
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[routedns]
basicConstraints = critical,CA:FALSE
keyUsage = critical,digitalSignature,keyEncipherment
extendedKeyUsage = serverAuth,clientAuth
subjectAltName = DNS:localhost
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
END
: >"$work/index"

rsa() { # key file
    openssl genpkey -quiet -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out "$1"
}

# sign <key> <cert> <common name or /whole/subject> <extensions> <issuer cert> <issuer key> [<from> <until>]; an issuer "self" signs itself
sign() {
    local issuer=(-cert "$5" -keyfile "$6") subject="/O=jnatsd tests/CN=$3"
    [ "$5" = self ] && issuer=(-selfsign -keyfile "$1")
    [ "${3#/}" = "$3" ] || { subject=$3; issuer+=(-preserveDN); }
    openssl req -new -utf8 -config "$work/ca.cnf" -key "$1" -subj "$subject" -out "$work/request"
    openssl ca -batch -notext -config "$work/ca.cnf" -extensions "$4" -in "$work/request" -out "$2" \
        -startdate "${7-$from}" -enddate "${8-$until}" "${issuer[@]}" 2>"$work/log" || { cat "$work/log" >&2; exit 1; }
}

rsa ca-key.pem
sign ca-key.pem ca.pem 'jnatsd test CA' authority self self

rsa server-key.pem
sign server-key.pem server-cert.pem localhost server ca.pem ca-key.pem
openssl rsa -traditional -in server-key.pem -out server-key-pkcs1.pem 2>/dev/null
openssl pkcs8 -topk8 -v2 aes-256-cbc -in server-key.pem -passout pass:secret -out encrypted-key.pem
rsa mismatched-key.pem

openssl ecparam -name prime256v1 -genkey -out server-ec-key.pem
sign server-ec-key.pem server-ec-cert.pem localhost signing ca.pem ca-key.pem
openssl genpkey -algorithm ED25519 -out server-ed25519-key.pem
sign server-ed25519-key.pem server-ed25519-cert.pem localhost signing ca.pem ca-key.pem

rsa "$work/intermediate-key.pem"
sign "$work/intermediate-key.pem" "$work/intermediate.pem" 'jnatsd test intermediate CA' authority ca.pem ca-key.pem
rsa chain-key.pem
sign chain-key.pem "$work/leaf.pem" localhost server "$work/intermediate.pem" "$work/intermediate-key.pem"
cat "$work/leaf.pem" "$work/intermediate.pem" >chain-cert.pem

rsa client-key.pem
sign client-key.pem client-cert.pem client client ca.pem ca-key.pem
openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out named-key.pem
sign named-key.pem named-cert.pem \
    '/DC=org/DC=example/O=Acme  Inc, Ltd./OU=dev+UID=42/CN=José Müller/emailAddress=joe@example.org' named ca.pem ca-key.pem
openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out subject-key.pem
sign subject-key.pem subject-cert.pem /C=US/O=Acme/OU=dev/CN=joe subject ca.pem ca-key.pem
rsa route-key.pem
sign route-key.pem route-cert.pem localhost route ca.pem ca-key.pem
rsa route-dns-key.pem
sign route-dns-key.pem route-dns-cert.pem localhost routedns ca.pem ca-key.pem

rsa expired-key.pem
sign expired-key.pem expired-cert.pem localhost server ca.pem ca-key.pem 20200101000000Z 20201231235959Z

rsa "$work/wrong-ca-key.pem"
sign "$work/wrong-ca-key.pem" wrong-ca.pem 'jnatsd wrong CA' authority self self
rsa wrong-client-key.pem
sign wrong-client-key.pem wrong-client-cert.pem client client wrong-ca.pem "$work/wrong-ca-key.pem"

chmod 644 "$out"/*.pem
