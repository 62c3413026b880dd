/** What `explain --json` and `why-excluded --json` print, and `/v1/explain` answers. Fields are added within a version, as in the status report. */
import { z } from 'zod';
import { statusReportSchema } from './status-report.ts';

export const explainSchemaVersion = 1;

const count = z.int().nonnegative();
/** A code of the list in libs/contracts, and what happened in words. */
const failure = z.looseObject({ code: z.string(), detail: z.string() });
const sentence = z.object({ seq: count, sentence: z.string() });
/** `at`: milliseconds since 1970. */
const timed = z.object({ seq: count, at: z.number(), sentence: z.string() });

const decision = z.object({
  /** The command as it was planned: `type`, `path`, `reason` with `rule`, and its preconditions. */
  command: z.looseObject({ id: z.string(), item: count, type: z.string(), path: z.string() }),
  /** Why, in words. */
  ruleText: z.string(),
  /** What was seen that led to it. */
  causes: z.array(sentence),
  /** null: still under way, or a run ended before it came to its end. `event`: as in the log. */
  outcome: z.nullable(
    timed.extend({ event: z.looseObject({ type: z.enum(['CommandSucceeded', 'CommandFailed']) }) }),
  ),
});

const standings = [
  ...statusReportSchema.shape.notAtRest.element.shape.standing.options,
  'atRest',
  'unknown',
  'gone',
] as const;

const excludedSchema = z.object({
  path: z.string(),
  /** `lastRun`: the settings let it in by now. `nextRun`: the last run let it in. */
  since: z.enum(['now', 'lastRun', 'nextRun']),
  /** Of a path that is nowhere: what would be true of such a folder only. */
  as: z.nullable(z.literal('folder')),
  /** At least one. Each of them has to change. */
  exclusions: z.array(
    z.looseObject({
      sentence: z.string(),
      /** The lines that say so. */
      at: z.array(z.object({ file: z.string(), line: count })),
      /** Where it comes from, when no line of a file says so. */
      origin: z.nullable(z.string()),
      /** Follows "To sync it". */
      remedy: z.string(),
    }),
  ),
});

const odditySchema = z.looseObject({ path: z.string(), code: z.string(), detail: z.string() });

export const explainReportSchema = z.object({
  schema: z.literal(explainSchemaVersion),
  /** The path that was asked for, relative to the sync folder. */
  path: z.string(),
  /** Of a path in a shared folder: where that lies. The paths of the explanations are relative to it. */
  below: z.optional(z.string()),
  /** Every item that ever held the path; those that hold it now come first. */
  explanations: z.array(
    z.object({
      item: count,
      /** Of an item that is gone: the last one known. */
      path: z.string(),
      standing: z.enum(standings),
      /** Why, in words. */
      detail: z.string(),
      failure: z.nullable(failure),
      /** Oldest first, at most one for an event. */
      timeline: z.array(timed),
      lastDecision: z.nullable(decision),
      /** The two versions of a conflict, while both are there: this item is one of them. */
      conflict: z.nullable(z.object({ path: z.string(), keptPath: z.string() })),
      /** Versions of it that left the trash for good. */
      pruned: z.array(z.string()),
      /** How to get back what was taken away, with the command to type. */
      waysBack: z.array(z.string()),
    }),
  ),
  /** What settings or plugins keep out. */
  excluded: z.nullable(excludedSchema),
  /** What the disk cannot tell of, where no item has the path. */
  oddity: z.nullable(odditySchema),
});

export type ExplainReport = z.output<typeof explainReportSchema>;

/** What `why-excluded --json` prints. */
export const whyExcludedReportSchema = z.object({
  schema: z.literal(explainSchemaVersion),
  /** The path that was asked for, relative to the sync folder. */
  path: z.string(),
  isExcluded: z.boolean(),
  excluded: z.nullable(excludedSchema),
  oddity: z.nullable(odditySchema),
  /** How the item stands that has the path; null when none has. */
  standing: z.nullable(
    z.object({ standing: z.enum(standings), detail: z.string(), failure: z.nullable(failure) }),
  ),
});

export type WhyExcludedReport = z.output<typeof whyExcludedReportSchema>;

/** What `explain --run` and `explain --since` print. */
export const storyReportSchema = z.object({
  schema: z.literal(explainSchemaVersion),
  /** The events behind `after`, up to `to`. */
  span: z.object({ name: z.string(), after: count, to: count }),
  /** Times of its first and last event, in milliseconds since 1970; null when it has none. */
  from: z.nullable(z.number()),
  to: z.nullable(z.number()),
  /** Deletions first. */
  groups: z.array(
    z.object({
      kind: z.enum([
        ...(['deletedOnDisk', 'deletedOnDrive', 'bothKept', 'downloaded', 'uploaded'] as const),
        ...(['moved', 'dated', 'asked', 'dropped', 'pruned'] as const),
        ...statusReportSchema.shape.notAtRest.element.shape.standing.options,
      ]),
      /** Why, in words; null when each entry has its own reason. */
      because: z.nullable(z.string()),
      entries: z.array(
        z.object({
          /** Of the event; null: how the item stood at the end. */
          seq: z.nullable(count),
          item: z.nullable(count),
          path: z.string(),
          sentence: z.string(),
          failure: z.nullable(failure),
        }),
      ),
    }),
  ),
});

export type StoryReport = z.output<typeof storyReportSchema>;
