#!/usr/bin/env bash
# Four libraries keep a password's scrypt hash with its salt beside it. One would decode the salt as the hash is decoded:
# hex beside a hash in hex, base64 beside base64. Only passlib does. In the other three the salt that scrypt gets is the
# text itself: better-auth's 32 hexadecimal digits are 32 bytes and not 16, Werkzeug's and Django's letters are no base64
# although they look like it. Django also writes the salt between N and r, `scrypt$N$salt$r$p$hash`, where all others have
# the parameters together, and passlib has N as a logarithm and base64 with `.` for `+`. With a wrong guess, hashes that
# were moved to another system look right there, and nobody can sign in.
#
# Needs Node 20 or later and Python 3.10 or later with venv. Exits with 1 when a library behaves differently.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

npm install --silent --no-audit --no-fund better-auth@1.7.25
python3 -m venv python
python/bin/pip install --quiet --disable-pip-version-check Django==5.2.19 Werkzeug==3.1.9 passlib==1.7.4

cat >hash.mjs <<'JS'
import { hashPassword } from "better-auth/crypto";

console.log(await hashPassword("correct horse"));
JS

cat >salts.py <<'PY'
import base64
import hashlib
import sys

import django.conf
from django.contrib.auth.hashers import ScryptPasswordHasher
from passlib.hash import scrypt as passlib_scrypt
from werkzeug.security import generate_password_hash

django.conf.settings.configure()
PASSWORD = "correct horse"


def unpadded(text):
    return base64.b64decode(text.replace(".", "+") + "=" * (-len(text) % 4))


def reading(salts, n, r, p, expected):
    """The readings of a salt that lead to the hash."""
    return [
        name
        for name, salt in salts.items()
        if hashlib.scrypt(PASSWORD.encode(), salt=salt, n=n, r=r, p=p, maxmem=1 << 28, dklen=len(expected)) == expected
    ]


def show(name, shape, *arguments):
    print(f"{name}: {shape}: the salt is its {', '.join(reading(*arguments))}")


salt, digest = sys.argv[1].split(":")
salts = {"text": salt.encode(), "decoded bytes": bytes.fromhex(salt)}
show("better-auth 1.7.25", "salt:hash", salts, 1 << 14, 16, 1, bytes.fromhex(digest))

method, salt, digest = generate_password_hash(PASSWORD).split("$")
_, n, r, p = method.split(":")
salts = {"text": salt.encode(), "decoded bytes": unpadded(salt)}
show("Werkzeug 3.1.9", "scrypt:N:r:p$salt$hash", salts, int(n), int(r), int(p), bytes.fromhex(digest))

hasher = ScryptPasswordHasher()
_, n, salt, r, p, digest = hasher.encode(PASSWORD, hasher.salt()).split("$")
salts = {"text": salt.encode(), "decoded bytes": unpadded(salt)}
show("Django 5.2.19", "scrypt$N$salt$r$p$hash", salts, int(n), int(r), int(p), base64.b64decode(digest))

_, _, parameters, salt, digest = passlib_scrypt.using(rounds=14).hash(PASSWORD).split("$")
ln, r, p = (int(parameter.split("=")[1]) for parameter in parameters.split(","))
salts = {"text": salt.encode(), "decoded bytes": unpadded(salt)}
show("passlib 1.7.4", "$scrypt$ln=,r=,p=$salt$hash", salts, 1 << ln, r, p, unpadded(digest))
PY

cat >expected <<'TEXT'
better-auth 1.7.25: salt:hash: the salt is its text
Werkzeug 3.1.9: scrypt:N:r:p$salt$hash: the salt is its text
Django 5.2.19: scrypt$N$salt$r$p$hash: the salt is its text
passlib 1.7.4: $scrypt$ln=,r=,p=$salt$hash: the salt is its decoded bytes
TEXT
python/bin/python salts.py "$(node hash.mjs)" | tee seen
diff expected seen
