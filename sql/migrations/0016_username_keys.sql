-- What a username is found by: as it is read, whatever its letter case, width, composition and spaces, and whatever invisible
-- characters came along when it was pasted. New usernames keep to RFC 8265, so among them fold() is as strict; those of the
-- system before may be anything, and are found as they are.
--
-- Locks: none; takes milliseconds. 0017 makes the index.
-- Rollback loses nothing.

-- Invisible are the controls and Unicode's Default_Ignorable_Code_Point; they go first, as they keep accents from composing.
-- fold() is written out: while PostgreSQL makes an index, its function finds nothing but pg_catalog.
create function username_key(value text)
  returns text
  language plpgsql
  immutable strict parallel safe
as $$
begin
  value := regexp_replace(
    value,
    '[\x01-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f'
    || '\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3'
    || '\U0001d173-\U0001d17a\U000e0000-\U000e0fff]' collate "pg_catalog"."pg_unicode_fast",
    '',
    'g'
  );
  -- Folding may leave a letter apart from its accent.
  value := normalize(casefold(normalize(value, nfkc) collate "pg_catalog"."pg_unicode_fast"), nfkc);
  return btrim(regexp_replace(value, '[\s\x1c-\x1f]+' collate "pg_catalog"."pg_unicode_fast", ' ', 'g'));
end;
$$;

comment on function username_key(text) is 'What a username is found by: folded, without invisible characters, its words apart by one space.';
