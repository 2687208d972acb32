-- Takes back 0008_caller_notifications. Nothing is lost.

drop trigger parent_profiles_notify_caller_changed on parent_profiles;
drop trigger sessions_notify_caller_changed on sessions;
drop function notify_caller_changed();
