"""Statements that reach only the caller's rows, and statements that don't; all are valid SQL."""

# Up to a condition that has pictures be those of a user who may be missing; pictures may be nobody's.
_MISSING = """select p.user_id from (values (1)) as o (one) left join users as u on u.id = :user_id and o.one > 1
              join pictures as p on"""
_CHAIN = ", ".join(
    f"c{n} as (select a.id, b.parent_profile_id from c{n - 1} as a join c{n - 1} as b on b.id = a.id)"
    for n in range(1, 9)
)
SOUND = {
    "of who is there": f"{_MISSING} p.user_id = u.id",
    "rows with one who is there": f"{_MISSING} (p.user_id, 1) in ((u.id, 1))",
    "case of one who is there": f"{_MISSING} case p.user_id when u.id then true end",
    "array of one who is there": f"{_MISSING} p.user_id = any (array[u.id])",
    "turned round": "select id from child_profiles where :parent_profile_id = parent_profile_id",
    "cast": "select id from child_profiles where parent_profile_id = :parent_profile_id::bigint",
    "row": "select id from child_profiles where (parent_profile_id, id) = (:parent_profile_id, :id)",
    "chain": """
        select g.id from child_profiles as c, parenting_goals as g
         where g.parent_profile_id = c.parent_profile_id and c.parent_profile_id = :parent_profile_id""",
    "using": """
        select g.id from child_profiles as c join parenting_goals as g using (parent_profile_id)
         where c.parent_profile_id = :parent_profile_id""",
    "by the profile": """
        select c.id from parent_profiles as p join child_profiles as c on c.parent_profile_id = p.id
         where p.user_id = :user_id""",
    "the profile's user": """
        select s.id from sessions as s join parent_profiles as p using (user_id) where p.id = :parent_profile_id""",
    "nullable side": """
        select c.id from users as u left join child_profiles as c on c.parent_profile_id = :parent_profile_id
         where u.id = :user_id""",
    "where on the nullable side": """
        select c.id from rate_limits as t left join child_profiles as c on c.name = t.subject
         where c.parent_profile_id = :parent_profile_id""",
    "scalar subquery": """
        select id from child_profiles
         where parent_profile_id = (select id from parent_profiles where user_id = :user_id)""",
    "in": """
        select id from child_profiles
         where parent_profile_id in (select id from parent_profiles where user_id = :user_id)""",
    "outer query": """
        select id, (select count(*) from child_profiles as c where c.parent_profile_id = p.id)
          from parent_profiles as p where user_id = :user_id""",
    "lateral": """
        select g.id from child_profiles as c
         cross join lateral (select id from parenting_goals where parent_profile_id = c.parent_profile_id limit 1) as g
         where c.parent_profile_id = :parent_profile_id""",
    "CTE restricted where it is used": """
        with every as (select parent_profile_id, id from child_profiles)
        select id from every where parent_profile_id = :parent_profile_id""",
    "CTE with names of its own, restricted in both uses": """
        with every (owner, child) as (select parent_profile_id, id from child_profiles)
        select e.child from every as e join every as o (whose, other) on o.whose = e.owner
         where e.owner = :parent_profile_id""",
    "CTE restricted behind another": """
        with every as (select parent_profile_id, id, name from child_profiles),
             old as (select parent_profile_id as owner, name from every where id < 10)
        select name from old where owner = :parent_profile_id""",
    "CTE restricted by a join": """
        with goals as (select g.title, g.parent_profile_id from parenting_goals as g),
             profile as (select id from parent_profiles where user_id = :user_id)
        select g.title from profile join goals as g on g.parent_profile_id = profile.id""",
    "CTE restricted in a subquery": """
        with every as (select parent_profile_id, id from child_profiles)
        select id, (select count(*) from every where every.parent_profile_id = p.id)
          from parent_profiles as p where user_id = :user_id""",
    "CTE restricted where a write uses it": """
        with every as (select parent_profile_id, id, name from child_profiles)
        update parenting_goals as g set title = every.name from every
         where g.parent_profile_id = :parent_profile_id and every.parent_profile_id = g.parent_profile_id""",
    "CTE beside recursive ones, restricted where it is used": """
        with recursive every as (select parent_profile_id, id from child_profiles)
        select id from every where parent_profile_id = :parent_profile_id""",
    "nobody's derived rows that are somebody's": """
        select m.id from (select id, user_id from mails) as m where m.user_id = :user_id""",
    "derived table restricted outside": """
        select c.id from (select id, parent_profile_id from child_profiles) as c
         where c.parent_profile_id = :parent_profile_id""",
    "derived table of a join": """
        select c.id from (select id, parent_profile_id from child_profiles) as c
          left join (select id, parent_profile_id from parenting_goals) as g
            on g.id = c.id and g.parent_profile_id = c.parent_profile_id
         where c.parent_profile_id = :parent_profile_id""",
    "derived tables, one in the other": """
        select c.id
          from (select d.id, d.owner from (select id, parent_profile_id as owner from child_profiles) as d) as c
         where c.owner = :parent_profile_id""",
    "union restricted outside": """
        select c.id from (select id, parent_profile_id from child_profiles union all
                          select id, parent_profile_id from parenting_goals) as c
         where c.parent_profile_id = :parent_profile_id""",
    "groups restricted outside": """
        select c.count
          from (select parent_profile_id, count(*) from child_profiles group by parent_profile_id) as c
         where c.parent_profile_id = :parent_profile_id""",
    "windows of one family each": """
        select c.place
          from (
                 select parent_profile_id, rank() over mine as best,
                        row_number() over (partition by parent_profile_id order by id) as place
                   from child_profiles
                 window mine as (partition by parent_profile_id)
               ) as c
         where c.parent_profile_id = :parent_profile_id and c.best = 1""",
    "derived natural join": """
        select name from (select id, name, parent_profile_id from child_profiles) as c
               natural join (select id, parent_profile_id from parenting_goals) as g
         where g.parent_profile_id = :parent_profile_id""",
    "CTE": """
        with mine as (
          select parent_profile_id as owner from child_profiles where parent_profile_id = :parent_profile_id
        )
        select g.id from mine join parenting_goals as g on g.parent_profile_id = mine.owner""",
    "union": """
        with mine as (
          select id from parent_profiles where user_id = :user_id union select :parent_profile_id::bigint
        )
        select c.id from mine join child_profiles as c on c.parent_profile_id = mine.id""",
    "recursive CTE": """
        with recursive later as (
          select id, parent_profile_id from child_profiles where parent_profile_id = :parent_profile_id
           union all
          select c.id, c.parent_profile_id
            from later join child_profiles as c on c.parent_profile_id = later.parent_profile_id and c.id > later.id
        )
        select id from later""",
    "star in an intersect": """
        select id from child_profiles as c
         where parent_profile_id = :parent_profile_id
           and exists (select v.* from (values (1::bigint)) as v (id) intersect select c.id)""",
    "star of a subquery": """
        insert into child_profiles (parent_profile_id, name, age)
        select mine.*, 3 from (select :parent_profile_id::bigint, 'Noor') as mine (owner, name)""",
    "conflict restricted by where": """
        insert into parent_profiles as p (user_id, name) values (:user_id, '')
            on conflict (id) do update set name = excluded.name where p.user_id = :user_id""",
    "conflict by key": """
        insert into child_profiles (parent_profile_id, id, name, age) values (:parent_profile_id, :id, 'Noor', 3)
            on conflict (parent_profile_id, id) do update set name = excluded.name""",
    "same owner set": """
        update child_profiles set (parent_profile_id, age) = (select :parent_profile_id, 3)
         where parent_profile_id = :parent_profile_id""",
}

LEAKS = {
    "rows of a case are equal, nulls in them too": f"{_MISSING} case (p.user_id, 1) when (u.id, 1) then true end",
    "rows of an array are equal, nulls in them too": f"{_MISSING} (p.user_id, 1) = any (array[(u.id, 1)])",
    "arrays of rows overlap by nulls": f"{_MISSING} array[(p.user_id, 1)] && array[(u.id, 1)]",
    "an array of rows is within another by nulls": f"{_MISSING} array[(p.user_id, 1)] <@ array[(u.id, 1)]",
    "nothing": "select id from child_profiles",
    "key only": "select id from child_profiles where id = :id",
    "wrong kind of owner": "select id from child_profiles where parent_profile_id = :user_id",
    "profile by the user's id": "select id from parent_profiles where id = :user_id",
    "another parameter": "select id from child_profiles where parent_profile_id = :id",
    "cast that loses": """
        select id from child_profiles
         where parent_profile_id::integer::boolean = :parent_profile_id::integer::boolean""",
    "function": "select id from child_profiles where abs(parent_profile_id) = :parent_profile_id",
    "coalesce": """
        select id from child_profiles where coalesce(:parent_profile_id, parent_profile_id) = parent_profile_id""",
    "column with itself": "select id from child_profiles where parent_profile_id = parent_profile_id",
    "any": "select id from child_profiles where parent_profile_id = any (array[:parent_profile_id, 1])",
    "in a list": "select id from child_profiles where parent_profile_id in (:parent_profile_id, 1)",
    "not in": "select id from child_profiles where parent_profile_id not in (select :parent_profile_id::bigint)",
    "having": """
        select parent_profile_id from child_profiles group by parent_profile_id
        having parent_profile_id = :parent_profile_id or count(*) > 3""",
    "having of a grouping set": """
        select count(*) from child_profiles group by rollup (parent_profile_id)
        having parent_profile_id is not distinct from :parent_profile_id""",
    "in the columns": "select id, parent_profile_id = :parent_profile_id as mine from child_profiles",
    "in a case": """
        select id from child_profiles where case when true then true else parent_profile_id = :parent_profile_id end""",
    "else of what a null makes neither": """
        select id from child_profiles
         where case when parent_profile_id <> :parent_profile_id then false else true end""",
    "text that is a truth": "select id from child_profiles where parent_profile_id = :parent_profile_id or 't'",
    "bounds of other columns": """
        select id from child_profiles where parent_profile_id >= :parent_profile_id and id <= :parent_profile_id""",
    "bounds that differ each time": """
        select id from child_profiles where parent_profile_id between abs(:parent_profile_id) and abs(:id)""",
    "all of an array that may be empty": """
        select id from child_profiles where parent_profile_id = all (select :parent_profile_id::bigint where false)""",
    "nobody's rows": """
        select m.id from users as u
          left join idempotency_keys as k on k.user_id = u.id
          join mails as m on m.user_id is not distinct from k.user_id
         where u.id = :user_id""",
    "exists of all rows": """
        select c.id from child_profiles as c
         where exists (
                 select max(p.id) from parent_profiles as p where p.id = c.parent_profile_id and p.user_id = :user_id
               )""",
    "exists of a left join": """
        select c.id from child_profiles as c
         where exists (
                 select from users as u
                   left join parent_profiles as p on p.user_id = u.id and p.id = c.parent_profile_id
                  where u.id = :user_id
               )""",
    "exists of a union": """
        select c.id from child_profiles as c
         where exists (
                 select from parent_profiles as p where p.id = c.parent_profile_id and p.user_id = :user_id
                  union all
                 select from users as u where u.id = :user_id
               )""",
    "lateral of a left join": """
        select c.id from child_profiles as c
          left join lateral (
                 select p.name from parent_profiles as p where p.id = c.parent_profile_id and p.user_id = :user_id
               ) as mine on true""",
    "second reference by its id": """
        select g.id from child_profiles as c join parenting_goals as g on g.id = c.id
         where c.parent_profile_id = :parent_profile_id""",
    "condition on the kept side of a left join": """
        select c.id from child_profiles as c left join users as u
            on u.id = :user_id and c.parent_profile_id = :parent_profile_id
         where u.id is null or u.id = :user_id""",
    "null on the nullable side": """
        select c.id from child_profiles as c left join parent_profiles as p
            on p.id = c.parent_profile_id and p.user_id = :user_id
         where p.id is null""",
    "a count that may be 0": """
        select c.id from child_profiles as c
         where (
                 select count(*) from parent_profiles as p where p.id = c.parent_profile_id and p.user_id = :user_id
               ) >= 0""",
    "equality that a left join doesn't demand": """
        select c.id from child_profiles as c
          left join parenting_goals as g
            on g.parent_profile_id = c.parent_profile_id and g.parent_profile_id = :parent_profile_id""",
    "right join": """
        select c.id from (select :parent_profile_id::bigint as owner) as me
         right join child_profiles as c on c.parent_profile_id = me.owner""",
    "full join": """
        select c.id from (select :parent_profile_id::bigint as owner) as me
          full join child_profiles as c on c.parent_profile_id = me.owner""",
    "overlap with what isn't written out": """
        select id from child_profiles where special_needs && array['x'] or parent_profile_id = :parent_profile_id""",
    "overlap of arrays of arrays": """
        select id from child_profiles
         where array[[parent_profile_id, id]] && array[[:parent_profile_id::bigint, :id::bigint]]""",
    "array of arrays in another": """
        select id from child_profiles
         where array[[parent_profile_id, id]] <@ array[[:parent_profile_id::bigint, :id::bigint]]""",
    "array that is rounded": """
        select id from child_profiles
         where parent_profile_id = any (array[:parent_profile_id::bigint]::numeric(10, -2)[])""",
    "array of truths": """
        select id from child_profiles
         where array[parent_profile_id::integer]::boolean[] = array[:parent_profile_id::integer]::boolean[]""",
    "numbers that are rounded by other rules": """
        select c.id from child_profiles as c cross join (values (:id::double precision)) as v (number)
         where v.number::bigint = :parent_profile_id and c.parent_profile_id = v.number::numeric::bigint""",
    "intersect with a star": """
        select c.id from child_profiles as c
         where exists (
           select v.*, c.parent_profile_id from (values (1::bigint, :parent_profile_id::bigint)) as v (one, other)
           intersect select 1, :parent_profile_id, c.parent_profile_id)""",
    "intersect of a grouping set's nulls": """
        select c.id from child_profiles as c
         where exists (
           select c.parent_profile_id group by rollup (c.parent_profile_id)
           intersect select case when c.id = 0 then :parent_profile_id::bigint end)""",
    "alias that is called as a table around it": """
        select id, (select max(child_profiles.title) from parenting_goals as child_profiles
                     where public.child_profiles.parent_profile_id = :parent_profile_id) as title
          from child_profiles where parent_profile_id = :parent_profile_id""",
    "merged column of a right join": """
        with mine as (
          select parent_profile_id
            from (select parent_profile_id from child_profiles where parent_profile_id = :parent_profile_id) as c
           right join (values (:id::bigint)) as g (parent_profile_id) using (parent_profile_id)
        )
        select sessions.id
          from sessions join parent_profiles as p using (user_id) join mine on mine.parent_profile_id = p.id""",
    "natural join": """
        select id from child_profiles natural join (select :parent_profile_id::bigint as parent_profile_id) as me""",
    "named window of all families": """
        select c.place
          from (
                 select parent_profile_id, row_number() over mine as place, rank() over (whole order by id) as other
                   from child_profiles
                 window whole as (), mine as (partition by parent_profile_id order by id)
               ) as c
         where c.parent_profile_id = :parent_profile_id""",
    "first of each family, restricted outside": """
        select c.id
          from (
                 select distinct on (parent_profile_id) id, parent_profile_id
                   from child_profiles order by parent_profile_id, id
               ) as c
         where c.parent_profile_id = :parent_profile_id""",
    "lock around a derived table": """
        select c.id
          from parent_profiles as p
          join (select id, parent_profile_id from child_profiles order by id) as c on c.parent_profile_id = p.id
         where p.user_id = :user_id
           for update of c""",
    "lock within a CTE": """
        with c as (
          select d.id, d.parent_profile_id
            from child_profiles as d
           cross join lateral (
                   select g.id from parenting_goals as g where g.parent_profile_id = d.parent_profile_id for update
                 ) as h
        )
        select c.id from c join parent_profiles as p on p.id = c.parent_profile_id where p.user_id = :user_id""",
    "two outputs of one name": """
        select c.id
          from (select parent_profile_id as owner, :parent_profile_id::bigint as owner, id from child_profiles) as c""",
    "two outputs that are renamed to one name": """
        with c (a, a, id) as (select parent_profile_id, :parent_profile_id::bigint, id from child_profiles)
        select c.id from c""",
    "output that is called as the column of a distinct on": """
        select x.id
          from (
                 select distinct on (parent_profile_id) parent_profile_id as owner, name as parent_profile_id, id
                   from child_profiles order by 2, id
               ) as x
         where x.owner = :parent_profile_id""",
    "nobody's rows by a derived table": """
        select m.id
          from users as u
          left join idempotency_keys as k on k.user_id = u.id
          join (select id, user_id from mails) as m on m.user_id is not distinct from k.user_id
         where u.id = :user_id""",
    "nobody's rows by except": """
        select x.user_id
          from (
                 select k.user_id from users as u left join idempotency_keys as k on k.user_id = u.id
                  where u.id = :user_id
                 except select user_id from mails
               ) as x""",
    "lock that a function takes of each": """
        with c as (select pg_advisory_xact_lock(parent_profile_id), id, parent_profile_id from child_profiles)
        select id from c where parent_profile_id = :parent_profile_id""",
    "materialized": """
        with c as materialized (select id, parent_profile_id from child_profiles)
        select id from c where parent_profile_id = :parent_profile_id""",
    # Without remembering what was read it would take minutes.
    "chain of CTEs that each read the one before twice": f"""
        with c0 as (select id, parent_profile_id from child_profiles), {_CHAIN}
        select id from c8""",
    "CTE restricted in one of two uses": """
        with every as (select parent_profile_id, id from child_profiles)
        select e.id from every as e, every as o where e.parent_profile_id = :parent_profile_id""",
    "CTE that another passes on": """
        with every as (select parent_profile_id, id from child_profiles),
             old as (select parent_profile_id, id from every where id < 10)
        select id from old where id > 1""",
    "CTE that nobody refers to": """
        with every as (select parent_profile_id, id from child_profiles) select id from users where id = :user_id""",
    "limit behind what is restricted": """
        select c.id from (select id, parent_profile_id from child_profiles order by id limit 9) as c
         where c.parent_profile_id = :parent_profile_id""",
    "limit of a union behind what is restricted": """
        select c.id from (select id, parent_profile_id from child_profiles union all
                          select id, parent_profile_id from parenting_goals order by id limit 9) as c
         where c.parent_profile_id = :parent_profile_id""",
    "window of all families behind what is restricted": """
        select c.place
          from (select parent_profile_id, row_number() over (order by id) as place from child_profiles) as c
         where c.parent_profile_id = :parent_profile_id""",
    "first of all families": """
        select c.id from (select distinct on (name) id, parent_profile_id from child_profiles order by name, id) as c
         where c.parent_profile_id = :parent_profile_id""",
    "locked rows of all families": """
        select c.id from (select id, parent_profile_id from child_profiles for update) as c
         where c.parent_profile_id = :parent_profile_id""",
    "group of all families": """
        select c.count from (select max(parent_profile_id) as owner, count(*) from child_profiles) as c
         where c.owner = :parent_profile_id""",
    "some grouping sets": """
        select c.count
          from (select parent_profile_id, count(*) from child_profiles group by rollup (parent_profile_id)) as c
         where c.parent_profile_id = :parent_profile_id""",
    "one branch of a union": """
        select c.id from (select id, parent_profile_id from child_profiles union all
                          select id, max(parent_profile_id) from parenting_goals group by id) as c
         where c.parent_profile_id = :parent_profile_id""",
    "derived table that is kept without a partner": """
        select c.id from (select id, parent_profile_id from child_profiles) as c
          left join parent_profiles as p on p.id = c.parent_profile_id and p.user_id = :user_id""",
    "computed owner of a derived table": """
        select c.id from (select id, parent_profile_id + 1 as owner from child_profiles) as c
         where c.owner = :parent_profile_id""",
    "one of two tables in a derived table": """
        select c.id
          from (select c.id, c.parent_profile_id from child_profiles as c cross join parenting_goals as g) as c
         where c.parent_profile_id = :parent_profile_id""",
    "CTE that writes, restricted where it is used": """
        with gone as (delete from child_profiles where id = :id returning parent_profile_id, id)
        select id from gone where parent_profile_id = :parent_profile_id""",
    "CTE that nobody uses": """
        with gone as (delete from parenting_goals) select id from users where id = :user_id""",
    "CTE named like its table": """
        with child_profiles as (select id, :parent_profile_id::bigint as parent_profile_id from child_profiles)
        select id from child_profiles where parent_profile_id = :parent_profile_id""",
    "recursive CTE": """
        with recursive every as (
          select id, parent_profile_id from child_profiles where parent_profile_id = :parent_profile_id
           union all
          select c.id, c.parent_profile_id from child_profiles as c join every on c.id = every.id + 1
        )
        select id from every""",
    "recursive CTE whose columns change places": """
        with recursive turning (owner, other) as (
          select :parent_profile_id::bigint, :id::bigint union all select other, owner from turning
        )
        select c.id from turning join child_profiles as c on c.parent_profile_id = turning.owner""",
    "recursive CTE that another reads before it": """
        with recursive mine as (select owner from other),
             other as (select :parent_profile_id::bigint as owner)
        select c.id from mine join child_profiles as c on c.parent_profile_id = mine.owner""",
    "renamed columns": """
        select c.b from child_profiles as c (parent_profile_id, b) where parent_profile_id = :parent_profile_id""",
    "name of an outer query": """
        select id from users as c
         where id = :user_id and exists (select from child_profiles where parent_profile_id = c.id)""",
    "shadowed name": """
        select id from child_profiles as c where parent_profile_id = :parent_profile_id
           and exists (
                 select from parenting_goals as c, child_profiles as d where d.parent_profile_id = c.parent_profile_id
               )""",
    "lateral sees only what stands to its left": """
        select id from parent_profiles as w where w.name = 'Noor' and exists (
          select from lateral (select from child_profiles as c where c.parent_profile_id = w.id) as x,
                 (select :parent_profile_id::bigint as id) as w
        )""",
    "join sees only its own sides": """
        select id from users as u where u.id = :user_id and exists (
          select from parent_profiles as u, sessions as s join child_profiles as c on c.parent_profile_id = u.id
           where s.user_id = :user_id and u.user_id = :user_id
        )""",
    "update from": """
        update child_profiles as c set age = 3 from parenting_goals as g
         where c.parent_profile_id = :parent_profile_id""",
    "update restricts its source only": """
        update child_profiles as c set age = 3 from parenting_goals as g
         where g.parent_profile_id = :parent_profile_id and c.id = g.id""",
    "given away": """
        update child_profiles set parent_profile_id = :id where parent_profile_id = :parent_profile_id""",
    "given away in a list": """
        update child_profiles set (age, parent_profile_id) = row(:parent_profile_id, 3)
         where parent_profile_id = :parent_profile_id""",
    "given away by a subquery": """
        update child_profiles set (age, parent_profile_id) = (select :parent_profile_id, 3)
         where parent_profile_id = :parent_profile_id""",
    "delete using": """
        delete from child_profiles as c using parent_profiles as p
         where p.user_id = :user_id and c.name = p.name""",
    "insert for another": "insert into child_profiles (parent_profile_id, name, age) values (:id, 'Noor', 3)",
    "second row for another": """
        insert into child_profiles (parent_profile_id, name, age)
        values (:parent_profile_id, 'Noor', 3), (:id, 'Noor', 3)""",
    "insert without columns": "insert into child_profiles select 1, :parent_profile_id, 'Noor', 3",
    "insert of columns in another order": """
        insert into child_profiles (age, parent_profile_id, name) select :parent_profile_id, 3, 'Noor'""",
    "insert behind a star": """
        insert into child_profiles (parent_profile_id, name, age)
        select x.*, :parent_profile_id, 3 from (select 7 as id) as x""",
    "insert-select of all": """
        insert into child_profiles (parent_profile_id, name, age)
        select :parent_profile_id, name, age from child_profiles""",
    "profile with another's key": """
        insert into parent_profiles (user_id, id) values (:user_id, :id)""",
    "conflict on another's key": """
        insert into users (id, username, email, password) values (:user_id, :username, :email, :password)
            on conflict (fold(username)) do update set email = excluded.email""",
    "conflict on a key that isn't given": """
        insert into parent_profiles (user_id, name) values (:user_id, '')
            on conflict on constraint parent_profiles_pkey do update set name = ''""",
    "conflict gives away": """
        insert into parent_profiles (user_id, name) values (:user_id, '')
            on conflict (user_id) do update set user_id = :id""",
    "merge matches all": """
        merge into child_profiles as c using (select :parent_profile_id::bigint as owner) as me on c.id = :id
         when matched then delete""",
    "merge not matched by source": """
        merge into child_profiles as c using (select :parent_profile_id::bigint as owner) as me
            on c.parent_profile_id = me.owner
         when not matched by source then delete""",
    "merge inserts for another": """
        merge into child_profiles as c using (select :id::bigint as owner) as me on false
         when not matched then insert (parent_profile_id, name, age) values (me.owner, 'Noor', 3)""",
    "merge gives away": """
        merge into child_profiles as c using (select :parent_profile_id::bigint as owner) as me
            on c.parent_profile_id = me.owner
         when matched then update set parent_profile_id = :id""",
    "merge from all": """
        merge into parenting_goals as g using child_profiles as c on false
         when not matched then insert (parent_profile_id, title) values (:parent_profile_id, c.name)""",
    "table sample": "select id from child_profiles tablesample system (1)",
    "table command": "table child_profiles",
    "JSON array of a query": "select json_array(select id from child_profiles) as ids",
    "order by": "select id from users where id = :user_id order by (select max(name) from child_profiles)",
    "limit": "select id from users where id = :user_id limit (select count(*) from child_profiles)",
    "SQL in a text": "select query_to_xml('select * from users', true, true, '')",
    "another schema": "select id from public.child_profiles where id = :id",
    "a table that nobody classified": "select id from diaries where user_id = :user_id",
    "a command": "truncate child_profiles",
    "into": "select id into copies from users where id = :user_id",
    "star in a row": """
        select c.id from child_profiles as c, (select) as e
         where row(e.*, c.parent_profile_id, :parent_profile_id::bigint)
               = row(:id::bigint, :parent_profile_id::bigint, e.*)""",
    "star before in": """
        select c.id from child_profiles as c, (select) as e
         where (e.*, c.parent_profile_id, :parent_profile_id::bigint)
               in (select :id::bigint, :parent_profile_id::bigint)""",
    "star in values": """
        select c.id from (select 1 as a, :id::bigint as b) as x
         cross join lateral (values (x.*, :parent_profile_id::bigint)) as v (a, b, c)
          join child_profiles as c on c.parent_profile_id = v.b""",
    "star in a set": """
        update child_profiles as c set (age, parent_profile_id, id) = row(x.*, :parent_profile_id)
          from (select 3 as a, :id::bigint as b) as x where c.parent_profile_id = :parent_profile_id""",
    "star that is more than the columns": """
        update child_profiles as c set (age, id, parent_profile_id) = row(x.*, :id)
          from (select 3 as a, 4 as b) as x where c.parent_profile_id = :parent_profile_id""",
    "star in a merge": """
        merge into child_profiles as c using (select 3 as a, :id::bigint as b) as x on false
         when not matched then insert (age, parent_profile_id, id, name) values (x.*, :parent_profile_id, 'Noor')""",
    "columns of a column": """
        insert into child_profiles (age, parent_profile_id, id, name)
        select (x).*, :parent_profile_id, 'Noor' from (select 3 as a, :id::bigint as b) as x""",
    "using after using": """
        select g.id
          from (
                 jsonb_to_record(:patch::jsonb) as x (parent_profile_id bigint)
                 left join (
                   select parent_profile_id from child_profiles where parent_profile_id = :parent_profile_id
                 ) as c using (parent_profile_id)
               )
          join parenting_goals as g using (parent_profile_id)""",
    "function named like a table": """
        select (
                 select string_agg(c.name, ',')
                   from child_profiles as c, jsonb_populate_record(null::child_profiles, :patch::jsonb)
                  where c.parent_profile_id = jsonb_populate_record.parent_profile_id
               )
          from child_profiles as jsonb_populate_record
         where jsonb_populate_record.parent_profile_id = :parent_profile_id""",
    "column of a cycle clause": """
        with recursive t (n) as (select 1 union all select n + 1 from t where n < 2)
             cycle n set id to 12 default 12 using path
        select c.id from parent_profiles as p, child_profiles as c
         where p.user_id = :user_id and c.parent_profile_id = (select id from t limit 1)""",
    "column of a search clause": """
        with recursive t (n) as (select 1 union all select n + 1 from t where n < 2)
             search depth first by n set owner
        select c.id from child_profiles as c, t
         where c.parent_profile_id = (t.owner::text::bigint) and exists (select :parent_profile_id::bigint as owner)""",
}

UNNEST = "unnest(:parent_profile_id::bigint[], :id::bigint[]) with ordinality as wanted (parent_profile_id, id, call)"
MINE = f"select wanted.call, c.id from {UNNEST} join child_profiles as c using (parent_profile_id)"
MIXED = {
    "no call": f"select c.id from {UNNEST} join child_profiles as c using (parent_profile_id)",
    "another column as call": f"""
        select wanted.id as call, c.id from {UNNEST} join child_profiles as c
            on c.parent_profile_id = wanted.parent_profile_id""",
    "least call": f"""
        select min(wanted.call) as call, array_agg(c.name) as names
          from {UNNEST} join child_profiles as c on c.parent_profile_id = wanted.parent_profile_id""",
    "another call's rows": f"""
        select wanted.call, c.id
          from {UNNEST}
         cross join unnest(:parent_profile_id::bigint[]) with ordinality as other (parent_profile_id, call)
          join child_profiles as c on c.parent_profile_id = other.parent_profile_id""",
    "CTE read twice": f"""
        with calls as (select parent_profile_id, call from {UNNEST})
        select one.call, c.id from calls as one cross join calls as other
          join child_profiles as c on c.parent_profile_id = other.parent_profile_id""",
    "recursive CTE read twice": f"""
        with recursive counted (call, number) as (
          select wanted.call, 1 from {UNNEST} union all select call, number + 1 from counted where number < 3
        )
        select one.call, other.number from counted as one cross join counted as other""",
    "subquery of all calls": f"""
        select wanted.call, (
                 select array_agg(c.name)
                   from unnest(:parent_profile_id::bigint[]) with ordinality as o (parent_profile_id, call)
                   join child_profiles as c on c.parent_profile_id = o.parent_profile_id
               ) as names
          from {UNNEST}""",
    "window": f"""
        select wanted.call, array_agg(c.name) over () as names
          from {UNNEST} join child_profiles as c on c.parent_profile_id = wanted.parent_profile_id""",
    "types that make two columns": """
        select w.call, c.id
          from unnest(:ids::pairs[], :parent_profile_id::bigint[]) with ordinality as w (a, parent_profile_id, call)
          join child_profiles as c on c.parent_profile_id = w.parent_profile_id""",
    "array of all owners": f"""
        select wanted.call, c.id from {UNNEST}
          join child_profiles as c on c.parent_profile_id = any (:parent_profile_id::bigint[])""",
    "element of another call": f"{MINE} where c.id = (:id::bigint[])[1]",
    "any call's value": f"{MINE} where c.name = any (:name::text[])",
    "another call's value in the result": f"""
        select wanted.call, (:name::text[])[1] as name from {UNNEST}
          join child_profiles as c on c.parent_profile_id = wanted.parent_profile_id""",
    "limit": f"{MINE} order by c.id limit 20",
    "offset": f"{MINE} offset 1",
    "limit of a union": f"({MINE}) union all ({MINE}) limit 20",
    "limit in a subquery": f"select mine.call, mine.id from ({MINE} limit 5) as mine",
    "fetch in a CTE": f"with mine as ({MINE} fetch first row only) select mine.call, mine.id from mine",
    "distinct on": f"""
        select distinct on (c.id) wanted.call, c.id
          from {UNNEST} join child_profiles as c using (parent_profile_id)""",
    "distinct on another column as call": f"""
        select wanted.call, wanted.id
          from (
                 select distinct on (call) c.id as call, wanted.call as number
                   from {UNNEST} join child_profiles as c using (parent_profile_id)
               ) as wanted (id, call)""",
    "rollup": f"""
        select wanted.call, count(*) as children
          from {UNNEST} join child_profiles as c using (parent_profile_id) group by rollup (wanted.call)""",
    "unnest in the result": f"select wanted.call, unnest(:name::text[]) as name from {UNNEST}",
}

NAMED = """unnest(:parent_profile_id::bigint[], :id::bigint[], :name::text[]) with ordinality
             as w (parent_profile_id, id, name, call)"""
UPDATE = f"update child_profiles as c set name = w.name from {NAMED} where c.parent_profile_id = w.parent_profile_id"
UPSERT = f"""
        with upsert as (
          insert into child_profiles as c (parent_profile_id, id, name, age)
          select w.parent_profile_id, w.id, w.name, 3 from {NAMED}
              on conflict (parent_profile_id, id) do update set name = excluded.name
        )
        select w.call from {NAMED}"""
MERGE = f"""
        merge into child_profiles as c using {NAMED} on c.parent_profile_id = w.parent_profile_id and c.id = w.id
         when matched then update set name = w.name returning w.call"""
# Updates of batches, each with its note `apart`.
APART = {
    "key": f"-- apart: parent_profile_id, id\n{UPDATE} and c.id = w.id returning w.call",
    "part of the key": f"-- apart: id\n{UPDATE} and c.id = w.id returning w.call",
    "cast": f"-- apart: id\n{UPDATE} and w.id::bigint = c.id returning w.call",
    "owner": f"-- apart: parent_profile_id\n{UPDATE} returning w.call",
    "CTE": f"""
        -- apart: id
        with given as (select parent_profile_id, id, call from {NAMED})
        update child_profiles as c set age = 3 from given
         where c.parent_profile_id = given.parent_profile_id and c.id = given.id returning given.call""",
    "conflict": f"-- apart: parent_profile_id, id{UPSERT}",
    "merge": f"-- apart: id{MERGE}",
}
TOGETHER = {
    "what is set": f"-- apart: name\n{UPDATE} and c.id = w.id returning w.call",
    "key and what is set": f"-- apart: id, name\n{UPDATE} and c.id = w.id returning w.call",
    "not compared": f"-- apart: id\n{UPDATE} returning w.call",
    "not equal": f"-- apart: id\n{UPDATE} and c.id >= w.id returning w.call",
    "computed": f"-- apart: id\n{UPDATE} and abs(c.id) = w.id returning w.call",
    "with itself": f"-- apart: id\n{UPDATE} and w.id = w.id returning w.call",
    "conflict": f"-- apart: parent_profile_id, name{UPSERT}",
    "merge": f"-- apart: name{MERGE}",
}
