# Nestwerk: `uv run just RECIPE`

set positional-arguments := true

[private]
default:
    @just --list --unsorted

# Install what development takes, and remove nothing that a running service may have
_develop:
    @"${UV:-uv}" sync --quiet --inexact --group dev

# Install Patroni and etcd
[private]
_cluster:
    @"${UV:-uv}" sync --quiet --inexact --group cluster

# Start the service: on an embedded PostgreSQL, or on DATABASE_URL
serve:
    @exec python -m api serve

# Replace the workers of the running service one by one, with the code that is on the disk
reload:
    @exec python -m api reload

# Run all checks and tests except the long ones, or those that pytest's arguments name
test *arguments: _develop
    @exec python -m pytest -n auto --dist loadfile --no-loadscope-reorder "$@"

# Run the tests that take long
test-long *arguments: _develop
    @exec python -m pytest -n auto --dist loadfile --no-loadscope-reorder -m long "$@"

# Run the drills: faults of network and PostgreSQL that last, and clients that keep books
drill *arguments: _develop
    @exec python -m pytest -m drill "$@"

# Run three PostgreSQL nodes under Patroni with two instances of the service; --kill leader|standby|etcd, --switchover, --status
cluster *arguments: _cluster
    @exec python -m api cluster "$@"

# Try mutants of the SQL, or of FILEs below sql/, against the checks and the tests; --readme writes the score of all
mutate *arguments: _develop
    @exec python -m tests.mutation.mutate "$@"

# Apply the migrations that are pending, showing each file and its time; --dry-run prints their SQL, --to N ends there
migrate *arguments:
    @exec python -m api migrate "$@"

# Take the last migration back; on DATABASE_URL it asks
rollback *arguments:
    @exec python -m api rollback "$@"

# Accept rollbacks that were mended after their migrations were applied
repair *arguments:
    @exec python -m api repair "$@"

# Mark the migrations up to N as applied on a database that has their schema already
baseline *arguments:
    @exec python -m api baseline "$@"

# Show which migrations are applied, pending, or edited after they were applied
status:
    @exec python -m api status

# Apply the migrations after a release (a migration or git revision) to a copy, under its traffic
rehearse *arguments:
    @exec python -m api rehearse "$@"

# Start a migration: sql/migrations/NNNN_NAME.sql and its rollback
new-migration name:
    @exec python -m api new-migration "$1"

# Start a resource of families, such as appointments: migration, statements, feature and test
new-resource *arguments:
    @exec python -m api new-resource "$@"

# Back the database up to DIR, else BACKUP_DIR; --full, --keep N
backup *arguments:
    @exec python -m api backup "$@"

# Restore a backup (a folder, its name, or `last`), with --to MOMENT as it was then; the cluster of before is kept
restore *arguments:
    @exec python -m api restore "$@"

# Bring the embedded cluster of an older PostgreSQL to this one, with the old programs; the old cluster is kept
upgrade *arguments:
    @exec python -m api upgrade "$@"

# Fill the database with N families, and DATA_DIR/sessions.tsv with tokens (--sessions M)
seed *arguments:
    @exec python -m api seed "$@"

# Take over a database of the system before, OLD_URL: what changed since the last run; --dry-run tells what doesn't fit
adopt *arguments:
    @exec python -m api adopt "$@"

# Check statements and schema, of the tree or of DATABASE_URL; with --release REF, whether its statements still work
check *arguments:
    @exec python -m api check "$@"

# Show how the database differs from sql/schema.sql
drift:
    @exec python -m api drift

# Show where PostgreSQL's time goes, by the names of the statements; --window SECONDS
slow *arguments:
    @exec python -m api slow "$@"

# Show what PostgreSQL's sessions do, and who waits for whom, by the names of the statements; --every SECONDS
activity *arguments:
    @exec python -m api activity "$@"

# Show how the database's plans differ from those in tests/plans
plans *arguments:
    @exec python -m api plans "$@"

# Run a statement, NAME=VALUE for its parameters, and show its plan; nothing it changes stays
explain name *values:
    @exec python -m api explain "$@"

# Write what is made from the rest of the tree: schema.sql, grants (--release REF: also those that it needs), plans, diagram, tables
generate *arguments:
    @exec python -m api generate "$@"

# Measure the service, pgbench and a bare application in turns, with --peers servers on Bun and Express too (needs wrk)
bench *arguments: _develop
    @case " $* " in *" --peers "*) "${UV:-uv}" sync --quiet --inexact --group node ;; esac
    @exec python -m tests.load.bench "$@"

# Offer rising rates to a running service until it can't keep up
load *arguments: _develop
    @exec python -m tests.load.load "$@"

# Offer up to ten times of what a slowed-down service can answer: what is answered, and how soon refusals come
drill-overload: _develop
    @exec python -m tests.load.overload

# Measure honest clients at a third of the peak before, during and after all attacks at once
drill-bad-hour *arguments: _develop
    @exec python -m tests.load.bad_hour "$@"

# Measure what honest clients notice while eight accounts do their worst; --tree DIR for another revision
drill-fairness *arguments: _develop
    @exec python -m tests.load.fairness "$@"

# Look after an account: show, reset, ban, unban, erase or sessions, and its NAME
user *arguments:
    @exec python -m api user "$@"

# Remove what has expired, as the service does every few minutes: sessions, suggestions, old audit events, unsent mails, …
clean:
    @exec python -m api clean

# Make suggestions for all parents who are due
suggest:
    @exec python -m api suggest

# Open psql on the service's database
psql *arguments:
    @exec python -m api psql "$@"

# Check types, style and SQL layout
lint: _develop
    ruff check
    ruff format --check
    mypy
    sqlfluff lint sql/migrations sql/queries sql/support sql/roles.sql sql/conventions.sql
    squawk --config sql/squawk.toml 'sql/migrations/*.sql'

# Put Python and SQL into their standard layout
fmt: _develop
    ruff check --fix-only --quiet
    ruff format
    sqlfluff fix --quiet sql/migrations sql/queries sql/support sql/roles.sql sql/conventions.sql
