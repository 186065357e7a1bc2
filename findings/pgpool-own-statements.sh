#!/usr/bin/env bash
# Two things that a client of pgpool-II 4.3.5 (Debian 12) may not expect.
#
# The statements that pgpool-II answers itself (`PGPOOL SHOW …`, `SHOW POOL_NODES`) return columns whose type is 0, where
# PostgreSQL's own SHOW returns `text` (25). A client that looks its decoder up by the type finds none: sqlx's `Any` driver
# refuses the row ("does not support the Postgres type"), so that a program which asks whether it is behind a load balancer
# learns nothing. Read as text, without asking for the type, the values are there.
#
# And `load_balance_mode = on` alone balances nothing: a backend without `backend_weight` weighs 0, the shares are 0/0, and
# every session is sent to the first server. `SHOW POOL_NODES` shows it as `-nan`.
#
# Needs Debian 12's postgresql, pgpool2 and Python 3. Exits with 1 when a version behaves differently.
set -euo pipefail

folder=$(mktemp -d /tmp/pgpool-XXXXXX)
chmod 755 "$folder"
as_server() { if [[ $(id -u) = 0 ]]; then setpriv --reuid=postgres --regid=postgres --clear-groups -- "$@"; else "$@"; fi; }
programs=$(find /usr/lib/postgresql -maxdepth 2 -name bin | sort -V | tail -1)
pgpool=$(PATH=$PATH:/usr/sbin command -v pgpool)
trap 'kill $(jobs -p) 2>/dev/null || true; as_server "$programs/pg_ctl" stop -s -m immediate -D "$folder/db/data" || true; rm -rf "$folder"' EXIT

free_port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }
port=$(free_port) front=$(free_port)
mkdir "$folder/db" "$folder/pool"
[[ $(id -u) != 0 ]] || chown postgres "$folder/db"
as_server "$programs/initdb" --pgdata "$folder/db/data" --username=me --auth=trust --no-sync >/dev/null
as_server "$programs/pg_ctl" start -s -w -D "$folder/db/data" -l "$folder/db/log" \
  -o "-c listen_addresses=127.0.0.1 -c port=$port -c unix_socket_directories=$folder/db -c fsync=off"

cat >"$folder/pool/pgpool.conf" <<CONF
listen_addresses = '127.0.0.1'
port = $front
pcp_port = $(free_port)
unix_socket_directories = '$folder/pool'
pcp_socket_dir = '$folder/pool'
pid_file_name = '$folder/pool/pid'
logdir = '$folder/pool'
backend_clustering_mode = 'streaming_replication'
sr_check_user = 'me'
sr_check_database = 'postgres'
backend_hostname0 = '127.0.0.1'
backend_port0 = $port
load_balance_mode = on
CONF
touch "$folder/pool/pcp.conf"
(cd "$folder/pool" && exec "$pgpool" -n -f pgpool.conf -F pcp.conf >log 2>&1) &

python3 - "$port" "$front" <<'PY'
import socket
import struct
import sys
import time


def ask(port, statement):
    """The names, types and texts of the first row, by the simple query protocol."""
    for _ in range(100):
        try:
            server = socket.create_connection(("127.0.0.1", port))
            break
        except OSError:
            time.sleep(0.1)
    startup = b"user\0me\0database\0postgres\0\0"
    server.sendall(struct.pack("!II", 8 + len(startup), 196608) + startup)
    query = statement.encode() + b"\0"
    server.sendall(b"Q" + struct.pack("!I", 4 + len(query)) + query)
    names, types, texts, ready = [], [], [], 0
    stream = server.makefile("rb")
    while ready < 2:
        kind, length = stream.read(1), struct.unpack("!I", stream.read(4))[0]
        body = stream.read(length - 4)
        ready += kind == b"Z"
        if kind == b"T":
            at = 2
            for _ in range(struct.unpack("!H", body[:2])[0]):
                end = body.index(b"\0", at)
                names.append(body[at:end].decode())
                types.append(struct.unpack("!I", body[end + 7 : end + 11])[0])
                at = end + 19
        if kind == b"D" and not texts:
            at = 2
            for _ in names:
                size = struct.unpack("!i", body[at : at + 4])[0]
                texts.append(body[at + 4 : at + 4 + max(size, 0)].decode())
                at += 4 + max(size, 0)
    return names, types, dict(zip(names, texts))


_, own, _ = ask(int(sys.argv[1]), "SHOW server_version")
_, mode, texts = ask(int(sys.argv[2]), "PGPOOL SHOW load_balance_mode")
_, nodes, first = ask(int(sys.argv[2]), "SHOW POOL_NODES")
print("PostgreSQL, SHOW server_version: type", own)
print("pgpool-II, PGPOOL SHOW load_balance_mode: type", mode, texts)
print("pgpool-II, SHOW POOL_NODES: types", sorted(set(nodes)), "weight of the only server:", first["lb_weight"])
sys.exit(not (own == [25] and mode == [0] and set(nodes) == {0} and "nan" in first["lb_weight"]))
PY
