#!/bin/sh
# Patroni runs this before it stops PostgreSQL, with PGDATA and the folder of pg_ctl in PATH. A leader that hands over
# refuses writes first, and what is being written ends: so nobody is told of a write that its outcome is unknown. Then it's
# stopped here, as Patroni itself looks only once a second whether it has, and waits for a second more.
[ -f "$PGDATA/standby.signal" ] && exit
read -r pid < "$PGDATA/postmaster.pid" || exit
# Patroni writes this file anew before it starts PostgreSQL.
echo "default_transaction_read_only = on" >> "$PGDATA/postgresql.conf"
pg_ctl reload --silent && sleep 0.2
# What takes longer is left to Patroni.
pg_ctl stop --silent --mode fast --timeout 3
# It's gone a moment later, which Patroni has to see.
for _ in 1 2 3 4 5 6 7 8 9 10; do
  kill -0 "$pid" 2>&- || exit 0
  sleep 0.05
done
