-- Takes back 0001_shared_functions. Nothing is lost: the functions hold no data.
-- The extension stays where a DBA had installed it for others; here it goes with the functions.

drop function set_updated_at();
drop function merge_patch(jsonb, jsonb);
drop function is_text_list(text[], integer, integer);
drop function fold(text);
drop extension if exists vector;
