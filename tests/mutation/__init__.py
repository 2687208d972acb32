"""Mutation testing of the SQL: what checks and tests notice, were a statement or an object another one."""
