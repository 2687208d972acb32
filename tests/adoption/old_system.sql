-- The database of the system before, as Drizzle made its tables, and :families made-up families. Every tenth is odd in one way of
-- many; the others are as most were. :hash is the scrypt hash of everybody's password.

create schema app;
set search_path = app;
create type stress_level_enum as enum ('low', 'moderate', 'high', 'very_high');
create type experience_level_enum as enum ('first_time', 'experienced', 'multiple_children');
create table users (
  id serial primary key, username text not null, email text not null default '', password text not null,
  "profilePicture" text, created_at timestamp default now()
);
create table parent_profiles (
  id serial primary key, user_id integer not null, name text not null, email text,
  stress_level stress_level_enum not null, experience_level experience_level_enum not null,
  primary_concerns text[], support_network text[], bio text, preferred_language text default 'nl',
  communication_preference text, completed_onboarding boolean default false,
  current_onboarding_step integer default 1, onboarding_data jsonb, profile_embedding text default '[]',
  last_suggestion_check timestamp, created_at timestamp default now(), updated_at timestamp default now()
);
create table "childProfiles" (
  id serial primary key, "parentProfileId" integer not null, name text not null, age integer not null,
  "specialNeeds" text[], routines jsonb, "developmentNotes" text, "lastAssessment" timestamp,
  "createdAt" timestamp default now(), "updatedAt" timestamp default now()
);
create table parenting_goals (
  id serial primary key, parent_profile_id integer not null, title text not null, description text, category text,
  priority integer default 1, status text default 'active', target_date timestamp, achieved_date timestamp,
  created_at timestamp default now(), updated_at timestamp default now()
);
create table chats (id serial primary key, user_id integer not null references users (id), messages jsonb);

-- Ids have gaps: every third is used.
insert into users (id, username, email, password, "profilePicture", created_at)
select 3 * n,
       case n % 1000
         when 10 then 'GEHEIM-' || (n - 1) when 20 then '' when 30 then ' geheim-' || n || ' '
         when 40 then 'geheim-' || (n - 1) || e'\u200b' when 50 then repeat('geheim', 30) || n
         else 'geheim-' || n
       end,
       case n % 1000
         when 60 then '' when 70 then 'geheim-' || (n - 1) || '@voorbeeld.nl' when 80 then 'geheim'
         when 72 then 'geheim-71@voorbeeld.nl' when 90 then 'GEHEIM-' || (n - 1) || '@voorbeeld.nl' when 95 then ' geheim-' || n || '@voorbeeld.nl '
         else 'geheim-' || n || '@voorbeeld.nl'
       end,
       case n % 1000 when 100 then '' when 110 then '$2b$10$geheim' when 120 then upper(:hash) else :hash end,
       case n % 1000
         when 130 then 'https://voorbeeld.nl/geheim.png' when 140 then '' when 150 then 'data:geheim'
         else case when n % 4 = 0 then format('/uploads/profile-%s-1700000000000.jpg', 3 * n) end
       end,
       case
         when n % 1000 = 625 then timestamp '20000-01-01'
         when n % 1000 not in (160, 615) then timestamp '2024-01-01 12:00' + n * interval '1 second'
       end
  from generate_series(1, :families) as n;

insert into parent_profiles (
  id, user_id, name, email, stress_level, experience_level, primary_concerns, support_network, bio, preferred_language,
  communication_preference, completed_onboarding, current_onboarding_step, onboarding_data, profile_embedding,
  last_suggestion_check, created_at, updated_at
)
select 2 * n,
       case when n % 1000 = 170 then 1000000000 + n else 3 * n end,
       case n % 1000 when 180 then '' when 190 then repeat('Geheim ', 30) else 'Geheim ' || n end,
       case n % 1000 when 200 then 'geheim' when 210 then '' end,
       'high', 'experienced',
       case n % 1000 when 220 then null when 230 then array[repeat('geheim', 50)] else array['geheim slapen'] end,
       case n % 1000 when 240 then array(select 'geheim ' || i from generate_series(1, 60) as i) else array['geheim oma'] end,
       case n % 1000 when 250 then repeat('geheim ', 1000) end,
       case n % 1000 when 260 then 'NL' when 270 then 'Dutch' when 280 then 'nl_NL' when 290 then '' when 300 then null
         when 305 then 'geheim taal!' else 'nl' end,
       null,
       n % 11 > 0,
       case n % 1000 when 310 then 7 when 320 then null else case when n % 11 > 0 then 4 else 2 end end,
       case n % 1000
         when 330 then 'null'::jsonb when 340 then '{}' when 350 then to_jsonb(document::text)
         when 360 then document || '{"childProfiles": null}' when 370 then document - 'goals'
         when 380 then jsonb_set(document, '{goals,shortTerm}', to_jsonb(e'Geheim eten\nGeheim rust'::text))
         when 390 then jsonb_set(document, '{childProfiles,0,age}', '"4"')
         when 400 then jsonb_set(document, '{childProfiles,0,age}', '"6 geheime maanden"')
         when 410 then jsonb_set(document, '{childProfiles,0,age}', '25')
         when 420 then jsonb_set(document, '{childProfiles,0,name}', '""')
         when 430 then jsonb_set(document, '{childProfiles,0,name}', to_jsonb(repeat('Geheim', 40)))
         when 440 then document || '{"geheim": {"geheim": 1}, "goals": {"geheim": true}}'
         when 450 then jsonb_set(document, '{goals,longTerm,0}', to_jsonb(repeat('Geheim doel ', 40)))
         when 460 then jsonb_set(document, '{basicInfo,experienceLevel}', '"geheim expert"')
         when 470 then jsonb_set(document, '{childProfiles}', document -> 'childProfiles' || '[{"name": "", "age": ""}]')
         when 480 then jsonb_set(document, '{childProfiles}', (select jsonb_agg(jsonb_build_object('name', 'Geheim ' || i, 'age', 3)) from generate_series(1, 60) as i))
         when 490 then jsonb_set(document, '{basicInfo,email}', '"geheim"')
         when 496 then jsonb_set(document, '{stressAssessment,stressLevel}', '"low"')
         when 500 then jsonb_set(document, '{stressAssessment,primaryConcerns}', '"geheim slapen"')
         when 505 then jsonb_set(document, '{basicInfo}', 'null')
         when 555 then jsonb_set(document, '{childProfiles,0,age}', '"geheim"') - 'basicInfo'
         when 565 then to_jsonb(to_jsonb(document::text)::text)
         when 575 then to_jsonb(replace(document::text, 'Bram', 'Bra\ud83d\u0000\ud83d\ude00'))
         when 585 then to_jsonb(repeat('[', 100000))
         when 595 then document || jsonb_build_object('childProfiles', (document -> 'childProfiles')::text, 'goals', document #> '{goals,longTerm}')
         when 635 then jsonb_set(document, '{childProfiles}', jsonb_build_object('0', document #> '{childProfiles,0}', '1', document #> '{childProfiles,1}'))
         when 645 then jsonb_set(document, '{goals,shortTerm}', to_jsonb(e'Geheim eten\r\nGeheim rust'::text))
         else document
       end,
       case n % 1000 when 510 then null when 520 then '[1, geheim]' when 530 then (select json_agg(i / 4000.0) from generate_series(1, 3072) as i)::text
         when 540 then '[1,2,3]' else '[]' end,
       null,
       case when n % 1000 not in (545, 615) then timestamp '2024-01-01 12:00' + n * interval '1 second' end,
       case when n % 1000 <> 615 then timestamp '2025-01-01 12:00' + n * interval '1 second' end
  from generate_series(1, :families) as n
 cross join lateral (
         select jsonb_build_object(
                  'basicInfo', jsonb_build_object('name', 'Geheim ' || n, 'parentType', 'mom', 'experienceLevel', 'experienced', 'email', format('geheim-%s@privé.nl', n)),
                  'stressAssessment', jsonb_build_object('stressLevel', 'high', 'primaryConcerns', array['geheim slapen'], 'supportNetwork', array['geheim oma']),
                  'childProfiles', jsonb_build_array(
                    jsonb_build_object('name', 'Geheim Bram', 'age', n % 19, 'specialNeeds', array['geheim astma']), jsonb_build_object('name', 'Geheim Noor', 'age', 2, 'specialNeeds', '[]'::jsonb)
                  ),
                  'goals', jsonb_build_object('shortTerm', array['Geheim samen eten'], 'longTerm', array['Geheim meer rust', 'Geheim lezen'], 'supportAreas', array['geheim slapen'])
                ) as document
       ) as usual
 where n % 10 <> 9;

-- A second profile of one user, and one whose labels are others.
insert into parent_profiles (id, user_id, name, stress_level, experience_level, onboarding_data)
select 2 * n + 1, 3 * n, 'Geheim dubbel', 'low', 'first_time', '{}' from generate_series(551, :families, 1000) as n;

-- Few families have rows of their own.
insert into "childProfiles" (id, "parentProfileId", name, age, "specialNeeds", routines, "developmentNotes", "lastAssessment")
select n, 2 * n,
       case n % 1000 when 600 then ' ' else 'geheim bram' end,
       case n % 1000 when 610 then -1 when 620 then 40 else 5 end,
       case n % 1000 when 630 then null when 640 then array[null, 'geheim'] else array['geheim'] end,
       case n % 1000 when 650 then '[]' when 660 then '"{\"geheim\": 1}"' when 670 then null when 680 then '[1]' else '{"geheim": "19:00"}'::jsonb end,
       case n % 1000 when 690 then repeat('geheim ', 2000) end,
       case n % 1000 when 700 then timestamp '20000-01-01' else timestamp '2024-06-01 08:00' end
  from generate_series(1, :families) as n where n % 10 = 0;

select setval('"childProfiles_id_seq"', :families + 1), setval('parenting_goals_id_seq', :families + 1);

insert into "childProfiles" ("parentProfileId", name, age) values (999999999, 'Geheim wees', 3);

insert into parenting_goals (id, parent_profile_id, title, description, category, priority, status, target_date, achieved_date)
select n, 2 * n,
       case n % 1000 when 710 then repeat('Geheim doel ', 30) when 720 then '' else 'Geheim samen eten' end,
       case n % 1000 when 720 then 'geheim omschreven' when 730 then repeat('geheim ', 1000) end,
       case n % 1000 when 740 then null when 750 then repeat('geheim', 20) else 'short_term' end,
       case n % 1000 when 760 then -5 when 770 then 500 when 780 then null else 1 end,
       case n % 1000 when 790 then 'Completed' when 800 then 'geheim bezig!' when 810 then 'in progress' else 'active' end,
       case n % 1000 when 820 then timestamp 'infinity' end,
       case n % 1000 when 830 then timestamp '2024-05-05 05:05' end
  from generate_series(1, :families) as n where n % 10 = 0;

insert into parenting_goals (parent_profile_id, title)
select 2 * n, 'Geheim doel ' || i from generate_series(840, :families, 1000) as n, generate_series(1, 1100) as i;

insert into chats (user_id, messages) select 3 * n, '["geheim"]' from generate_series(1, least(:families, 100)) as n;

select setval('users_id_seq', 3 * :families), setval('parent_profiles_id_seq', 2 * :families + 1);
