-- Takes back 0032_bounded_onboarding_rows. Nothing is lost.

create or replace function forget_onboarding_copies()
  returns trigger
  language plpgsql
  set search_path = public, pg_temp
as $$
begin
  if not new.onboarding_data <@ onboarding_remainder(new.onboarding_data) then
    if has_answers_without_rows(new.id, new.onboarding_data) then
      perform set_config(
        'nestwerk.stripped',
        (
          coalesce(nullif(current_setting('nestwerk.stripped', true), ''), '[]')::jsonb
          || jsonb_build_object('family', new.id, 'document', new.onboarding_data)
        )::text,
        true
      );
    end if;
    new.onboarding_data := onboarding_remainder(new.onboarding_data);
  end if;
  return new;
end;
$$;
