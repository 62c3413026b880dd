/** Settings of the reporter. */
import { z } from '@tidemark/plugin-sdk';

export const config = z.strictObject({
  /** One JSON object per event instead of lines for people. */
  json: z.boolean().default(false),
  /** 0: what changes. 1: how it is decided and found. 2: everything, marked `DEBUG: `. */
  verbosity: z.union([z.literal(0), z.literal(1), z.literal(2)]).default(0),
  /** A run that ends by itself, or one that goes on until it is stopped. */
  mode: z.enum(['sync', 'monitor']).default('sync'),
  /** The sync folder as the user wrote it. */
  syncDirectory: z.string().default('.'),
  /** Of a shared folder: where it lies in the sync folder around it. */
  below: z.string().default(''),
  monitorIntervalSeconds: z.number().int().positive().default(300),
  /** Limits of the system that watching lives with, as the system writes them. */
  limits: z
    .strictObject({ openFilesSoft: z.string(), openFilesHard: z.string(), userWatches: z.string() })
    .nullable()
    .default(null),
  /** With verbosity 0, a look that finds nothing is told only every so many times. */
  monitorLogFrequency: z.number().int().positive().default(12),
  skipSymlinks: z.boolean().default(false),
  /** Lines about looking at both sides: told to everybody, or only to those who ask for more. */
  looking: z.enum(['told', 'verbose']).default('told'),
  /** Whether the terminal can rewrite a line in place. */
  rewrites: z.boolean().default(true),
  /** What the terminal can show. */
  characters: z.enum(['unicode', 'ascii']).default('unicode'),
  /** The run is a rehearsal: what it tells is predicted. */
  dryRun: z.boolean().default(false),
  displayTransferMetrics: z.boolean().default(false),
  /** For developers. */
  displayProcessingTime: z.boolean().default(false),
  displaySyncOptions: z.boolean().default(false),
  /** Which wording to use where the peer has had two. */
  dialect: z.enum(['both', 'current', 'legacy']).default('both'),
});

export type ReporterConfig = z.output<typeof config>;
