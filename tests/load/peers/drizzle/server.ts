// Express with Drizzle and Zod, as the system before was written; Node's cluster runs its workers.

import cluster from "node:cluster";
import express, { type ErrorRequestHandler } from "express";
import { and, eq, sql } from "drizzle-orm";
import { z } from "zod";
import { authenticate } from "./authentication.ts";
import { addGoal, db, findChild, findFamily, listGoals } from "./database.ts";
import { parentingGoals } from "./schema.ts";

const goalFields = {
  title: z.string().min(1).max(200),
  description: z.string().max(5000),
  category: z.string().min(1).max(50),
  priority: z.number().int().min(0).max(100),
  status: z.string().max(50),
  targetDate: z.iso.datetime({ offset: true }).nullable(),
};
const NewGoal = z.object({
  ...goalFields,
  description: goalFields.description.default(""),
  category: goalFields.category.default("general"),
  priority: goalFields.priority.default(0),
  status: goalFields.status.default("active"),
  targetDate: goalFields.targetDate.default(null),
});
const GoalPatch = z.object(goalFields).partial();
const Page = z.object({ limit: z.coerce.number().int().min(1).max(100).default(20), cursor: z.string().optional() });
const Id = z.coerce.number().int();

const app = express();
app.disable("x-powered-by");
// Nobody asks conditionally here, so digests of answers would be for nothing.
app.disable("etag");
app.use(express.json());
app.use("/api", authenticate);

app.get("/api/child-profiles/:id", async (request, response) => {
  const { profileId } = response.locals.caller;
  const [child] = await findChild.execute({ profileId, id: Id.parse(request.params.id) });
  if (!child) return void response.status(404).json({ message: "Not found" });
  response.json(child);
});

app.get("/api/users/me", async (_request, response) => {
  response.json(await findFamily.execute({ userId: response.locals.caller.userId }));
});

app.get("/api/parenting-goals", async (request, response) => {
  const { limit, cursor } = Page.parse(request.query);
  const { profileId } = response.locals.caller;
  const after = cursor ? Number(Buffer.from(cursor, "base64url").readBigInt64BE()) : 0;
  const items = await listGoals.execute({ profileId, after, limit: limit + 1 });
  let nextCursor: string | null = null;
  if (items.length > limit) {
    items.length = limit;
    const id = Buffer.alloc(8);
    id.writeBigInt64BE(BigInt(items[limit - 1].id));
    nextCursor = id.toString("base64url");
  }
  response.json({ items, nextCursor });
});

app.post("/api/parenting-goals", async (request, response) => {
  const { profileId } = response.locals.caller;
  const [goal] = await addGoal.execute({ profileId, ...NewGoal.parse(request.body) });
  response.status(201).json(goal);
});

app.patch("/api/parenting-goals/:id", async (request, response) => {
  const patch = GoalPatch.parse(request.body);
  const achievedDate =
    patch.status === undefined
      ? undefined
      : patch.status === "achieved"
        ? sql`coalesce(${parentingGoals.achievedDate}, now())`
        : null;
  const { profileId } = response.locals.caller;
  const id = Id.parse(request.params.id);
  // What is set differs from patch to patch, so this isn't prepared.
  const [goal] = await db
    .update(parentingGoals)
    .set({ ...patch, achievedDate })
    .where(and(eq(parentingGoals.parentProfileId, profileId), eq(parentingGoals.id, id)))
    .returning();
  if (!goal) return void response.status(404).json({ message: "Not found" });
  response.json(goal);
});

app.use((_request, response) => void response.status(404).json({ message: "Not found" }));

const refuse: ErrorRequestHandler = (error, _request, response, _next) => {
  const status = error instanceof z.ZodError ? 400 : (error.status ?? 500);
  if (status === 500) console.error(error);
  response.status(status).json({ message: status === 500 ? "Something went wrong" : error.message });
};
app.use(refuse);

const workers = Number(process.env.WORKERS);
if (cluster.isPrimary && workers > 1) for (let index = 0; index < workers; index++) cluster.fork();
else app.listen(Number(process.env.PORT), "127.0.0.1");
