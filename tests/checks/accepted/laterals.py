"""Right lateral joins, each with a change that makes it wrong."""

from typing import Final

from tests.checks.accepted.schema import Right

LATERALS: Final[dict[str, Right]] = {
    "row of left lateral": (
        (
            "select w.call, row_to_json(g) as goal from unnest(:parent_profile_id::bigint[]) with ordinality as w "
            "(parent_profile_id, call) left join lateral (select g.id, g.title from parenting_goals as g "
            "where g.parent_profile_id = w.parent_profile_id order by g.id limit 1) as g on true"
        ),
        "goal: Goal | None",
        ("| None", ""),
    ),
    "row of lateral nullable": (
        (
            "select w.call, row_to_json(g) as goal from unnest(:parent_profile_id::bigint[]) with ordinality as w "
            "(parent_profile_id, call) cross join lateral (select g.id, g.target_date "
            "from parenting_goals as g where g.parent_profile_id = w.parent_profile_id order by g.id limit 1) as g"
        ),
        "goal: GoalDate",
        ("GoalDate", "GoalAt"),
    ),
    "row of left lateral nullable": (
        (
            "select w.call, row_to_json(g) as goal from unnest(:parent_profile_id::bigint[]) with ordinality as w "
            "(parent_profile_id, call) left join lateral (select g.id, g.target_date "
            "from parenting_goals as g where g.parent_profile_id = w.parent_profile_id "
            "order by g.id limit 1) as g on true"
        ),
        "goal: GoalDate | None",
        ("GoalDate", "GoalAt"),
    ),
    "agg in left lateral": (
        (
            "select w.call, coalesce(x.goals, '[]') as goals "
            "from unnest(:parent_profile_id::bigint[]) with ordinality as w (parent_profile_id, call) left "
            "join lateral (select json_agg(g order by g.id) as goals from (select g.id, g.target_date "
            "from parenting_goals as g where g.parent_profile_id = w.parent_profile_id) as g) as x on true"
        ),
        "goals: GoalDates",
        ("GoalDates", "GoalAts"),
    ),
    "lateral values": (
        (
            "select w.call, x.note from unnest(:parent_profile_id::bigint[]) with ordinality as w "
            "(parent_profile_id, call) join naps as n on n.parent_profile_id = w.parent_profile_id cross "
            "join lateral (values (n.note)) as x (note)"
        ),
        "note: str | None",
        ("| None", ""),
    ),
    "lateral of left": (
        (
            "select w.call, x.title from unnest(:parent_profile_id::bigint[]) with ordinality as w "
            "(parent_profile_id, call) left join parenting_goals as g "
            "on g.parent_profile_id = w.parent_profile_id cross join lateral (select g.title) as x"
        ),
        "title: str | None",
        ("| None", ""),
    ),
    "lateral max grouped": (
        (
            "select w.call, x.priority from unnest(:parent_profile_id::bigint[]) with ordinality as w "
            "(parent_profile_id, call) cross join lateral (select max(g.priority) as priority "
            "from parenting_goals as g where g.parent_profile_id = w.parent_profile_id group by g.category) as x"
        ),
        "priority: int",
        ("group by g.category", ""),
    ),
    "lateral in parens": (
        (
            "select w.call, g.target_date from unnest(:parent_profile_id::bigint[]) with ordinality as w "
            "(parent_profile_id, call) left join (parent_profiles as p cross "
            "join lateral (select g.target_date, g.title from parenting_goals as g "
            "where g.parent_profile_id = p.id limit 1) as g) on p.id = w.parent_profile_id and g.title > ''"
        ),
        "target_date: datetime | None",
        ("| None", ""),
    ),
    "lateral star nullable": (
        (
            "select w.call, g.target_date, g.title from unnest(:parent_profile_id::bigint[]) with ordinality as w "
            "(parent_profile_id, call) join lateral (select * from (select g.target_date, g.title "
            "from parenting_goals as g where g.parent_profile_id = w.parent_profile_id "
            "order by g.id limit 1) as y) as g on g.title > ''"
        ),
        "target_date: datetime | None, title: str",
        ("| None", ""),
    ),
    "where not null of lateral": (
        (
            "select w.call, g.target_date from unnest(:parent_profile_id::bigint[]) with ordinality as w "
            "(parent_profile_id, call) left join lateral (select g.target_date from parenting_goals as g "
            "where g.parent_profile_id = w.parent_profile_id order by g.id limit 1) as g on true "
            "where g.target_date is not null"
        ),
        "target_date: datetime",
        (" where g.target_date is not null", ""),
    ),
    "lateral case": (
        (
            "select w.call, g.date from unnest(:parent_profile_id::bigint[]) with ordinality as w "
            "(parent_profile_id, call) cross join lateral (select case "
            "when g.status = 'done' then g.created_at + interval '1 day' end as date "
            "from parenting_goals as g where g.parent_profile_id = w.parent_profile_id order by g.id limit 1) as g"
        ),
        "date: datetime | None",
        ("| None", ""),
    ),
}
