"""Statements that the connection's role may not run are found without running them."""

import psycopg
import pytest

from api.checks.grants.privileges import check_privileges
from api.database.connections import connect
from api.database.queries import STATEMENTS
from api.postgres.embedded import EmbeddedServer
from api.postgres.roles import make_roles


@pytest.mark.parametrize(
    ("planted", "refused"),
    [
        ("select", {}),
        (
            "revoke delete on parenting_goals from nestwerk_service",
            {"delete_parenting_goal": "table parenting_goals", "sync_parenting_goals": "table parenting_goals"},
        ),
        (
            (
                "revoke insert (password) on users from nestwerk_service;"
                "revoke delete on parenting_goals from nestwerk_service"
            ),
            {
                "add_user": "table users",
                "delete_parenting_goal": "table parenting_goals",
                "sync_parenting_goals": "table parenting_goals",
            },
        ),
        (
            "revoke execute on function merge_patch(jsonb, jsonb) from public, nestwerk_service",
            {"update_child_profile": "function merge_patch"},
        ),
        # A missing table is no missing privilege: the contract's check reports it.
        ("drop table rate_limits", {}),
    ],
)
async def test_missing_privileges_are_named(
    cluster: EmbeddedServer, migrated: str, planted: str, refused: dict[str, str]
) -> None:
    make_roles(migrated)
    with psycopg.connect(migrated, autocommit=True) as owner:
        owner.execute(planted.encode())
        connection = await connect(cluster.service_dsn.replace("/nestwerk?", f"/{owner.info.dbname}?"))
    try:
        faults = await check_privileges(connection, list(STATEMENTS.values()))
    finally:
        await connection.close()
    assert {fault.statement: fault.what for fault in faults} == {
        name: f"PostgreSQL says: permission denied for {what}" for name, what in refused.items()
    }
    assert all(fault.line == STATEMENTS[fault.statement].line for fault in faults)
