"""Right conditions of unusual form, each with a change that makes it wrong."""

from typing import Final

from tests.checks.accepted.schema import OWNED, Right

CONDITIONS: Final[dict[str, Right]] = {
    "is not distinct from": (
        "select id, name from child_profiles where parent_profile_id is not distinct from :parent_profile_id",
        "id: int, name: str",
        ("is not distinct from", "is distinct from"),
    ),
    "De Morgan": (
        "select id from child_profiles where not (parent_profile_id <> :parent_profile_id or id <> :id)",
        "id: int",
        ("or id", "and id"),
    ),
    "De Morgan, nested": (
        "select id from child_profiles where not (not parent_profile_id = :parent_profile_id or not (id > :id))",
        "id: int",
        ("not (not parent", "not (parent"),
    ),
    "not is distinct from": (
        "select id from child_profiles where not (parent_profile_id is distinct from :parent_profile_id)",
        "id: int",
        ("is distinct from", "is not distinct from"),
    ),
    "in of one": (
        "select id from child_profiles where parent_profile_id in (:parent_profile_id)",
        "id: int",
        ("(:parent_profile_id)", "(:parent_profile_id, :id)"),
    ),
    "not not in": (
        "select id from child_profiles where not (parent_profile_id not in (:parent_profile_id))",
        "id: int",
        ("not (parent", "(parent"),
    ),
    "any of an array": (
        "select id from child_profiles where parent_profile_id = any (array[:parent_profile_id::bigint])",
        "id: int",
        ("= any", "<> any"),
    ),
    "all of an array": (
        "select id from child_profiles where parent_profile_id = all (array[:parent_profile_id::bigint])",
        "id: int",
        ("array[:parent_profile_id::bigint]", "'{}'::bigint[]"),
    ),
    "owner is any of its own array": (
        "select id from child_profiles where :parent_profile_id = any (array[parent_profile_id])",
        "id: int",
        ("array[parent_profile_id]", "array[parent_profile_id, id]"),
    ),
    "ids in a list": (
        f"select id from child_profiles where {OWNED} and id = any (:ids)",
        "id: int",
        (f"{OWNED} and id", "id"),
    ),
    "or whose branches both restrict": (
        f"select id from child_profiles where ({OWNED} and age < 4) or ({OWNED} and name = :name)",
        "id: int",
        (" and name =", " or name ="),
    ),
    "or that restricts by another row": (
        """
        select c.id from child_profiles as c join parent_profiles as p on p.user_id = :user_id
         where (c.parent_profile_id = p.id and c.age < 4) or (c.parent_profile_id = :parent_profile_id and c.age > 4)
        """,
        "id: int",
        ("p.user_id = :user_id", "p.id = :id"),
    ),
    "or with a branch that is never true": (
        f"select id from child_profiles where {OWNED} or false",
        "id: int",
        ("or false", "or true"),
    ),
    "between x and x": (
        "select id from child_profiles where parent_profile_id between :parent_profile_id and :parent_profile_id",
        "id: int",
        ("and :parent_profile_id", "and :id"),
    ),
    "at least and at most": (
        """
        select id from child_profiles
         where parent_profile_id >= :parent_profile_id and :parent_profile_id >= parent_profile_id
        """,
        "id: int",
        ("and :parent_profile_id >= parent", "and :parent_profile_id <= parent"),
    ),
    "case when owner": (
        f"select id from child_profiles where case when {OWNED} then age > 3 else false end",
        "id: int",
        ("else false", "else true"),
    ),
    "case that answers the owner": (
        f"select id from child_profiles where case when age > 3 then {OWNED} else {OWNED} and name = '' end",
        "id: int",
        (f"else {OWNED} and", "else"),
    ),
    "simple case of the owner": (
        "select id from child_profiles where case parent_profile_id when :parent_profile_id then true else false end",
        "id: int",
        ("then true else false", "then false else true"),
    ),
    "is true": (
        f"select id from child_profiles where ({OWNED}) is true",
        "id: int",
        ("is true", "is not false"),
    ),
    "is false": (
        "select id from child_profiles where (parent_profile_id <> :parent_profile_id) is false",
        "id: int",
        ("is false", "is not true"),
    ),
    "coalesce to false": (
        f"select id from child_profiles where coalesce({OWNED}, false)",
        "id: int",
        (", false", ", true"),
    ),
    "row is not distinct": (
        "select id from child_profiles where (parent_profile_id, id) is not distinct from (:parent_profile_id, :id)",
        "id: int",
        ("(:parent_profile_id, :id)", "(:id, :parent_profile_id)"),
    ),
    "rows in a list": (
        """
        select id from child_profiles
         where (parent_profile_id, id) in ((:parent_profile_id, 1), (:parent_profile_id, 2))
        """,
        "id: int",
        ("(:parent_profile_id, 2)", "(2, :parent_profile_id)"),
    ),
    "arrays that are equal": (
        "select id from child_profiles where array[parent_profile_id, id] = array[:parent_profile_id::bigint, :id]",
        "id: int",
        (" = array", " <> array"),
    ),
    "owner having": (
        f"""
        select category, count(*) as goals from parenting_goals
         group by parent_profile_id, category having {OWNED}
        """,
        "category: str, goals: int",
        (f"having {OWNED}", f"having {OWNED} or category = ''"),
    ),
    "in values": (
        "select id from child_profiles where parent_profile_id in (values (:parent_profile_id::bigint))",
        "id: int",
        ("(:parent_profile_id::bigint)", "(:parent_profile_id::bigint), (:id)"),
    ),
    "overlaps array": (
        "select id from child_profiles where array[parent_profile_id] && array[:parent_profile_id::bigint]",
        "id: int",
        ("array[parent_profile_id]", "array[parent_profile_id, id]"),
    ),
    "not distinct from true": (
        "select id from child_profiles where (parent_profile_id = :parent_profile_id) is not distinct from true",
        "id: int",
        ("is not distinct", "is distinct"),
    ),
    "unequal false": (
        "select id from child_profiles where (parent_profile_id = :parent_profile_id) <> false",
        "id: int",
        ("<> false", "<> true"),
    ),
    "case gives number": (
        "select id from child_profiles where case when parent_profile_id = :parent_profile_id then 1 else 0 end = 1",
        "id: int",
        ("end = 1", "end = 0"),
    ),
    "case gives number, simple": (
        (
            "select id from child_profiles where case parent_profile_id "
            "when :parent_profile_id then 'own' else 'other' end = 'own'"
        ),
        "id: int",
        ("= 'own'", "= 'other'"),
    ),
    "case in": (
        (
            "select id from child_profiles where case when parent_profile_id = :parent_profile_id then 'own' "
            "when age > 3 then 'old' end in ('own')"
        ),
        "id: int",
        ("('own')", "('own', 'old')"),
    ),
    "or 1=0": (
        "select id from child_profiles where parent_profile_id = :parent_profile_id or 1 = 0",
        "id: int",
        ("1 = 0", "1 = 1"),
    ),
    "row equals subquery": (
        (
            "select c.name from child_profiles as c where (c.parent_profile_id, c.id) = (select p.id, :id::bigint "
            "from parent_profiles as p where p.user_id = :user_id)"
        ),
        "name: str",
        ("(c.parent_profile_id, c.id)", "(c.id, c.parent_profile_id)"),
    ),
    "exists intersect": (
        (
            "select c.id from child_profiles as c where exists (select :parent_profile_id::bigint intersect "
            "select c.parent_profile_id)"
        ),
        "id: int",
        ("intersect", "union"),
    ),
    "exists or own": (
        (
            "select c.id from child_profiles as c where exists (select from parent_profiles as p "
            "where p.id = c.parent_profile_id and p.user_id = :user_id) or c.parent_profile_id = :parent_profile_id"
        ),
        "id: int",
        ("or c.parent_profile_id = :parent_profile_id", "or c.parent_profile_id > :parent_profile_id"),
    ),
    "right join": (
        (
            "select c.id from parent_profiles as p right join child_profiles as c "
            "on p.id = c.parent_profile_id where p.user_id = :user_id"
        ),
        "id: int",
        ("where p.user_id = :user_id", "where p.user_id is null"),
    ),
    "values using": (
        (
            "select c.name from (values (:parent_profile_id::bigint, :id::bigint)) as me (parent_profile_id, id) "
            "join child_profiles as c using (parent_profile_id, id)"
        ),
        "name: str",
        (":parent_profile_id::bigint, :id", ":id::bigint, :id"),
    ),
    "merged column": (
        (
            "select c.name, g.title from child_profiles as c "
            "join parenting_goals as g using (parent_profile_id) where parent_profile_id = :parent_profile_id"
        ),
        "name: str, title: str",
        ("where parent_profile_id = :parent_profile_id", "where parent_profile_id > :parent_profile_id"),
    ),
    "merged column, three": (
        (
            "select c.name, g.title from child_profiles as c "
            "join parenting_goals as g using (parent_profile_id) join parent_profiles as p "
            "on p.id = parent_profile_id where parent_profile_id = :parent_profile_id"
        ),
        "name: str, title: str",
        ("where parent_profile_id = :parent_profile_id", "where p.name = :name"),
    ),
    "merged column, left": (
        (
            "select c.name, g.title from child_profiles as c left "
            "join parenting_goals as g using (parent_profile_id) where parent_profile_id = :parent_profile_id"
        ),
        "name: str, title: str | None",
        ("where parent_profile_id = :parent_profile_id", "where parent_profile_id > :parent_profile_id"),
    ),
    "merged by three": (
        (
            "select c.name, s.slug from child_profiles as c "
            "join parenting_goals as g using (parent_profile_id) "
            "join suggestions as s using (parent_profile_id) where c.parent_profile_id = :parent_profile_id"
        ),
        "name: str, slug: str",
        ("where c.parent_profile_id = :parent_profile_id", "where c.name = :name"),
    ),
    "merged selected": (
        (
            "select parent_profile_id, c.name from child_profiles as c "
            "join parenting_goals as g using (parent_profile_id) where c.parent_profile_id = :parent_profile_id"
        ),
        "parent_profile_id: int, name: str",
        ("parent_profile_id: int", "parent_profile_id: int | None"),
    ),
    "schema-qualified column": (
        (
            "select public.child_profiles.name from public.child_profiles "
            "where public.child_profiles.parent_profile_id = :parent_profile_id"
        ),
        "name: str",
        (" = ", " <> "),
    ),
    "only": (
        "select id from only child_profiles where parent_profile_id = :parent_profile_id",
        "id: int",
        ("parent_profile_id = :parent_profile_id", "age = 1"),
    ),
    "cast twice": (
        "select id from child_profiles where parent_profile_id = :parent_profile_id::integer::bigint",
        "id: int",
        ("= :parent_profile_id", ">= :parent_profile_id"),
    ),
    "column cast": (
        "select id from child_profiles where parent_profile_id::numeric = :parent_profile_id::bigint::numeric",
        "id: int",
        ("numeric = ", "numeric >= "),
    ),
    "cursor rows": (
        (
            "select id, age from child_profiles where parent_profile_id = :parent_profile_id and (age, id) > "
            "(:after_age, :after_id) order by age, id limit :count"
        ),
        "id: int, age: int",
        ("parent_profile_id = :parent_profile_id and (age, id)", "(age, parent_profile_id)"),
    ),
    "bool subquery": (
        "select c.id from child_profiles as c where (select c.parent_profile_id = :parent_profile_id)",
        "id: int",
        ("c.parent_profile_id = :parent_profile_id", "c.age > 3"),
    ),
    "count = 1": (
        (
            "select c.id from child_profiles as c where (select count(*) from parent_profiles as p "
            "where p.id = c.parent_profile_id and p.user_id = :user_id) = 1"
        ),
        "id: int",
        (") = 1", ") = 0"),
    ),
    "1 <= count": (
        (
            "select c.id from child_profiles as c where 1 <= (select count(*) from parent_profiles as p "
            "where p.id = c.parent_profile_id and p.user_id = :user_id)"
        ),
        "id: int",
        ("1 <=", "0 <="),
    ),
    "chain": (
        (
            "select c.name, g.title from child_profiles as c, parenting_goals as g, parent_profiles as p "
            "where c.parent_profile_id = g.parent_profile_id and p.id = g.parent_profile_id and :user_id = p.user_id"
        ),
        "name: str, title: str",
        ("p.id = g.parent_profile_id", "p.id = g.id"),
    ),
    "unnest of one": (
        "select id from child_profiles where parent_profile_id in (select unnest(array[:parent_profile_id::bigint]))",
        "id: int",
        ("[:parent_profile_id::bigint]", "[:parent_profile_id::bigint, :id]"),
    ),
    "no difference": (
        "select id from child_profiles where not exists (select parent_profile_id except select :parent_profile_id)",
        "id: int",
        ("not exists", "exists"),
    ),
    "no difference of rows": (
        """
        select id from child_profiles as c
         where not exists (select c.parent_profile_id, c.id except all select :parent_profile_id, :id)
        """,
        "id: int",
        ("select c.parent_profile_id, c.id except", "select c.id, c.id except"),
    ),
    "no difference of a row that is there": (
        f"""
        select id from child_profiles as c
         where {OWNED} or not exists (select c.parent_profile_id except select :parent_profile_id)
        """,
        "id: int",
        ("select c.parent_profile_id except", "select c.parent_profile_id where false except"),
    ),
    "no difference of two rows": (
        "select id from child_profiles where not exists (select parent_profile_id except select :parent_profile_id)",
        "id: int",
        ("select :parent_profile_id)", "select unnest(array[:parent_profile_id, id]))"),
    ),
    "no null is counted": (
        f"select id, target_date from parenting_goals where {OWNED} and num_nulls(target_date, description) = 0",
        "id: int, target_date: datetime",
        ("= 0", "< 2"),
    ),
    "all that aren't null are counted": (
        f"select id, target_date from parenting_goals where {OWNED} and num_nonnulls(target_date, description) >= 2",
        "id: int, target_date: datetime",
        (">= 2", ">= 1"),
    ),
    "no difference of no columns": (
        f"select id from child_profiles where {OWNED} and not exists (select except select)",
        "id: int",
        (f"{OWNED} and", ""),
    ),
    "nullif of the owner": (
        "select id from child_profiles where nullif(parent_profile_id, :parent_profile_id) is null",
        "id: int",
        ("is null", "is not null"),
    ),
    "nullif of the owner first": (
        "select id from child_profiles where nullif(parent_profile_id, :parent_profile_id) is null",
        "id: int",
        ("(parent_profile_id, :parent_profile_id)", "(:parent_profile_id, parent_profile_id)"),
    ),
    "any of a query's array": (
        """
        select id from child_profiles
         where parent_profile_id = any (array(select p.id from parent_profiles as p where p.user_id = :user_id)::int8[])
        """,
        "id: int",
        ("p.user_id = :user_id", "p.user_id > :user_id"),
    ),
    "not unlike all of a query's array": (
        """
        select id from child_profiles
         where not parent_profile_id <> all (array(select p.id from parent_profiles as p where p.user_id = :user_id))
        """,
        "id: int",
        ("<> all", "<> any"),
    ),
    "a row as any of a query's array": (
        f"""
        select name from child_profiles
         where {OWNED}
           and (parent_profile_id, id) = any (array(select (m.parent_profile_id, m.child_id) from milestones as m
             where m.{OWNED}))
        """,
        "name: str",
        (f"where {OWNED}\n           and", "where"),
    ),
    "nullif that is no value": (
        """
        select id from child_profiles
         where not (nullif(parent_profile_id, :parent_profile_id) is not null or age > 3)
        """,
        "id: int",
        ("not null or", "not null and"),
    ),
    "nullif of an owner who may have gone": (
        "select id from mails where user_id = :user_id",
        "id: int",
        ("user_id = :user_id", "nullif(user_id, :user_id) is null"),
    ),
    "nullif of two owners": (
        """
        select c.id from child_profiles as c join parent_profiles as p on nullif(c.parent_profile_id, p.id) is null
         where p.user_id = :user_id
        """,
        "id: int",
        ("(c.parent_profile_id, p.id)", "(c.id, p.id)"),
    ),
    "nullif of two owners, turned": (
        """
        select c.id from child_profiles as c join parent_profiles as p on nullif(p.id, c.parent_profile_id) is null
         where p.user_id = :user_id
        """,
        "id: int",
        ("(p.id, c.", "(c.id, c."),
    ),
    "nullif of an owner that is not grouped by": (
        """
        select array(select c.name from child_profiles as c where nullif(c.parent_profile_id, p.id) is null) as names
          from parent_profiles as p where p.user_id = :user_id group by rollup (p.id)
        """,
        "names: list[str]",
        ("(c.parent_profile_id, p.id)", "(p.id, c.parent_profile_id)"),
    ),
    "a row that is there, as any of a query's array": (
        """
        select c.id from child_profiles as c
          left join parent_profiles as p on p.user_id = :user_id and p.id = c.parent_profile_id
         where p.id = any (array(select x.id from parent_profiles as x where x.user_id = :user_id))
        """,
        "id: int",
        ("p.id = any (array(select x.id", "(p.id, 1) = any (array(select (null::bigint, 1)"),
    ),
    "an owner is no truth": (
        f"select id from child_profiles where {OWNED}",
        "id: int",
        (
            OWNED,
            "parent_profile_id = (2 <> all (select p.id from parent_profiles as p where p.user_id = :user_id))::int4",
        ),
    ),
    "an owner is no truth of any": (
        f"select id from child_profiles where {OWNED}",
        "id: int",
        (
            OWNED,
            "parent_profile_id = (:id in (select p.id from parent_profiles as p where p.user_id = :user_id))::int4",
        ),
    ),
    "nullif of an owner whose row may be missing": (
        """
        select c.id from child_profiles as c
          left join parenting_goals as g on g.id = c.id and g.parent_profile_id = :parent_profile_id
         where nullif(c.parent_profile_id, :parent_profile_id) is null
        """,
        "id: int",
        ("nullif(c.parent_profile_id", "nullif(g.parent_profile_id"),
    ),
}
