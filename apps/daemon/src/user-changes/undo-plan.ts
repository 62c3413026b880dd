/** What undoing a part of the log takes, as things are now on both sides. */
import type { Disk, EventLog, RecordedEvent } from '@tidemark/contracts';
import { seq } from '@tidemark/contracts';
import type { DriveKind, RulesFor, State, UndoPlan, UndoSpan, UndoTarget } from '@tidemark/engine';
import { changesAt, ItemChanges, planUndo, SpanFinder } from '@tidemark/engine';
import { stateBefore } from './state-before.ts';

export interface UndoPlanOptions {
  readonly log: EventLog;
  readonly disk: Pick<Disk, 'inTrash'>;
  /** As the log leaves it. */
  readonly state: State;
  readonly driveKind: DriveKind;
  readonly span: UndoSpan;
  /** Only what is at it or in it. */
  readonly path?: string | undefined;
  readonly rulesFor: RulesFor;
}

/** Throws Failure. */
export async function undoPlan(options: UndoPlanOptions): Promise<UndoPlan> {
  const { log, disk, state, driveKind, span, path, rulesFor } = options;
  const folded = new ItemChanges(await stateBefore(log, span.after, rulesFor), rulesFor);
  await takeSpan(log, span, folded);
  const { items } = span;
  const meant = folded.changes.filter(({ item }) => items === null || items.has(item));
  const changes = path === undefined ? meant : changesAt(meant, path);
  const trashed = await disk.inTrash([...new Set(changes.flatMap(({ paths }) => paths))]);
  return planUndo({ changes, trees: state.trees, driveKind, trashed });
}

/** Tells each event of the part in turn. Throws Failure. */
export async function takeSpan(
  log: Pick<EventLog, 'read'>,
  { after, to }: Pick<UndoSpan, 'after' | 'to'>,
  teller: { take(recorded: RecordedEvent): void },
): Promise<void> {
  for await (const batch of log.read({ from: seq(after + 1), to }))
    for (const recorded of batch) if (recorded.seq <= to) teller.take(recorded);
}

/** The part of the log that is meant; in words when there is none. Throws Failure. */
export async function findSpan(log: Pick<EventLog, 'read'>, target: UndoTarget): Promise<UndoSpan | string> {
  const finder = new SpanFinder(target);
  for await (const batch of log.read()) for (const recorded of batch) finder.take(recorded);
  return finder.span;
}
