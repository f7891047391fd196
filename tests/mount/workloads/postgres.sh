# A bank under load whose server is killed, and what is there afterwards. PostgreSQL refuses to be
# root, so it is nobody; $POSTGRES is where its programs are.
PATH="$POSTGRES:$PATH"
export PGHOST="$SCRATCH/socket" PGUSER=bank PGDATABASE=postgres
mkdir -p data "$PGHOST"; chmod 711 "$SCRATCH"; chown nobody data "$PGHOST"; chmod 700 data
as_nobody="setpriv --reuid=nobody --regid=$(id -g nobody) --clear-groups"
ask() { psql -X -A -t -q -c "$1"; }

# Until the last process of one that was killed has gone, the next does not start.
start() {
  for _ in 1 2 3 4 5 6 7 8 9 10; do
    $as_nobody postgres -D data -c "unix_socket_directories=$PGHOST" -c listen_addresses= \
      >>"$PGHOST.log" 2>&1 &
    server=$!
    while kill -0 "$server" 2>/dev/null; do
      pg_isready -q && return
      sleep 0.1
    done
  done
  cat "$PGHOST.log" >&2
  exit 1
}

check() {
  ask "SELECT (SELECT sum(abalance) FROM pgbench_accounts) = (SELECT sum(delta) FROM pgbench_history),
              (SELECT sum(bbalance) FROM pgbench_branches) = (SELECT sum(delta) FROM pgbench_history)"
  pg_amcheck --heapallindexed postgres && echo "tables and indexes are sound"
}

$as_nobody initdb -D data -U bank -A trust --data-checksums >"$PGHOST.log"
start
ask "CREATE EXTENSION amcheck"
pgbench -i -q -s 1 2>/dev/null
pgbench -n -c 6 -t 50 >/dev/null 2>&1
ask "SELECT count(*) FROM pgbench_history"
ask "VACUUM FULL ANALYZE"
check

# Each line of a client's log is a transaction that it was told is done.
(cd "$PGHOST" && exec pgbench -n -c 6 -T 60 -l >/dev/null 2>&1) & load=$!
sleep 2
kill -9 "$server"; wait "$server" "$load" || true
start
told=$(cat "$PGHOST"/pgbench_log.* | wc -l)
ask "SELECT $told > 0, count(*) - 300 >= $told FROM pgbench_history"
check

kill -INT "$server"; wait "$server"
$as_nobody pg_checksums --check -D data | grep "Bad checksums"
rm -r data; ls -A | wc -l
