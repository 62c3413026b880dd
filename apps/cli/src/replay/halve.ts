/** Halves a span of a log by its snapshots, as far as there are any. */
import type { EventLog, Seq } from '@tidemark/contracts';
import { seq } from '@tidemark/contracts';
import { stateFromLog } from '@tidemark/daemon';
import type { RulesFor, State } from '@tidemark/engine';

export interface Span {
  readonly from: Seq;
  readonly to: Seq;
}

/**
 * A shorter span at whose begin it does not hold and at whose end it does, without a snapshot between. Why the given span is none, in
 * words, when it is not so there.
 */
export async function halve(
  log: EventLog,
  rulesFor: RulesFor,
  holds: (state: State) => boolean,
  { from, to }: Span,
): Promise<Span | string> {
  const holdsAfter = async (at: Seq): Promise<boolean> =>
    holds((await stateFromLog(log, rulesFor, { to: at })).state);
  if (await holdsAfter(from)) return `It holds after event ${from} already`;
  if (!(await holdsAfter(to))) return `It does not hold after event ${to}`;
  const snapshots = await snapshotsIn(log, { from, to });
  let [low, high] = [0, snapshots.length];
  // It holds after the snapshot `high` and does not after the one before `low`; the ends of the span stand for those beyond the list.
  while (low < high) {
    const middle = (low + high) >> 1;
    const at = snapshots[middle] ?? to;
    if (await holdsAfter(at)) high = middle;
    else low = middle + 1;
  }
  return { from: snapshots[low - 1] ?? from, to: snapshots[low] ?? to };
}

/** The earliest first. */
async function snapshotsIn(log: EventLog, { from, to }: Span): Promise<Seq[]> {
  const found: Seq[] = [];
  for (let last = seq(to - 1); last > from;) {
    const snapshot = await log.latestSnapshot(last);
    if (snapshot === null || snapshot.seq <= from) break;
    found.unshift(snapshot.seq);
    last = seq(snapshot.seq - 1);
  }
  return found;
}
