# Nestwerk: `uv run just RECIPE`

set positional-arguments := true

[private]
default:
    @just --list --unsorted

# Start the service: on an embedded PostgreSQL, or on DATABASE_URL
serve:
    @exec python -m api serve

# Run all checks and tests except the long ones, or those that pytest's arguments name
test *arguments:
    @exec python -m pytest -n auto --dist loadfile --no-loadscope-reorder "$@"

# Run the tests that take long
test-long *arguments:
    @exec python -m pytest -m long "$@"

# Run the drills: faults of network and PostgreSQL that last, and clients that keep books
drill *arguments:
    @exec python -m pytest -m drill "$@"

# Apply the migrations that are pending, showing each file and its time
migrate:
    @exec python -m api migrate

# Take the last migration back
rollback:
    @exec python -m api rollback

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

# Show where PostgreSQL's time goes, by the names of the statements
slow:
    @exec python -m api slow

# Show how the database's plans differ from those in tests/plans
plans *arguments:
    @exec python -m api plans "$@"

# Run a statement, NAME=VALUE for its parameters, and show its plan; nothing it changes stays
explain name *values:
    @exec python -m api explain "$@"

# Write what is made from the rest of the tree: schema.sql, grants, plans, diagram, tables in api/README.md
generate:
    @exec python -m api generate

# Measure the service, pgbench and a bare application in turns: a table, README.md's, and a picture (needs wrk)
bench *arguments:
    @exec python -m tests.load.bench "$@"

# Offer rising rates to a running service until it can't keep up
load *arguments:
    @exec python -m tests.load.load "$@"

# Offer up to ten times of what a slowed-down service can answer: what is answered, and how soon refusals come
drill-overload:
    @exec python -m tests.load.overload

# Measure honest clients at a third of the peak before, during and after all attacks at once
drill-bad-hour *arguments:
    @exec python -m tests.load.bad_hour "$@"

# Measure what honest clients notice while eight accounts do their worst; --tree DIR for another revision
drill-fairness *arguments:
    @exec python -m tests.load.fairness "$@"

# Open psql on the service's database
psql *arguments:
    @exec python -m api psql "$@"

# Check types, style and SQL layout
lint:
    ruff check
    ruff format --check
    mypy
    sqlfluff lint sql/migrations sql/queries sql/roles.sql sql/conventions.sql
    squawk --config sql/squawk.toml 'sql/migrations/*.sql'

# Put Python and SQL into their standard layout
fmt:
    ruff check --fix-only --quiet
    ruff format
    sqlfluff fix --quiet sql/migrations sql/queries sql/roles.sql sql/conventions.sql
