import { z } from 'zod';
import { call } from './define.ts';
import { defaultTimeoutMs } from './postgres.ts';

/** Blocks of 8 KiB that a node itself touched, its children left out. */
export const planBuffersSchema = z.object({
  /** Found in PostgreSQL's own cache. */
  hit: z.number(),
  read: z.number(),
  written: z.number(),
  /** Temporary files: what did not fit into work_mem. */
  tempRead: z.number(),
  tempWritten: z.number(),
});
export type PlanBuffers = z.infer<typeof planBuffersSchema>;

/** One step of a plan. Times and rows that were measured are there with `analyze` only. */
export const planNodeSchema = z.object({
  /** Levels below the top node; the nodes stand in the order of a tree read from the top. */
  depth: z.number().int(),
  /** `Hash Left Join`, `Parallel Seq Scan`. */
  kind: z.string(),
  /** Table or function that it reads, with its namespace where PostgreSQL tells it. */
  relation: z.string().optional(),
  alias: z.string().optional(),
  index: z.string().optional(),
  /** Of a node that answers a sub-query or a WITH: `InitPlan 1`, `CTE totals`. */
  subplan: z.string().optional(),
  /** Conditions, keys and methods, as PostgreSQL prints them: `Filter`, `Hash Cond`, `Sort Method`. */
  details: z.array(z.object({ label: z.string(), value: z.string() })),
  startupCost: z.number(),
  totalCost: z.number(),
  /** Rows a loop, as the planner guessed. */
  plannedRows: z.number(),
  /** Rows a loop, as counted. */
  actualRows: z.number().optional(),
  /** 0 where the step was never needed. */
  loops: z.number().optional(),
  /** How many times too few (above 1) or too many (below 1) rows the planner guessed. */
  misestimate: z.number().optional(),
  /** Milliseconds in all loops, with the children. */
  totalMs: z.number().optional(),
  /** Milliseconds in all loops, without the children. */
  ownMs: z.number().optional(),
  /** Rows that conditions threw away in all loops. */
  rowsRemoved: z.number().optional(),
  buffers: planBuffersSchema.optional(),
});
export type PlanNode = z.infer<typeof planNodeSchema>;

export const queryPlanSchema = z.object({
  nodes: z.array(planNodeSchema),
  /** Whether the statement ran for it. */
  analyzed: z.boolean(),
  planningMs: z.number().optional(),
  executionMs: z.number().optional(),
  /** What PostgreSQL answered: JSON. */
  raw: z.string(),
});
export type QueryPlan = z.infer<typeof queryPlanSchema>;

export const planContract = {
  /**
   * The plan of a statement, through the guard and the read-only path. `analyze` runs the statement and throws its rows
   * away. Errors as `postgres.query`.
   */
  'postgres.explainPlan': call(
    z.object({
      connectionId: z.string(),
      sql: z.string(),
      analyze: z.boolean().default(true),
      /** Statement timeout in milliseconds. */
      timeoutMs: z.number().int().min(1).max(3_600_000).default(defaultTimeoutMs),
    }),
    queryPlanSchema,
  ),
};
