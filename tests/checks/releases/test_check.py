"""The check whether the statements of a release still work on the tree's schema."""

import pytest

from api.checks.releases.check import check_release
from tests.checks.working_tree import Tree


def breaking(dsn: str, tree: Tree) -> list[str]:
    """Faults of the statements of the tree's tag v1."""
    return [str(fault) for fault in check_release(dsn, tree.release("v1"), tree.root)]


def test_a_harmless_migration_breaks_nothing(empty: str, tree: Tree) -> None:
    tree.tag("v1")
    tree.add(
        "harmless",
        """alter table users add column shoe_size integer;
           alter table users add column hat_size integer not null default 0;
           alter table child_profiles alter column age type bigint;
           alter table parent_profiles alter column bio set default '', alter column email set default '';
           alter table parenting_goals alter column category type varchar(50);
           create table shoes (id bigint);
           create index parent_profiles_name_idx on parent_profiles (name);
           -- A table that was renamed, and a view of its old name.
           alter table parenting_goals rename to goals;
           create view parenting_goals as select * from goals;""",
    )
    assert breaking(empty, tree) == []


# Each check takes a second, so migrations that break different statements are made together.
@pytest.mark.parametrize(
    "breakages",
    [
        {
            "alter table child_profiles alter column age type numeric;":
                "get_child_profile: column age was int4, and is numeric",
            "alter table users add column shoe_size integer not null;":
                "add_user: users.shoe_size is not null and has no default: give it a value",
            "alter type stress_level add value 'extreme';": "get_parent_profile: stress_level may be extreme now",
            "drop function merge_patch(jsonb, jsonb);":
                "update_child_profile: PostgreSQL says: function merge_patch(jsonb, jsonb) does not exist",
        },
        {
            "alter table child_profiles drop column development_notes;":
                "get_child_profile: PostgreSQL says: column child.development_notes does not exist",
            "alter table parent_profiles alter column bio set not null;":
                "put_parent_profile: parent_profiles.bio is not null, and what it's given may be null",
            "alter table parenting_goals rename to goals;": "get_parenting_goal: PostgreSQL says: relation",
        },
        {
            "alter table child_profiles rename column age to years;":
                'add_child_profiles: PostgreSQL says: column "age" of relation "child_profiles" does not exist',
            "alter type stress_level rename value 'low' to 'none';":
                "put_parent_profile: stress_level can't be low any more",
            "alter table parenting_goals alter column title drop not null;":
                "get_parenting_goal: column title may be null now",
        },
    ],
)  # fmt: skip
def test_migrations_that_break_the_release(migrated: str, tree: Tree, breakages: dict[str, str]) -> None:
    tree.tag("v1")
    tree.add("breaking", "\n".join(breakages))
    faults = breaking(migrated, tree)
    for named in breakages.values():
        assert any(named in fault for fault in faults), faults
    assert all(fault.startswith("v1:sql/queries/") for fault in faults)


def test_a_label_breaks_those_that_send_or_give_it(migrated: str, tree: Tree) -> None:
    tree.tag("v1")
    tree.add("renamed", "alter type stress_level rename value 'low' to 'lowest';")
    gives, sends = "stress_level may be lowest now", "stress_level can't be low any more"
    found = {tuple(fault.split(": ")[1:]) for fault in breaking(migrated, tree)}
    writing = ("put_parent_profile", "update_parent_profile", "save_onboarding")
    reading = ("get_parent_profile", "get_profile", "get_family", "get_onboarding_progress", "export_account")
    assert found == {(name, gives) for name in (*writing, *reading)} | {
        (name, sends) for name in (*writing, "make_suggestions")
    }


def test_a_label_of_a_column_that_is_compared_as_text(migrated: str, tree: Tree) -> None:
    (tree.root / "sql" / "queries" / "stress.sql").write_text(
        "-- Stress.\n\n-- name: count_stressed :value\n-- Counts.\n"
        "select count(*) from parent_profiles where stress_level::text = :level;\n"
        "-- name: count_experienced :value\n-- Counts.\n"
        "select count(*) from parent_profiles where experience_level::text = :level;\n"
        "-- name: count_renamed :value\n-- Counts.\n"
        "with found as (select stress_level as level from parent_profiles)\n"
        "select count(*) from found where level::text = :level;\n"
        "-- name: list_as_document :value\n-- Lists.\n"
        "select json_agg(found) as found from (select stress_level from parent_profiles) as found;\n"
        "-- name: list_names :value\n-- Lists.\n"
        "select json_agg(found) as found from (select name from parent_profiles) as found;\n"
    )
    tree.tag("v1")
    tree.add("renamed", "alter type stress_level rename value 'very_high' to 'extreme';")
    queries = "v1:sql/queries/stress.sql"
    assert [fault for fault in breaking(migrated, tree) if fault.startswith(queries)] == [
        f"{queries}:3: count_stressed: stress_level can't be very_high any more",
        f"{queries}:9: count_renamed: stress_level can't be very_high any more",
        f"{queries}:13: list_as_document: stress_level may be extreme now",
    ]
