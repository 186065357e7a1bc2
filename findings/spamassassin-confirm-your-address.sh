#!/usr/bin/env bash
# SpamAssassin 4.0.1, as Debian 12 packages it, gives an ordinary sign-up email one point of the five that make it spam, for the
# words "confirm your address" at the end of a sentence: it takes them for those of a parcel swindle (rule YOUR_DELIVERY_ADDRESS).
#
# Needs apt's sources of Debian 12 and perl. Installs nothing in the system. Exits with 1 when the version behaves differently.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
apt-get download -qq spamassassin=4.0.1-1~deb12u1 libhtml-parser-perl libhtml-tagset-perl libnet-dns-perl libnet-ip-perl \
  libnetaddr-ip-perl libsocket6-perl 2>/dev/null
for package in *.deb; do dpkg -x "$package" root; done
: >preferences
includes=(-I "$folder/root/usr/share/perl5")
for modules in root/usr/lib/*/perl5/*; do includes+=(-I "$folder/$modules"); done

# The rules that count for an email with this sentence: `-L` asks no server.
rules() {
  printf '%s\n' 'From: no-reply@example.com' 'To: <ada@example.org>' 'Subject: Your account at example.com' \
    'Date: Mon, 30 Nov 2026 12:00:00 +0000' 'Message-ID: <1@example.com>' 'MIME-Version: 1.0' \
    'Content-Type: text/plain; charset=utf-8' '' 'Hello Ada,' '' "$1" '' 'https://example.com/auth/email?token=abc' >email
  perl -T "${includes[@]}" root/usr/bin/spamassassin -L -t -C root/usr/share/spamassassin --siteconfigpath=root/etc/spamassassin -p preferences \
    <email 2>/dev/null | sed -n 's/^ *\([1-9][0-9.]*\) \([A-Z_]*\) .*/\1 \2/p'
}

expect() {
  local found
  found=$(rules "$1")
  echo "$1 → ${found:-nothing}"
  [[ $found == "$2" ]] || { echo "another answer than before" >&2; exit 1; }
}

expect "Open this link to confirm your address." "1.0 YOUR_DELIVERY_ADDRESS"
expect "To confirm your address, open this link." "1.0 YOUR_DELIVERY_ADDRESS"
expect "Open this link to finish your sign-up." ""
