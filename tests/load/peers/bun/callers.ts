// Who calls: sessions are looked up by the digest of their token, and remembered for five seconds.

import { sql } from "./database.ts";

const LIFETIME = 5000;
const CAPACITY = 50_000;

interface Caller {
  userId: string;
  profileId: string;
  until: number;
}

const callers = new Map<string, Caller>();

const SESSION = `
  select session.user_id, profile.id as profile_id,
         extract(epoch from session.expires_at - now())::float8 as seconds_left
    from sessions as session
    join parent_profiles as profile
      on profile.user_id = session.user_id
   where session.token_digest = $1
     and session.expires_at > now()`;

/** The caller of a request's bearer token, or null. */
export function findCaller(request: Request): Caller | Promise<Caller | null> {
  const authorization = request.headers.get("authorization") ?? "";
  const known = callers.get(authorization);
  return known && known.until > performance.now() ? known : lookUp(authorization);
}

async function lookUp(authorization: string): Promise<Caller | null> {
  const digest = new Bun.CryptoHasher("sha256").update(authorization.slice("Bearer ".length)).digest();
  const [row] = await sql.unsafe(SESSION, [digest]);
  if (!row) return null;
  const until = performance.now() + Math.min(LIFETIME, row.seconds_left * 1000);
  const caller = { userId: row.user_id, profileId: row.profile_id, until };
  if (callers.size >= CAPACITY) callers.clear();
  callers.set(authorization, caller);
  return caller;
}
