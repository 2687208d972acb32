// The pool, and the queries that are prepared once.

import { and, asc, eq, gt, sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/node-postgres";
import pg from "pg";
import * as schema from "./schema.ts";

const { childProfiles, parentProfiles, parentingGoals, sessions, users } = schema;
const value = sql.placeholder;

// libpq's variables say where.
const pool = new pg.Pool({ max: Number(process.env.CONNECTIONS), options: "-c timezone=UTC -c jit=off" });

export const db = drizzle(pool, { schema });

export const findSession = db
  .select({
    userId: sessions.userId,
    profileId: parentProfiles.id,
    secondsLeft: sql<number>`extract(epoch from ${sessions.expiresAt} - now())::float8`,
  })
  .from(sessions)
  .innerJoin(parentProfiles, eq(parentProfiles.userId, sessions.userId))
  .where(and(eq(sessions.tokenDigest, value("digest")), gt(sessions.expiresAt, sql`now()`)))
  .prepare("find_session");

export const findChild = db
  .select()
  .from(childProfiles)
  .where(and(eq(childProfiles.parentProfileId, value("profileId")), eq(childProfiles.id, value("id"))))
  .prepare("find_child");

export const findFamily = db.query.users
  .findFirst({
    where: eq(users.id, value("userId")),
    with: {
      parentProfile: {
        with: {
          childProfiles: { orderBy: asc(childProfiles.id) },
          parentingGoals: { orderBy: asc(parentingGoals.id) },
        },
      },
    },
  })
  .prepare("find_family");

export const listGoals = db
  .select()
  .from(parentingGoals)
  .where(and(eq(parentingGoals.parentProfileId, value("profileId")), gt(parentingGoals.id, value("after"))))
  .orderBy(asc(parentingGoals.id))
  .limit(value("limit"))
  .prepare("list_goals");

export const addGoal = db
  .insert(parentingGoals)
  .values({
    parentProfileId: value("profileId"),
    title: value("title"),
    description: value("description"),
    category: value("category"),
    priority: value("priority"),
    status: value("status"),
    targetDate: value("targetDate"),
    achievedDate: sql`case when ${value("status")}::text = 'achieved' then now() end`,
  })
  .returning()
  .prepare("add_goal");
