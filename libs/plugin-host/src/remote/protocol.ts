/**
 * What a plugin in another process and the daemon say to each other. The page for authors in any language is
 * `libs/plugin-sdk/docs/wire-protocol.md`; this file is its implementation.
 */
import type { CommandType } from '@tidemark/contracts';
import { commandEffects, localId } from '@tidemark/contracts';
import type { SpontaneousObservation } from '@tidemark/plugin-sdk';
import { z } from '@tidemark/plugin-sdk';

/** Grows when one side could misunderstand the other. */
export const protocolVersion = 1;

/** Everything of one plugin lies below one subject, so that one permission of the server covers it. */
export interface PluginSubjects {
  /** Request of the plugin: a Hello. Answer: a Greeting. */
  readonly hello: string;
  /** Request of the plugin: Reported. Answer: Taken. */
  readonly observation: string;
  /** Request of the daemon: one Command. Answer: Accepted. */
  readonly command: string;
  /** Message of the plugin: the instance, and ToldNotice[]. */
  readonly notice: string;
  /** Message of the plugin: the instance, and how far one of its commands is. */
  readonly progress: string;
  /** Request of a plugin of ours: what the service is to be asked for it. */
  readonly notifications: string;
}

export function pluginSubjectsOf(driveKey: string, plugin: string): PluginSubjects {
  const base = `sync.${driveKey}.plugin.${plugin}`;
  return {
    hello: `${base}.hello`,
    observation: `${base}.observation`,
    command: `${base}.command`,
    notice: `${base}.notice`,
    progress: `${base}.progress`,
    notifications: `${base}.notifications`,
  };
}

/** A message on such a subject comes from another process, and may be anything. */
export const isPluginSubject = (subject: string): boolean => /^sync\.[^.]+\.plugin\./.test(subject);

/** How a plugin is called: also one token of a subject. */
export const pluginName = /^[a-z][a-z0-9-]{0,63}$/;

const line = (lengthMax: number): z.ZodString =>
  z
    .string()
    .min(1)
    .max(lengthMax)
    .regex(/^\P{Cc}*$/u);

const count = z.number().int().nonnegative();
const figures = { succeeded: count, failed: count, totalMs: z.number().nonnegative() };
const figuresByType = z.array(z.object({ type: line(50), ...figures })).max(50);

/** What a plugin did for one run, by its own count. It is shown, and nothing follows from it. */
export const workShape = z.object({
  /** Milliseconds until it was ready; null before that. */
  startMs: z.number().nonnegative().nullable(),
  commands: figuresByType,
  reactions: figuresByType,
  requests: z.object(figures),
  faults: count,
  lastFault: line(1000).nullable(),
  lastFailure: line(1000).nullable(),
});
export type Work = z.infer<typeof workShape>;

/** Said at the start, again and again while the plugin lives, and once more when it leaves. */
export const helloShape = z.object({
  protocol: z.number().int(),
  version: line(50),
  /** Another one for each start of the plugin. */
  instance: z.string().regex(/^[A-Za-z0-9-]{8,64}$/),
  needs: z.record(z.string().max(50), z.unknown()).default({}),
  /** What it may bring by itself. */
  observes: z
    .array(z.enum(['HintReceived', 'SubscriptionTold']))
    .max(10)
    .default([]),
  handles: z.array(z.string().max(50)).max(50).default([]),
  rules: z.array(z.string().max(50)).max(10).default([]),
  leaving: z.boolean().default(false),
  /** It takes commands in and watches. Until then it is there, and nothing is given to it. */
  ready: z.boolean().default(true),
  /** For which run. Left out, it is ready for any. */
  run: z.string().max(100).optional(),
  /** Why it is not ready, where waiting alone does not help. */
  waits: line(300).optional(),
  work: workShape.optional(),
});
export type Hello = z.infer<typeof helloShape>;

export const greetingShape = z.union([
  z.object({
    welcome: z.object({
      /** Another one for each run of the daemon: whatever was under way in the run before is void. */
      run: z.string().min(1),
      /** Say hello again after this long. Milliseconds. */
      helloEveryMs: z.number().int().positive(),
      /** Of the sync folder of that run, for those who work in it: the folder that they see has to be this one. */
      root: z
        .object({
          id: z.string().transform(localId),
          marker: z.string().nullable(),
          fileSystem: z.string().nullable().exactOptional(),
        })
        .exactOptional(),
    }),
  }),
  z.object({
    refused: z.object({
      /** `occupied`: another process of that name lives; it passes. The others do not. */
      code: z.enum(['occupied', 'malformed', 'protocol', 'needs', 'handles']),
      detail: z.string(),
      remedy: z.string(),
    }),
  }),
]);
export type Greeting = z.infer<typeof greetingShape>;

export const reportedShape = z.object({
  instance: z.string().max(64),
  observations: z.array(z.unknown()).min(1).max(256),
});

export const takenShape = z.union([
  /** So many are durable. What was known already, or is about a command that has ended, counts as taken. */
  z.object({ taken: z.number().int() }),
  /** The daemon does not know the instance yet, or has too much to do: say hello, and send it again. */
  z.object({ again: z.string() }),
  /** None of them was taken, and none ever will be. */
  z.object({ refused: z.string() }),
]);
export type Taken = z.infer<typeof takenShape>;

export const acceptedShape = z.union([
  z.object({ accepted: z.literal(true) }),
  z.object({ refused: z.string() }),
]);
export type Accepted = z.infer<typeof acceptedShape>;

export const progressShape = z.object({
  instance: z.string().max(64),
  command: z.string().max(100),
  doneBytes: z.number().nonnegative(),
  totalBytes: z.number().nonnegative(),
  elapsedMs: z.number().nonnegative(),
});

/**
 * Which commands a plugin that is not ours may carry out in another process. Those that write need the token or the folder. Looking at a whole
 * side ends in evidence of absence, and absence deletes: the engine believes only our own plugins.
 */
export const mayHandleElsewhere: Readonly<Record<CommandType, boolean>> = {
  CreateRemoteFolder: false,
  UploadFile: false,
  MoveRemote: false,
  DeleteRemote: false,
  SetRemoteTime: false,
  CreateLocalFolder: false,
  DownloadFile: false,
  KeepRemoteCopy: false,
  KeepLocalCopy: false,
  MoveLocal: false,
  DeleteLocal: false,
  SetLocalTime: false,
  ReadRemote: false,
  ReadRemoteItems: false,
  ScanLocal: false,
  HashFile: true,
  CreateSubscription: true,
  RenewSubscription: true,
  DeleteSubscription: true,
};

export const isCommandType = (type: string): type is CommandType => Object.hasOwn(commandEffects, type);

/** Facts are for rules, which stay in the daemon. */
export const spontaneousTypes: readonly Exclude<SpontaneousObservation['type'], 'FactsReported'>[] = [
  'HintReceived',
  'SubscriptionTold',
];
