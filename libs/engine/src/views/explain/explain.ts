/**
 * Explain: why an item is as it is. Nothing is remembered for this purpose: the log is folded again, and what each event changed
 * of the item is told. Every command carries its reason, every entry the event that set it.
 */
import type { ItemId } from '@tidemark/contracts';
import type { State } from '../../fold/state.ts';
import type { ReplayOptions } from '../../loop/replay.ts';
import { replay } from '../../loop/replay.ts';
import { createPathFinder } from './path-finder.ts';
import type { Explanation } from './timeline.ts';
import { createTimeline } from './timeline.ts';

export interface ExplainOptions extends Pick<ReplayOptions, 'rulesFor'> {
  /** Reads the log from its beginning, or from behind the state that `from` gives; called more than once. */
  readonly read: () => ReplayOptions['batches'];
  /** A state of its own for each call. */
  readonly from?: (() => Promise<State>) | undefined;
}

export interface Explained {
  readonly explanations: readonly Explanation[];
  /** At the end of the log. */
  readonly state: State;
}

/** Every item that ever held the path, on either side: those that hold it now come first. `path`: relative to the sync folder. */
export async function explainPath(path: string, options: ExplainOptions): Promise<Explained> {
  const finder = createPathFinder(path);
  const state = await fold(
    options,
    (_recorded, { trees }) =>
      () =>
        finder.look(trees),
  );
  const items = finder.found();
  return items.length === 0 ? { explanations: [], state } : explainItems(items, options);
}

export async function explainItems(items: readonly ItemId[], options: ExplainOptions): Promise<Explained> {
  const timelines = items.map(createTimeline);
  const state = await fold(options, (recorded, before) => {
    const ends = timelines.map(({ watch }) => watch(recorded, before));
    return () => {
      for (const end of ends) end?.();
    };
  });
  return { explanations: timelines.map(({ explanation }) => explanation(state)), state };
}

async function fold(
  { read, rulesFor, from }: ExplainOptions,
  watch: NonNullable<ReplayOptions['watch']>,
): Promise<State> {
  const state = from === undefined ? {} : { from: await from() };
  return (await replay({ ...state, batches: read(), rulesFor, check: false, watch })).state;
}
