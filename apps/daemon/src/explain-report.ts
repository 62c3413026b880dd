/** What the log tells of a path, as programs are told it: by `explain --json`, and over the control socket. */
import type { EventLog, LocalOddity, RecordedEvent, Seq, Started } from '@tidemark/contracts';
import type { ExplainReport } from '@tidemark/control';
import { explainSchemaVersion } from '@tidemark/control';
import type { Explanation, Places, RulesFor } from '@tidemark/engine';
import { explainPath, oddityAt, waysBack } from '@tidemark/engine';
import type { FoldBegin } from './fold-begin.ts';
import type { Profile } from './profile.ts';
import { type Excluded, exclusionOf } from './scope/excluded.ts';
import type { InSharedPlace } from './shared-folders/shared-places.ts';
import { fileInTrash } from './trash-places.ts';

export interface PathTold {
  /** Of every item that ever held the path; those that hold it now come first. */
  readonly explanations: readonly Explanation[];
  /** What settings or plugins keep out. */
  readonly excluded: Excluded | null;
  /** What the disk cannot tell of, where no item has the path. */
  readonly oddity: LocalOddity | null;
  /** Null for another log, and for a moment in the past: of what is gone there it is not told how to get it back. */
  readonly places: Places | null;
  /** Of a path in a shared folder: where that lies. All paths of the explanations are relative to it. */
  readonly below?: string | undefined;
}

export interface Telling {
  readonly log: Pick<EventLog, 'read'>;
  readonly rulesFor: RulesFor;
  readonly begin: FoldBegin;
  /** Null for another log, and for a moment in the past: the settings as they are now tell nothing of them. */
  readonly profile: Profile | null;
  /** The path lies in a shared folder, whose log and profile these are: the profile and the path of the sync folder around it. */
  readonly around?: {
    readonly profile: Profile;
    readonly path: string;
    readonly below: string;
    /** Not that of single files. */
    readonly isFolder: boolean;
  };
  /** The last event to fold; absent: the last one of the log. */
  readonly to?: Seq | undefined;
  /** Awaited between two batches, for a process that has other things to do. */
  readonly breathe?: () => Promise<void>;
}

/** Null when no run has ever seen the path on either side. `path`: relative to the sync folder. Throws Failure. */
export async function tellPath(path: string, telling: Telling): Promise<PathTold | null> {
  const { log, rulesFor, begin, profile, around, to, breathe } = telling;
  const range = { ...(begin.first !== undefined && { from: begin.first }), ...(to !== undefined && { to }) };
  const read = (): AsyncIterable<readonly RecordedEvent[]> =>
    breathe === undefined ? log.read(range) : breathing(log.read(range), breathe);
  const { explanations, state } = await explainPath(path, { read, rulesFor, from: begin.from });
  const item = explanations.find((one) => one.standing !== 'gone' && one.path === path)?.item ?? null;
  const excluded =
    around !== undefined
      ? await exclusionOf(around.profile, around.path, null, null)
      : profile === null
        ? null
        : await exclusionOf(profile, path, state, item);
  const oddity = item === null ? oddityAt(state, path) : null;
  const isKnown = explanations.length > 0 || excluded !== null || oddity !== null;
  if (!isKnown) return null;
  const places = profile === null ? null : placesOf(profile, state.started);
  if (around === undefined) return { explanations, excluded, oddity, places };
  return {
    ...{ explanations, excluded, oddity, below: around.below },
    places: places && placesIn(around, places),
  };
}

/** What `tellPath` needs to know of a path in a shared folder besides its log. */
export const inShared = (
  profile: Profile,
  path: string,
  { place, profile: shared }: InSharedPlace,
): Pick<Telling, 'profile' | 'around'> => ({
  profile: shared,
  around: { profile, path, below: place.path, isFolder: 'target' in place },
});

/** What is only downloaded takes no command. */
const placesIn = ({ below, isFolder }: NonNullable<Telling['around']>, places: Places): Places =>
  isFolder ? { ...places, below, driveKind: 'shared' } : { ...places, below, takesCommands: false };

const placesOf = (profile: Profile, started: Started | null): Places => ({
  driveKind: started?.drive.kind ?? null,
  fileInTrash: (trash) => fileInTrash(profile, trash),
});

export const explainReport = (
  path: string,
  { explanations, excluded, oddity, places, below }: PathTold,
): ExplainReport => ({
  schema: explainSchemaVersion,
  path,
  ...(below !== undefined && { below }),
  explanations: explanations.map((one) => explanationReport(one, places)),
  excluded: excluded && excludedReport(excluded),
  oddity: oddity && { ...oddity },
});

/** As `why-excluded` has it as well. */
export const excludedReport = ({
  exclusions,
  ...excluded
}: Excluded): NonNullable<ExplainReport['excluded']> => ({
  ...excluded,
  exclusions: exclusions.map(({ sentence, at, origin, remedy, ...cause }) => ({
    ...{ sentence, at: at.map((place) => ({ ...place })), origin, remedy },
    ...cause,
  })),
});

function explanationReport(explanation: Explanation, places: Places | null): ExplanationReport {
  const { failure, timeline, lastDecision, conflict, pruned, ...rest } = explanation;
  return {
    ...rest,
    failure: failure && { ...failure },
    timeline: timeline.map((entry) => ({ ...entry })),
    lastDecision: lastDecision && decisionReport(lastDecision),
    conflict: conflict && { ...conflict },
    pruned: [...pruned],
    waysBack: places === null ? [] : waysBack(explanation, places),
  };
}

const decisionReport = ({ command, ruleText, causes, outcome }: Decision): DecisionReport => ({
  command: { ...command },
  ruleText,
  causes: causes.map((cause) => ({ ...cause })),
  outcome: outcome && { ...outcome, event: { ...outcome.event } },
});

type Decision = NonNullable<Explanation['lastDecision']>;
type ExplanationReport = ExplainReport['explanations'][number];
type DecisionReport = NonNullable<ExplanationReport['lastDecision']>;

async function* breathing(
  batches: AsyncIterable<readonly RecordedEvent[]>,
  breathe: () => Promise<void>,
): AsyncIterable<readonly RecordedEvent[]> {
  for await (const batch of batches) {
    yield batch;
    await breathe();
  }
}
