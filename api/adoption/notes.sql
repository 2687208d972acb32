-- What is kept between two runs, until `just adopt --finish` removes it: digests of the rows as they were adopted, and which ids
-- the children and goals of documents got. Only the owner reads it.

create schema if not exists adoption;

create table if not exists adoption.adopted_rows (
  of_table text collate "C" not null,
  id bigint not null,
  digest uuid not null,
  constraint adopted_rows_pkey primary key (of_table, id)
);

create table if not exists adoption.made_rows (
  of_table text collate "C" not null,
  parent_profile_id bigint not null,
  digest uuid not null,
  namesake bigint not null,
  id bigint not null,
  constraint made_rows_pkey primary key (of_table, parent_profile_id, digest, namesake)
);
