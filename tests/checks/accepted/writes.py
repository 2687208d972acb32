"""Right inserts, updates, deletes and merges of unusual form, each with a change that makes it wrong."""

from typing import Final

from tests.checks.accepted.schema import OWNED, Right

WRITES: Final[dict[str, Right]] = {
    "inverted case in an update": (
        f"""
        update child_profiles
           set name = case when not (:patch::jsonb ? 'name') then name else :patch::jsonb ->> 'name' end,
               development_notes = case
                                     when :patch::jsonb ? 'development_notes' is not true then development_notes
                                     else :patch::jsonb ->> 'development_notes'
                                   end
         where {OWNED} and id = :id returning id
        """,
        "id: int",
        ("when not (:patch::jsonb ? 'name')", "when (:patch::jsonb ? 'name')"),
    ),
    "simple case in an update": (
        f"""
        update child_profiles
           set name = case :patch::jsonb ? 'name' when true then :patch::jsonb ->> 'name' else name end,
               development_notes = case :patch::jsonb ? 'development_notes'
                                     when false then development_notes
                                     else :patch::jsonb ->> 'development_notes'
                                   end
         where {OWNED} and id = :id returning id
        """,
        "id: int",
        ("when false then", "when true then"),
    ),
    "case of two keys in an update": (
        f"""
        update child_profiles
           set name = case
                        when age > 3 and :patch::jsonb ? 'name' and :patch::jsonb ? 'development_notes'
                        then :patch::jsonb ->> 'name' else name
                      end,
               development_notes = case
                                     when not (:patch::jsonb ? 'development_notes') or age > 18 then development_notes
                                     else :patch::jsonb ->> 'development_notes'
                                   end
         where {OWNED} and id = :id returning id
        """,
        "id: int",
        ("or age > 18", "and age > 18"),
    ),
    "merge": (
        """
        merge into child_profiles as c
        using (select :parent_profile_id::bigint as parent_profile_id, :id::bigint as id) as me
           on c.parent_profile_id = me.parent_profile_id and c.id = me.id
         when matched and c.age > 17 then delete
         when matched then update set age = c.age + 1
         when not matched then insert (parent_profile_id, name, age) values (me.parent_profile_id, :name, 0)
        returning merge_action() as action, old.age as age_before, new.age as age
        """,
        "action: str, age_before: int | None, age: int | None",
        ("c.parent_profile_id = me.parent_profile_id and", ""),
    ),
    "merge not matched by source, of own rows": (
        """
        merge into child_profiles as c
        using (select :parent_profile_id::bigint as parent_profile_id, :id::bigint as id) as me
           on c.parent_profile_id = me.parent_profile_id and c.id = me.id
         when not matched by source and c.parent_profile_id = :parent_profile_id then delete
        returning c.id
        """,
        "id: int",
        (" and c.parent_profile_id = :parent_profile_id then", " and c.age > 17 then"),
    ),
    "returning old and new": (
        f"""
        update child_profiles set age = age + 1 where {OWNED} and id = :id
        returning old.age as age_before, new.age
        """,
        "age_before: int, age: int",
        ("age_before: int", "age_before: int | None"),
    ),
    "old and new by other names": (
        f"""
        update child_profiles set age = age + 1 where {OWNED} and id = :id
        returning with (old as before, new as after) before.age as age_before, after.age
        """,
        "age_before: int, age: int",
        ("age_before: int", "age_before: int | None"),
    ),
    "insert of a values list": (
        """
        insert into child_profiles (parent_profile_id, name, age)
        select :parent_profile_id, v.name, v.age from (values (:name, 1), ('Bram', 2)) as v (name, age)
        returning id, name
        """,
        "id: int, name: str",
        ("select :parent_profile_id", "select :id"),
    ),
    "conflict whose where is turned round": (
        """
        insert into parent_profiles as p (user_id, name) values (:user_id, :name)
            on conflict (id) do update set name = excluded.name where not (p.user_id <> :user_id)
        returning id
        """,
        "id: int",
        ("not (p.user_id <> :user_id)", "p.user_id <> :user_id"),
    ),
    "update by what is not null": (
        f"""
        update child_profiles as c set name = v.name, development_notes = development_notes || v.name
          from unnest(:ids::bigint[], :names::text[]) as v (id, name)
         where c.id = v.id and v.name is not null and c.{OWNED} returning c.id
        """,
        "id: int",
        ("and v.name is not null", ""),
    ),
    "delete by exists": (
        """
        delete from child_profiles as c
         where c.id = :id
           and exists (select from parent_profiles as p where p.id = c.parent_profile_id and p.user_id = :user_id)
        returning c.id
        """,
        "id: int",
        ("and p.user_id = :user_id", ""),
    ),
    "delete of what a CTE gave": (
        f"""
        with old as materialized (
          select id, parent_profile_id from child_profiles where {OWNED} order by id limit 5 for update
        )
        delete from child_profiles as c using old
         where (c.parent_profile_id, c.id) = (old.parent_profile_id, old.id)
        returning c.id, c.name
        """,
        "id: int, name: str",
        ("(c.parent_profile_id, c.id) =", "(c.id, c.parent_profile_id) ="),
    ),
    "conflict partial": (
        (
            "insert into naps (parent_profile_id, child_id, began, valid_at, mood) "
            "values (:parent_profile_id, :child_id, now(), tstzrange(now(), null), 'a') "
            "on conflict (parent_profile_id, child_id) "
            'where ended is null do update set "order" = naps."order" + 1 returning id, (old.id is null) as is_new'
        ),
        "id: int, is_new: bool",
        ("values (:parent_profile_id", "values (:id"),
    ),
    "conflict old": (
        (
            "insert into child_profiles as c (id, parent_profile_id, name, age) "
            "values (:id, :parent_profile_id, :name, :age) "
            "on conflict (parent_profile_id, id) do update set name = excluded.name "
            "returning c.id, old.name as name_before, new.name, old is null as was_added"
        ),
        "id: int, name_before: str | None, name: str, was_added: bool",
        ("name_before: str | None", "name_before: str"),
    ),
    "set from subquery": (
        (
            "update child_profiles as c set (name, age) = (select coalesce(min(g.title), c.name), c.age "
            "from parenting_goals as g where g.parent_profile_id = c.parent_profile_id) "
            "where c.parent_profile_id = :parent_profile_id and c.id = :id returning c.id"
        ),
        "id: int",
        ("coalesce(min(g.title), c.name)", "min(g.title)"),
    ),
    "subscript set": (
        (
            "update child_profiles set special_needs[1] = :name, routines['bedtime'] = to_jsonb(:name::text) "
            "where parent_profile_id = :parent_profile_id and id = :id returning id"
        ),
        "id: int",
        ("parent_profile_id = :parent_profile_id", "true"),
    ),
    "composite field set": (
        (
            "update milestones set place.street = :street "
            "where parent_profile_id = :parent_profile_id and id = :id returning id"
        ),
        "id: int",
        ("parent_profile_id = :parent_profile_id", "true"),
    ),
    "delete using lateral": (
        (
            "delete from child_profiles as c using parent_profiles as p, lateral (select g.title "
            "from parenting_goals as g where g.parent_profile_id = p.id order by g.id limit 1) as g "
            "where p.id = c.parent_profile_id and p.user_id = :user_id returning c.id, g.title"
        ),
        "id: int, title: str",
        ("g.parent_profile_id = p.id", "true"),
    ),
    "delete ctid": (
        (
            "delete from child_profiles where parent_profile_id = :parent_profile_id and ctid = any (array(select "
            "d.ctid from child_profiles as d where d.parent_profile_id = :parent_profile_id "
            "order by d.id limit 3 for update skip locked)) returning id"
        ),
        "id: int",
        ("parent_profile_id = :parent_profile_id and ctid", "ctid"),
    ),
    "update twice": (
        (
            "with one as (update child_profiles set age = 1 "
            "where parent_profile_id = :parent_profile_id and id = :id "
            "returning id, name), two as (update parenting_goals set status = 'done' "
            "where parent_profile_id = :parent_profile_id and id = :id returning id) "
            "select one.id, one.name, two.id as parenting_goal_id from one left join two on two.id = one.id"
        ),
        "id: int, name: str, parenting_goal_id: int | None",
        ("parenting_goal_id: int | None", "parenting_goal_id: int"),
    ),
    "merge values": (
        (
            "merge into child_profiles as c using (values (:parent_profile_id::bigint, :id::bigint, :name::text)) "
            "as v (parent_profile_id, id, name) on (c.parent_profile_id, c.id) = (v.parent_profile_id, v.id) "
            "when matched and c.name = v.name then do nothing "
            "when matched then update set name = v.name, updated_at = now() "
            "when not matched by target then insert (parent_profile_id, name, age) "
            "values (v.parent_profile_id, v.name, 1) returning merge_action() as action, new.id, old.name as "
            "name_before"
        ),
        "action: str, id: int, name_before: str | None",
        ("(:parent_profile_id::bigint", "(:id::bigint"),
    ),
    "merge cte": (
        (
            "with mine as (select id from parent_profiles "
            "where user_id = :user_id) merge into child_profiles as c using mine "
            "on c.parent_profile_id = mine.id and c.id = :id when matched then delete returning c.id"
        ),
        "id: int",
        ("user_id = :user_id", "true"),
    ),
    "merge exists": (
        (
            "merge into child_profiles as c using parent_profiles as p "
            "on c.parent_profile_id = p.id and p.user_id = :user_id "
            "when matched then update set name = c.name || '!' returning c.id"
        ),
        "id: int",
        (" and p.user_id = :user_id", ""),
    ),
    "insert union": (
        (
            "insert into child_profiles (parent_profile_id, name, age) "
            "select :parent_profile_id::bigint, :name, 1 union all "
            "select :parent_profile_id::bigint, 'b', 2 returning id"
        ),
        "id: int",
        ("all select :parent_profile_id", "all select :id"),
    ),
    "insert generated": (
        (
            "insert into naps (parent_profile_id, child_id, began, valid_at, mood, minutes, double_minutes) "
            "values (:parent_profile_id, :child_id, now(), tstzrange(now(), null), 'a', default, default) "
            "returning minutes"
        ),
        "minutes: int | None",
        ("values (:parent_profile_id", "values (:id"),
    ),
    "comments and dollars": (
        (
            "select /* a :name */ id, -- :other\n $x$ :no $x$ as text, 'it''s :no' as other, e'\\n:no' as third "
            "from child_profiles where /* /* nested */ :id */ parent_profile_id = :parent_profile_id"
        ),
        "id: int, text: str, other: str, third: str",
        ("parent_profile_id = :parent_profile_id", "true"),
    ),
    "slices": (
        (
            "select special_needs[1:2] as special_needs, special_needs[age] as need, name::text as name "
            "from child_profiles where parent_profile_id = :parent_profile_id"
        ),
        "special_needs: list[str], need: str | None, name: str",
        ("parent_profile_id = :parent_profile_id", "true"),
    ),
    "unicode": (
        'select U&"n\\0061me" as "name" from child_profiles where parent_profile_id = :parent_profile_id',
        "name: str",
        ("parent_profile_id = :parent_profile_id", "true"),
    ),
    "values at top": (
        "values (1, 'a'), (2, 'b')",
        "column1: int, column2: str",
        ("'b'", "null"),
    ),
    "insert overriding system": (
        (
            "insert into naps (id, parent_profile_id, child_id, began, valid_at, mood) overriding system value "
            "values (:id, :parent_profile_id, :child_id, now(), tstzrange(now(), null), 'a') returning id"
        ),
        "id: int",
        ("(:id, :parent_profile_id", "(:id, :id"),
    ),
    "was it there": (
        """
        insert into child_profiles (id, parent_profile_id, name, age)
        values (:id, :parent_profile_id, :name, :age)
            on conflict (parent_profile_id, id) do update set name = excluded.name, age = excluded.age
        returning id, xmax = 0 as is_new
        """,
        "id: int, is_new: bool",
        ("xmax = 0", "old.xmax = 0"),
    ),
    "merge whose source may be missing": (
        """
        merge into milestones as t
        using (select p.id from parent_profiles as p where p.user_id = :user_id) as q
              join parent_profiles as p on p.id = q.id
           on t.parent_profile_id = p.id and t.child_id = 99
         when not matched by source and t.parent_profile_id = :parent_profile_id then delete
        returning array(select c.name from child_profiles as c where nullif(c.parent_profile_id, p.id) is null) as names
        """,
        "names: list[str]",
        ("(c.parent_profile_id, p.id)", "(p.id, c.parent_profile_id)"),
    ),
    "merge whose source is a full join": (
        f"""
        merge into milestones as t
        using (select x.id from child_profiles as x where x.{OWNED}) as c
              full join (select n.child_id from naps as n where n.{OWNED}) as m on m.child_id = c.id
           on t.{OWNED} and t.child_id = c.id and t.child_id = 99
         when not matched by source and t.{OWNED} then delete
        returning coalesce(c.id + 0, m.child_id + 0) as number
        """,
        "number: int | None",
        ("number: int | None", "number: int"),
    ),
}
