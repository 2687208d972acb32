-- Files of profile pictures. One is known here before it's written, and until it's removed.

-- name: add_picture :exec
-- Notes a file that is about to be written. Unless the account shows it within an hour, it's removed.
-- alone: its files are written next, which may take seconds.
insert into pictures (user_id, name)
values (:user_id, :name);

-- name: show_picture :maybe
-- Has the account show a picture of its own that was written just now; a trigger lets go of the one before.
-- plan: the filter is on the one row of a picture.
-- lock: what takes a picture away takes it half an hour later.
update users as account
   set profile_picture = '/uploads/' || picture.name
  from pictures as picture
 where account.id = :user_id
   and picture.user_id = :user_id
   and picture.name = :name
   and picture.removable_at > now() + interval '30 minutes'
returning account.profile_picture;

-- name: clear_picture :exec
-- Has the account show no picture; a trigger lets go of its file.
update users
   set profile_picture = null
 where id = :user_id;

-- name: take_removable_pictures :many
-- Names of up to 100 files that may be removed, longest first. Who takes them has an hour, and then they're taken again.
-- owner: none, because it tidies up for all.
-- order: their files are removed together.
update pictures
   set removable_at = now() + interval '1 hour'
 where name in (
         select name
           from pictures
          where removable_at <= now()
          order by removable_at
          limit 100
            for update skip locked
       )
returning name;

-- name: forget_pictures :value
-- Forgets files that were removed, and returns how many.
-- owner: none, because it tidies up for all.
-- plan: the filter is on the few rows of these names.
with forgotten as (
  delete from pictures
   where name = any(:names::text[])
     and removable_at is not null
  returning name
)
select count(name)::integer as forgotten
  from forgotten;
