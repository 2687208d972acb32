"""Right statements of many calls, of unusual form, each with a change that makes it wrong."""

from typing import Final

from tests.checks.accepted.schema import Right

_CALLS: Final = "unnest(:parent_profile_id::bigint[], :id::bigint[]) with ordinality as w (parent_profile_id, id, call)"
BATCHES: Final[dict[str, Right]] = {
    "batch of every type": (
        """
        select w.call, m.id, w.born, w.weight
          from unnest(
                 :parent_profile_id::bigint[], :born::date[], :weight::numeric[], :token::uuid[], :lasted::interval[],
                 :address::inet[], :woken::time[], :level::stress_level[], :title::short_name[]
               ) with ordinality as w (
                 parent_profile_id, born, weight, token, lasted, address, woken, level, title, call
               )
          join milestones as m
            on m.parent_profile_id = w.parent_profile_id and m.reached = w.born and m.weight = w.weight
           and m.token = w.token and m.lasted = w.lasted and m.address = w.address and m.woken = w.woken
           and m.level = w.level and m.title = w.title
        """,
        "id: int, born: date, weight: Decimal",
        ("m.parent_profile_id = w.parent_profile_id and", ""),
    ),
    "batch of rows from": (
        """
        select w.call, c.id
          from rows from (unnest(:parent_profile_id::bigint[]), unnest(:id::bigint[])) with ordinality
               as w (parent_profile_id, id, call)
          join child_profiles as c on not (c.parent_profile_id <> w.parent_profile_id or c.id <> w.id)
        """,
        "id: int",
        ("c.parent_profile_id <> w.parent_profile_id", "c.parent_profile_id <> w.id"),
    ),
    "batch of exists": (
        f"""
        select w.call, c.id from {_CALLS}
          join child_profiles as c on c.id = w.id
         where exists (select from parent_profiles as p where p.id = c.parent_profile_id and p.id = w.parent_profile_id)
        """,
        "id: int",
        ("and p.id = w.parent_profile_id", ""),
    ),
    "batch of grouping sets": (
        f"""
        select w.call, c.age, count(*) as children from {_CALLS}
          join child_profiles as c on c.parent_profile_id = w.parent_profile_id and c.id > w.id
         group by grouping sets ((w.call, c.age), (w.call))
        """,
        "age: int | None, children: int",
        ("(w.call))", "())"),
    ),
    "lateral nullable in batch": (
        (
            "select w.call, c.name, g.target_date from unnest(:parent_profile_id::bigint[], :id::bigint[]) with "
            "ordinality as w (parent_profile_id, id, call) join child_profiles as c "
            "on c.parent_profile_id = w.parent_profile_id and c.id = w.id cross "
            "join lateral (select g.target_date from parenting_goals as g "
            "where g.parent_profile_id = w.parent_profile_id order by g.id limit 1) as g"
        ),
        "name: str, target_date: datetime | None",
        ("| None", ""),
    ),
    "lateral left in batch": (
        (
            "select w.call, g.title from unnest(:parent_profile_id::bigint[]) with ordinality as w "
            "(parent_profile_id, call) left join lateral (select g.title from parenting_goals as g "
            "where g.parent_profile_id = w.parent_profile_id order by g.id limit 1) as g on true"
        ),
        "title: str | None",
        ("| None", ""),
    ),
    "lateral left count": (
        (
            "select w.call, coalesce(g.goals, 0) as goals "
            "from unnest(:parent_profile_id::bigint[]) with ordinality as w (parent_profile_id, call) left "
            "join lateral (select count(*) as goals from parenting_goals as g "
            "where g.parent_profile_id = w.parent_profile_id) as g on true"
        ),
        "goals: int",
        ("coalesce(g.goals, 0) as goals", "g.goals, g.goals as goals"),
    ),
    "lateral cross count": (
        (
            "select w.call, g.goals from unnest(:parent_profile_id::bigint[]) with ordinality as w "
            "(parent_profile_id, call) cross join lateral (select count(*) as goals "
            "from parenting_goals as g where g.parent_profile_id = w.parent_profile_id) as g"
        ),
        "goals: int",
        ("goals: int", "goals: int | None"),
    ),
    "lateral of lateral": (
        (
            "select w.call, g.target_date from unnest(:parent_profile_id::bigint[]) with ordinality as w "
            "(parent_profile_id, call) cross join lateral (select x.target_date "
            "from (select g.target_date, g.id from parenting_goals as g "
            "where g.parent_profile_id = w.parent_profile_id) as x order by x.id limit 1) as g"
        ),
        "target_date: datetime | None",
        ("| None", ""),
    ),
    "lateral row": (
        (
            "select w.call, g.* from unnest(:parent_profile_id::bigint[]) with ordinality as w (parent_profile_id, "
            "call) cross join lateral (select c.name, c.development_notes from child_profiles as c "
            "where c.parent_profile_id = w.parent_profile_id order by c.id limit 1) as g"
        ),
        "name: str, development_notes: str | None",
        ("| None", ""),
    ),
    "batch using": (
        (
            "select w.call, c.name from unnest(:parent_profile_id::bigint[], :id::bigint[]) with ordinality as w "
            "(parent_profile_id, id, call) join child_profiles as c using (parent_profile_id, id)"
        ),
        "name: str",
        ("(parent_profile_id, id)", "(id)"),
    ),
    "batch distinct on": (
        (
            "select distinct on (w.call, c.age) w.call, c.age, c.name "
            "from unnest(:parent_profile_id::bigint[], :id::bigint[]) with ordinality as w (parent_profile_id, id, "
            "call) join child_profiles as c on c.parent_profile_id = w.parent_profile_id and c.id >= w.id "
            "order by w.call, c.age, c.id"
        ),
        "age: int, name: str",
        ("on c.parent_profile_id = w.parent_profile_id", "on c.parent_profile_id = w.id"),
    ),
    "batch exists or": (
        (
            "select w.call, c.name from unnest(:parent_profile_id::bigint[], :id::bigint[]) with ordinality as w "
            "(parent_profile_id, id, call) join child_profiles as c "
            "on (c.parent_profile_id = w.parent_profile_id and c.id = w.id) or (c.parent_profile_id = "
            "w.parent_profile_id and c.age > 17)"
        ),
        "name: str",
        (
            "(c.parent_profile_id = w.parent_profile_id and c.age",
            "(c.parent_profile_id > w.parent_profile_id and c.age",
        ),
    ),
    "batch full": (
        (
            "select w.call, c.name, g.title from unnest(:parent_profile_id::bigint[], :id::bigint[]) with "
            "ordinality as w (parent_profile_id, id, call) left join child_profiles as c "
            "on c.parent_profile_id = w.parent_profile_id and c.id = w.id left join parenting_goals as g "
            "on g.parent_profile_id = c.parent_profile_id and g.id = c.id"
        ),
        "name: str | None, title: str | None",
        ("title: str | None", "title: str"),
    ),
    "batch nullable param": (
        (
            "select w.call, w.maybe_name, c.name from unnest(:parent_profile_id::bigint[], :maybe_name::text[]) "
            "with ordinality as w (parent_profile_id, maybe_name, call) join child_profiles as c "
            "on c.parent_profile_id = w.parent_profile_id"
        ),
        "maybe_name: str | None, name: str",
        ("maybe_name: str | None", "maybe_name: str"),
    ),
    "window beside what may be missing": (
        """
        select w.call, w.id, n.call as other_call, count(*) over (partition by w.call) as number
          from unnest(:id::bigint[]) with ordinality as w (id, call)
          left join lateral (select w.call where w.id > 1) as n on true
        """,
        "id: int, other_call: int | None, number: int",
        ("partition by w.call", "partition by n.call"),
    ),
    "window of what may be missing, passed on": (
        """
        select w.call, w.id, count(*) over (partition by w.call) as number
          from (
                 select w.call, w.id, n.call as other_call
                   from unnest(:id::bigint[]) with ordinality as w (id, call)
                   left join lateral (select w.call where w.id > 1) as n on true
               ) as w
         where w.other_call > 0
        """,
        "id: int, number: int",
        ("partition by w.call", "partition by w.other_call"),
    ),
    "window of a subquery": (
        """
        select w.call, w.id, count(*) over (partition by w.call) as number
          from unnest(:id::bigint[]) with ordinality as w (id, call)
        """,
        "id: int, number: int",
        ("partition by w.call", "partition by (select w.call where w.id > 1)"),
    ),
    "window of what a lateral passes on": (
        """
        select w.call, w.id, count(*) over (partition by s.other_call) as number
          from unnest(:id::bigint[]) with ordinality as w (id, call)
          join lateral (select w.call where w.id > 1) as n on true
         cross join lateral (select n.call as other_call) as s
        """,
        "id: int, number: int",
        ("join lateral (select w.call where", "left join lateral (select w.call where"),
    ),
    "window of what a lateral passes on, of a subquery": (
        """
        select w.call, w.id, count(*) over (partition by w.other_call) as number
          from (
                 select w.call, w.id, s.other_call
                   from unnest(:id::bigint[]) with ordinality as w (id, call)
                   join lateral (select w.call where w.id > 1) as n on true
                  cross join lateral (select n.call as other_call) as s
               ) as w
        """,
        "id: int, number: int",
        ("join lateral (select w.call where", "left join lateral (select w.call where"),
    ),
    "distinct on what a lateral passes on": (
        """
        select distinct on (s.other_call) w.call, w.id
          from unnest(:id::bigint[]) with ordinality as w (id, call)
          join lateral (select w.call where w.id > 1) as n on true
         cross join lateral (select n.call as other_call) as s
         order by s.other_call, w.id
        """,
        "id: int",
        ("join lateral (select w.call where", "left join lateral (select w.call where"),
    ),
    "window of what is equal to the call": (
        """
        select w.call, c.age, count(*) over (partition by c.age) as number
          from unnest(:parent_profile_id::bigint[], :id::bigint[]) with ordinality as w (parent_profile_id, id, call)
          join lateral (select c.age from child_profiles as c where c.parent_profile_id = w.parent_profile_id) as c
            on true
          join lateral (select w.call where w.id > 1) as n on true
         where c.age is not distinct from n.call
        """,
        "age: int, number: int",
        ("join lateral (select w.call where", "left join lateral (select w.call where"),
    ),
}
