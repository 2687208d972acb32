-- Takes back 0016_username_keys. Nothing is lost.

drop function username_key(text);
