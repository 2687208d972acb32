-- What mends a row that breaks a constraint, where more than one column or a word of ours is needed. `-- rule: NAME of CONSTRAINT …`
-- says which; `lines` is what breaks it. Rules that fit any column (cut, nearest, clear, leave out) are in rules.py.

-- rule: rename of users_username_not_null users_username_check users_username_key
-- The account keeps as much of its name as there is, with its id behind it.
update new_users
   set username = case
                    when length(btrim(username)) between 1 and 100 and btrim(username) <> username then btrim(username)
                    else concat_ws('-', pg_temp.said(left(btrim(username), 80)), coalesce(label, id::text))
                  end
 where line in (select line from lines);

-- rule: placeholder of users_email_not_null users_email_check
-- An address that nobody has (RFC 2606).
update new_users
   set email = format('account-%s@adopted.invalid', id)
 where line in (select line from lines);

-- rule: reset of users_password_not_null users_password_check
-- No password opens the account until its owner sets a new one.
update new_users
   set password = '$argon2id$none'
 where line in (select line from lines);

-- rule: moment before of users_created_at_not_null
-- Ids were given in order, so it's no earlier than the account before.
update new_users as account
   set created_at = coalesce(known.moment, '1970-01-01 00:00:00+00')
  from (select id, max(created_at) over (order by id) as moment from new_users) as known
 where known.id = account.id
   and line in (select line from lines);

-- rule: moment before of parent_profiles_created_at_not_null
-- An owner is mended before what it owns, and a row's creation before its other moments.
update new_parent_profiles as profile
   set created_at = account.created_at
  from new_users as account
 where account.id = profile.user_id
   and profile.line in (select line from lines);

-- rule: moment before of parent_profiles_last_suggestion_check_not_null
update new_parent_profiles
   set last_suggestion_check = created_at
 where line in (select line from lines);

-- rule: moment before of parent_profiles_updated_at_not_null
update new_parent_profiles
   set updated_at = created_at
 where line in (select line from lines);

-- rule: moment before of child_profiles_created_at_not_null
update new_child_profiles as child
   set created_at = profile.created_at
  from new_parent_profiles as profile
 where profile.id = child.parent_profile_id
   and child.line in (select line from lines);

-- rule: moment before of child_profiles_updated_at_not_null
update new_child_profiles
   set updated_at = created_at
 where line in (select line from lines);

-- rule: moment before of parenting_goals_created_at_not_null
update new_parenting_goals as goal
   set created_at = profile.created_at
  from new_parent_profiles as profile
 where profile.id = goal.parent_profile_id
   and goal.line in (select line from lines);

-- rule: moment before of parenting_goals_updated_at_not_null
update new_parenting_goals
   set updated_at = created_at
 where line in (select line from lines);

-- rule: username of parent_profiles_completed_onboarding_check
update new_parent_profiles as profile
   set name = left(account.username, 100)
  from new_users as account
 where account.id = profile.user_id
   and profile.line in (select line from lines);

-- rule: name of child_profiles_name_not_null child_profiles_name_check
update new_child_profiles
   set name = coalesce(left(pg_temp.said(name), 100), 'Kind')
 where line in (select line from lines);

-- rule: title of parenting_goals_title_not_null parenting_goals_title_check
-- What is too long for a title is all in the description.
update new_parenting_goals
   set title = left(coalesce(pg_temp.said(title), pg_temp.said(description), 'Doel'), 200),
       description = concat_ws(e'\n\n', case when length(title) > 200 then title end, pg_temp.said(description))
 where line in (select line from lines);

-- rule: achieved of parenting_goals_achieved_date_check
-- A date says that it was achieved; without one it was when the row last changed.
update new_parenting_goals
   set achieved_date = coalesce(achieved_date, updated_at),
       status = 'achieved'
 where line in (select line from lines);
