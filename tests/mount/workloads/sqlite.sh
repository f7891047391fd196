# Two writers at once, without and with the write-ahead log.
for mode in delete truncate persist wal; do
  db="$mode.db"
  sqlite3 "$db" "PRAGMA journal_mode=$mode; CREATE TABLE t(w INTEGER, n INTEGER, x TEXT); CREATE INDEX i ON t(n);"
  writer() {
    n=0; { echo ".timeout 30000"; echo "PRAGMA synchronous=NORMAL;"
    while [ $n -lt 60 ]; do
      echo "BEGIN IMMEDIATE; INSERT INTO t VALUES($1,$n,hex(zeroblob(500))); UPDATE t SET x=x||'$1' WHERE n=$n; COMMIT;"
      n=$((n + 1))
    done; } | sqlite3 "$db"
  }
  writer 1 & one=$!; writer 2 & two=$!
  wait $one; wait $two
  sqlite3 "$db" "PRAGMA integrity_check; SELECT count(*), count(DISTINCT n), sum(n) FROM t; DELETE FROM t WHERE n%3=0; VACUUM; SELECT count(*) FROM t; PRAGMA integrity_check;"
done
rm -f -- *.db *.db-*; ls -A | wc -l
