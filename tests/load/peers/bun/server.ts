// A server by hand on Bun: its routes, its PostgreSQL client, one statement a request, whose JSON text is sent on.
// PORT, WORKERS, CONNECTIONS (of each) and libpq's PGHOST (a folder), PGPORT, PGUSER and PGDATABASE say how it is run.

import { findCaller } from "./callers.ts";
import { sql } from "./database.ts";
import * as statements from "./statements.ts";

const JSON_HEADERS = { "content-type": "application/json" };
const OK = { headers: JSON_HEADERS };
const CREATED = { status: 201, headers: JSON_HEADERS };

/** Answer with the JSON text that a statement gives, or 404 without a row. */
function answer(rows: { document: string }[], options: ResponseInit = OK): Response {
  return rows.length ? new Response(rows[0].document, options) : refusal(404, "Not found");
}

function refusal(status: number, message: string): Response {
  return Response.json({ message }, { status });
}

const unauthorized = () => refusal(401, "Not authenticated");

// Other processes are started by the first, and share its port.
const workers = Number(process.env.WORKERS ?? 1);
for (let index = 1; index < workers; index++) {
  const worker = Bun.spawn([process.execPath, import.meta.path], {
    env: { ...process.env, WORKERS: "1" },
    stdout: "inherit",
    stderr: "inherit",
  });
  process.on("exit", () => worker.kill());
}
process.on("SIGTERM", () => process.exit());

Bun.serve({
  hostname: "127.0.0.1",
  port: process.env.PORT,
  reusePort: true,
  routes: {
    "/api/child-profiles/:id": {
      async GET(request) {
        const caller = await findCaller(request);
        if (!caller) return unauthorized();
        return answer(await sql.unsafe(statements.child, [caller.profileId, request.params.id]));
      },
    },
    "/api/users/me": {
      async GET(request) {
        const caller = await findCaller(request);
        if (!caller) return unauthorized();
        return answer(await sql.unsafe(statements.family, [caller.userId]));
      },
    },
    "/api/parenting-goals": {
      async GET(request) {
        const caller = await findCaller(request);
        if (!caller) return unauthorized();
        const query = new URL(request.url).searchParams;
        const limit = Number(query.get("limit") ?? 20);
        const cursor = query.get("cursor");
        const after = cursor ? Buffer.from(cursor, "base64url").readBigInt64BE() : 0n;
        const rows = await sql.unsafe(statements.list, [caller.profileId, after, limit + 1]);
        let next: string | null = null;
        if (rows.length > limit) {
          rows.length = limit;
          const id = Buffer.alloc(8);
          id.writeBigInt64BE(BigInt(rows[limit - 1].id));
          next = `"${id.toString("base64url")}"`;
        }
        let items = "";
        for (const row of rows) items += items ? `,${row.document}` : row.document;
        return new Response(`{"items":[${items}],"nextCursor":${next}}`, OK);
      },
      async POST(request) {
        const caller = await findCaller(request);
        if (!caller) return unauthorized();
        const goal = (await request.json()) as statements.Goal;
        if (!goal.title) return refusal(400, "A goal has a title");
        const {
          title,
          description = "",
          category = "general",
          priority = 0,
          status = "active",
          targetDate = null,
        } = goal;
        const values = [caller.profileId, title, description, category, priority, status, targetDate];
        return answer(await sql.unsafe(statements.insert, values), CREATED);
      },
    },
    "/api/parenting-goals/:id": {
      async PATCH(request) {
        const caller = await findCaller(request);
        if (!caller) return unauthorized();
        const patch = (await request.json()) as Partial<statements.Goal>;
        const values = [patch.title, patch.description, patch.category, patch.priority, patch.status];
        return answer(
          await sql.unsafe(statements.update, [
            caller.profileId,
            request.params.id,
            ...values.map((value) => value ?? null),
            patch.targetDate ?? null,
            patch.targetDate !== undefined,
          ]),
        );
      },
    },
  },
  fetch: () => refusal(404, "Not found"),
  error(error) {
    if (error instanceof SyntaxError) return refusal(400, "Not JSON");
    console.error(error);
    return refusal(500, "Something went wrong");
  },
});
