"""PostgreSQL's plans of the statements: kept in tests/plans, and none that gets slower with every family."""
