-- What was done to an account, for its owner. What staff wrote, who of them it was, and details that aren't the account's own
-- affair are never read.

-- name: list_activity :many
-- A page of the events of the caller's account, latest first, from the last one of the page before.
select id, happened_at, actor_kind, event, network,
       details ->> 'means' as means
  from audit_events
 where user_id = :user_id
   and (happened_at, id) < (:before_happened_at, :before_id)
 order by happened_at desc, id desc
 limit :count;
