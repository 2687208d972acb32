// The pool of connections to PostgreSQL.

import { SQL } from "bun";

export const sql = new SQL({
  path: `${process.env.PGHOST}/.s.PGSQL.${process.env.PGPORT ?? 5432}`,
  username: process.env.PGUSER,
  database: process.env.PGDATABASE,
  max: Number(process.env.CONNECTIONS),
  connection: { jit: "off", plan_cache_mode: "force_generic_plan", timezone: "UTC" },
});
