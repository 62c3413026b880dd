/** What `plan --json` prints, and `/v1/plan` answers. Fields are added within a version, as in the status report. */
import { z } from 'zod';
import { commandSchema } from './command-schema.ts';
import { statusReportSchema } from './status-report.ts';

export const planSchemaVersion = 1;

const count = z.int().nonnegative();

/** As it would be planned: `type`, `path`, `reason`, and what must still hold when it is carried out. */
const command = commandSchema.extend({
  /** Which side it changes. */
  side: z.enum(['drive', 'disk']),
  /** Why, in words. */
  because: z.string(),
});

const planned = z.object({
  /** Names this plan: what would be done and what is held, with all that must still hold. The same state has the same one. */
  hash: z.string(),
  /** What would be done, in order. */
  commands: z.array(command),
  /** What waits for a confirmation because there is much of it at once; null when nothing does. */
  held: z.nullable(
    z.object({
      /** Names what is held alone. */
      hash: z.string(),
      deletionsOnDrive: count,
      deletionsOnDisk: count,
      replacementsOnDrive: count,
      /** What would be done once it is confirmed. */
      commands: z.array(command),
    }),
  ),
  /** What would not be in sync after all of it, and why. */
  leftAlone: z.array(statusReportSchema.shape.notAtRest.element),
  /** What is on disk and cannot be synced. */
  oddities: statusReportSchema.shape.oddities,
});

export const planReportSchema = planned.extend({
  schema: z.literal(planSchemaVersion),
  /**
   * What would be done in shared folders, each with a plan of its own, by the path of the folder; all paths in it are relative to that. Absent where
   * there are none, and beside a run of a daemon.
   */
  shared: z.optional(z.array(planned.extend({ path: z.string() }))),
});

export type PlanReport = z.output<typeof planReportSchema>;
