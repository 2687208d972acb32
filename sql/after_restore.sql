-- Ends what a database that was restored to an earlier moment would bring back to life. `just restore` runs this file; after a
-- restore by a provider's own means, run it as the owner before the service starts:
--
--     psql "$DATABASE_URL" -v ON_ERROR_STOP=1 -f sql/after_restore.sql
--
-- A session that was ended after that moment, by a logout or a new password, would be valid again, so all of them end. Mails that
-- waited then have been sent since, and would go twice. A table of a later migration whose rows let somebody in joins the list; one
-- that an older schema lacks is left out. Known devices stay: they are no logins. So do
-- second factors, as passwords do: a recovery code or passkey that was used up or removed since is there again.

do $$
declare
  listed name;
begin
  foreach listed in array array[
    'sessions', 'email_confirmations', 'password_resets', 'mails', 'passkey_logins', 'passkey_registrations'
  ] loop
    if to_regclass(format('public.%I', listed)) is not null then
      execute format('truncate table public.%I', listed);
    end if;
  end loop;
end;
$$;
