// Who calls: sessions are looked up by the digest of their token, and remembered for five seconds.

import { createHash } from "node:crypto";
import type { RequestHandler } from "express";
import { findSession } from "./database.ts";

const LIFETIME = 5000;
const CAPACITY = 50_000;

interface Caller {
  userId: number;
  profileId: number;
  until: number;
}

const callers = new Map<string, Caller>();

export const authenticate: RequestHandler = async (request, response, next) => {
  const authorization = request.headers.authorization ?? "";
  const known = callers.get(authorization);
  const caller = known && known.until > performance.now() ? known : await lookUp(authorization);
  if (!caller) return void response.status(401).json({ message: "Not authenticated" });
  response.locals.caller = caller;
  next();
};

async function lookUp(authorization: string): Promise<Caller | null> {
  const digest = createHash("sha256").update(authorization.slice("Bearer ".length)).digest();
  const [session] = await findSession.execute({ digest });
  if (!session) return null;
  const { userId, profileId, secondsLeft } = session;
  const caller = { userId, profileId, until: performance.now() + Math.min(LIFETIME, secondsLeft * 1000) };
  if (callers.size >= CAPACITY) callers.clear();
  callers.set(authorization, caller);
  return caller;
}
