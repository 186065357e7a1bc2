#!/usr/bin/env bash
# openapi-python-client makes less of two valid things in an OpenAPI document than one expects:
#
# - A schema `Sessions` with a list `sessions`: in `from_dict` the list and the new object are one variable, so that mypy rejects
#   the generated module. With the schema called `SessionList` it accepts it.
# - An operation whose only security requirement is `{}`, "no credentials" (OpenAPI 3.1 §4.8.30): its functions take an
#   `AuthenticatedClient` only, and a type checker rejects `Client`. With `security: []`, which means the same, they take both.
#
# Needs Python 3.10 or later with venv. Exits with 1 when it behaves differently.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv python
python/bin/pip install --quiet --disable-pip-version-check openapi-python-client==0.29.1 mypy==2.4.1

# generate NAME SCHEMA SECURITY
generate() {
  cat >"$1.json" <<EOF
{
  "openapi": "3.1.0",
  "info": { "title": "Example", "version": "1" },
  "paths": { "/sessions": { "get": {
    "operationId": "listSessions",
    "security": $3,
    "responses": { "200": { "description": "All.", "content": { "application/json": {
      "schema": { "\$ref": "#/components/schemas/$2" } } } } } } } },
  "components": { "schemas": {
    "$2": { "type": "object", "required": ["sessions"], "properties": {
      "sessions": { "type": "array", "items": { "\$ref": "#/components/schemas/Session" } } } },
    "Session": { "type": "object", "required": ["id"], "properties": { "id": { "type": "string" } } } } }
}
EOF
  python/bin/openapi-python-client generate --path "$1.json" --output-path "$1" --meta none >/dev/null 2>&1
}

# The types that its function takes, and what mypy says.
outcome() {
  local client
  client=$(sed -n '/^def sync(/,/^)/s/^ *client: \(.*\),$/\1/p' "$1"/api/default/list_sessions.py)
  echo "$1: client is $client; mypy: $(python/bin/mypy --no-error-summary "$1" >/dev/null && echo accepts || echo rejects)"
}

generate same_name Sessions '[]'
generate other_name SessionList '[]'
generate empty_requirement SessionList '[{}]'
outcomes=$(outcome same_name; outcome other_name; outcome empty_requirement)
echo "$outcomes"
[[ $outcomes == "same_name: client is AuthenticatedClient | Client; mypy: rejects
other_name: client is AuthenticatedClient | Client; mypy: accepts
empty_requirement: client is AuthenticatedClient; mypy: accepts" ]]
