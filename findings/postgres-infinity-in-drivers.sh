#!/usr/bin/env bash
# PostgreSQL has `infinity` as a time. It suits a token or a block of an account that never ends: `expires_at > now()` is right
# without a special case. From a driver one would expect an error, or some very late time. Five drivers make five things of it:
#
# * pg gives the number Infinity where the other rows of the column give a Date: comparing works, `getTime()` does not.
# * postgres.js gives an invalid Date: `expires_at > new Date()` is false, so that what never ends has ended.
# * psycopg raises an error, and not from the query but from reading the row.
# * asyncpg gives datetime.max, which has no time zone, where the other rows have one: comparing it with the time now raises an
#   error.
# * pg8000 gives the text "infinity".
#
# One is safe with NULL for "never", or with a late year such as 2099.
#
# Needs Debian's postgresql, Node 20 or later and Python 3.10 or later with venv. Seen with PostgreSQL 15. Exits with 1 when a
# driver behaves differently.
set -euo pipefail

folder=$(mktemp -d)
chmod 755 "$folder"
as_server() { if [[ $(id -u) = 0 ]]; then setpriv --reuid=postgres --regid=postgres --clear-groups -- "$@"; else "$@"; fi; }
programs=$(find /usr/lib/postgresql -maxdepth 2 -name bin | sort -V | tail -1)
trap 'as_server "$programs/pg_ctl" stop -s -m immediate -D "$folder/db/data" || true; rm -rf "$folder"' EXIT
cd "$folder"

npm install --silent --no-audit --no-fund pg@8.23.1 postgres@3.4.9
python3 -m venv python
python/bin/pip install --quiet --disable-pip-version-check "psycopg[binary]==3.3.9" asyncpg==0.32.0 pg8000==1.31.6

port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
mkdir db
[[ $(id -u) != 0 ]] || chown postgres db
as_server "$programs/initdb" --pgdata "$folder/db/data" --username=me --auth=trust --no-sync >/dev/null
as_server "$programs/pg_ctl" start -s -w -D "$folder/db/data" -l "$folder/db/log" \
  -o "-c listen_addresses=127.0.0.1 -c port=$port -c unix_socket_directories=$folder/db -c fsync=off"

cat >read.mjs <<'JS'
import pg from "pg";
import postgres from "postgres";

const server = { host: "127.0.0.1", port: Number(process.argv[2]), user: "me", database: "postgres" };
const query = "SELECT expires_at FROM (VALUES ('2099-01-01Z'::timestamptz), ('infinity')) AS tokens (expires_at)";

function show(driver, rows) {
  const [usual, endless] = rows.map((row) => row.expires_at);
  const kind = (value) => (value instanceof Date ? (isNaN(value) ? "an invalid Date" : "a Date") : `${typeof value} ${value}`);
  console.log(`${driver}: 2099 is ${kind(usual)}, infinity is ${kind(endless)}, later than now: ${endless > new Date()}`);
}

const client = new pg.Client(server);
await client.connect();
show("pg 8.23.1", (await client.query(query)).rows);
await client.end();
const sql = postgres(server);
show("postgres.js 3.4.9", await sql.unsafe(query));
await sql.end();
JS

cat >read.py <<'PY'
import asyncio
import datetime
import sys

import asyncpg
import pg8000.native
import psycopg

PORT = int(sys.argv[1])
QUERY = "SELECT expires_at FROM (VALUES ('2099-01-01Z'::timestamptz), ('infinity')) AS tokens (expires_at)"


def kind(value):
    if value == datetime.datetime.max:
        return "datetime.max without a zone"
    if isinstance(value, datetime.datetime):
        return f"a datetime {'with' if value.tzinfo else 'without'} a zone"
    return repr(value)


def show(driver, usual, read):
    endless = None
    try:
        endless = read()
        later = endless > datetime.datetime.now(datetime.timezone.utc)
    except (psycopg.Error, TypeError) as error:
        later = type(error).__name__
    print(f"{driver}: 2099 is {kind(usual)}, infinity is {kind(endless) if endless else 'not read'}, later than now: {later}")


with psycopg.connect(host="127.0.0.1", port=PORT, user="me", dbname="postgres") as connection:
    cursor = connection.execute(QUERY)
    show("psycopg 3.3.9", cursor.fetchone()[0], lambda: cursor.fetchone()[0])


async def with_asyncpg():
    connection = await asyncpg.connect(host="127.0.0.1", port=PORT, user="me", database="postgres")
    rows = await connection.fetch(QUERY)
    await connection.close()
    return [row[0] for row in rows]


usual, endless = asyncio.run(with_asyncpg())
show("asyncpg 0.32.0", usual, lambda: endless)
connection = pg8000.native.Connection("me", host="127.0.0.1", port=PORT, database="postgres")
(usual,), (other,) = connection.run(QUERY)
connection.close()
show("pg8000 1.31.6", usual, lambda: other)
PY

cat >expected <<'TEXT'
pg 8.23.1: 2099 is a Date, infinity is number Infinity, later than now: true
postgres.js 3.4.9: 2099 is a Date, infinity is an invalid Date, later than now: false
psycopg 3.3.9: 2099 is a datetime with a zone, infinity is not read, later than now: DataError
asyncpg 0.32.0: 2099 is a datetime with a zone, infinity is datetime.max without a zone, later than now: TypeError
pg8000 1.31.6: 2099 is a datetime with a zone, infinity is 'infinity', later than now: TypeError
TEXT
{
  node read.mjs "$port"
  python/bin/python read.py "$port"
} | tee seen
diff expected seen
