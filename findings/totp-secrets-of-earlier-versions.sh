#!/usr/bin/env bash
# Users who set up an authenticator app years ago have secrets as long as the library of that day made them by default:
# otplib 12 and pyotp 2.3 took 80 bits, sixteen letters, as the Key URI format's example has. RFC 4226 §4 asks for 128. The
# same libraries of today do not only make longer ones: otplib 13 (below 128 bits) and pyotp 2.12 (below 112) also refuse to
# compute a code from a stored secret of their own earlier version, so that an update locks these users out of their second
# factor. otpauth and pyotp 2.9 go on. One has to look at the lengths that are stored before the update; otplib takes a
# lower limit as an option, with each call.
#
# Needs Node 20 or later and Python 3.10 or later with venv. Exits with 1 when a library behaves differently.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

npm install --silent --no-audit --no-fund old@npm:otplib@12.0.1 otplib@13.5.0 otpauth@9.5.2
for version in 2.3.0 2.9.0 2.12.1; do
  python3 -m venv "pyotp-$version"
  "pyotp-$version/bin/pip" install --quiet --disable-pip-version-check "pyotp==$version"
done

cat >codes.mjs <<'JS'
import { TOTP } from "otpauth";
import { createGuardrails, generate } from "otplib";
import old from "old";

const secret = old.authenticator.generateSecret();
const expected = new TOTP({ secret }).generate({ timestamp: 0 });
const code = await generate({ secret, epoch: 0 }).catch((error) => error.message);
const lowered = await generate({ secret, epoch: 0, guardrails: createGuardrails({ MIN_SECRET_BYTES: 10 }) });
console.log(`otplib 12.0.1 makes ${secret.length * 5} bits`);
console.log(`otpauth 9.5.2: ${expected.length} digits`);
console.log(`otplib 13.5.0: ${code}`);
console.log(`otplib 13.5.0 with a lower limit: ${lowered === expected ? "the same digits" : lowered}`);
JS

cat >codes.py <<'PY'
import sys

import pyotp

try:
    print(f"{len(pyotp.TOTP(sys.argv[1]).at(0))} digits")
except ValueError as error:
    print(error)
PY

cat >expected <<'TEXT'
otplib 12.0.1 makes 80 bits
otpauth 9.5.2: 6 digits
otplib 13.5.0: Secret must be at least 16 bytes (128 bits), got 10 bytes
otplib 13.5.0 with a lower limit: the same digits
pyotp 2.3.0 makes 80 bits
pyotp 2.9.0: 6 digits
pyotp 2.12.1: Secrets must be at least 112 bits after decoding
TEXT
{
  node codes.mjs
  secret=$(pyotp-2.3.0/bin/python -c 'import pyotp; print(pyotp.random_base32())')
  echo "pyotp 2.3.0 makes $((${#secret} * 5)) bits"
  for version in 2.9.0 2.12.1; do
    echo "pyotp $version: $("pyotp-$version/bin/python" codes.py "$secret")"
  done
} | tee seen
diff expected seen
