#!/usr/bin/env bash
# SQLite writes the index of each column that an UPDATE names, also when the column keeps its value. A sign-in that stores what the
# provider sent ("SET email = ..., last_used_at = ...") therefore deletes an entry of the index of addresses and inserts it again,
# though addresses hardly ever change: two pages go to the write-ahead log instead of one, and seven where the page of the index is
# balanced with its neighbours on the way. PostgreSQL compares the values instead, and
# leaves its indexes alone where none of their columns changed. A statement that names the column only when it has changed writes
# the table alone.
#
# Needs Python 3.9 or later with pip. Exits with 1 when SQLite behaves differently.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

python3 -m venv environment
environment/bin/pip install --quiet --disable-pip-version-check apsw==3.46.1.0

cat >update.py <<'PYTHON'
import os
import struct
import sys

import apsw

FRAME = 24 + 4096

database = apsw.Connection("accounts.db")
for statement in (
    "PRAGMA page_size = 4096",
    "PRAGMA journal_mode = WAL",
    "PRAGMA wal_autocheckpoint = 0",
    "CREATE TABLE identities (id INTEGER PRIMARY KEY, email TEXT, last_used_at INTEGER)",
    "CREATE INDEX identities_by_email ON identities (email)",
):
    database.execute(statement)
with database:
    database.executemany(
        "INSERT INTO identities VALUES (?, ?, 0)",
        ((number, f"user{number}@example.com") for number in range(1, 1001)),
    )


def frames():
    """Frames of the write-ahead log, as page numbers."""
    with open("accounts.db-wal", "rb") as log:
        text = log.read()[32:]
    return [struct.unpack(">I", text[at : at + 4])[0] for at in range(0, len(text), FRAME)]


def written_by(statement):
    """How many pages a statement wrote."""
    before = len(frames())
    database.execute(statement)
    return len(frames()) - before


found = {
    "names the time alone": written_by("UPDATE identities SET last_used_at = 1 WHERE id = 500"),
    "names the address, unchanged": written_by(
        "UPDATE identities SET last_used_at = 2, email = 'user500@example.com' WHERE id = 500"
    ),
    "assigns the address to itself": written_by("UPDATE identities SET last_used_at = 3, email = email WHERE id = 500"),
}
print("SQLite", apsw.sqlite_lib_version())
for statement, pages in found.items():
    print(f"an UPDATE that {statement} writes {pages} page(s)")
sys.exit(list(found.values()) != [1, 7, 2])
PYTHON

environment/bin/python update.py || {
  echo "SQLite behaves differently now" >&2
  exit 1
}
