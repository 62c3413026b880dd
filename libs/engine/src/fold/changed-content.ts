/**
 * Content that a plugin changes on its way: disk and drive hold different bytes of it. Which bytes match is told before the answer to the
 * command that brings them, since that may be lost. A run without the plugin that made them would take them for other content, so the
 * state remembers which plugins those were, and by which format and key.
 */
import type { EventOf, Started } from '@tidemark/contracts';
import type { State } from './state.ts';
import { commandUnderWay } from './state.ts';

export function contentMatched(state: State, event: EventOf<'ContentMatched'>): void {
  const command = commandUnderWay(state, event.command);
  const item = command === null ? undefined : state.trees.items.get(command.item);
  if (item === undefined) return;
  const { drive, disk, plugin } = event;
  item.match = { remoteHash: drive.hash, hash: disk.hash, sizeBytes: disk.sizeBytes };
  noteFormat(state, plugin);
  state.touched.add(item.id);
}

/** Content that this plugin changed is agreed on, or is about to be. */
export function noteFormat({ contentFormats, started }: State, plugin: string): void {
  const used = started?.plugins.find(({ name }) => name === plugin);
  contentFormats.set(plugin, used?.content ?? '');
}

/** What the user forgot the agreement for goes on with what this run has. */
export function keepFormats({ contentFormats }: State, { forget, plugins }: Started): void {
  if (forget === null) return;
  for (const name of [...contentFormats.keys()]) {
    const content = plugins.find((plugin) => plugin.name === name)?.content;
    if (content === undefined) contentFormats.delete(name);
    else contentFormats.set(name, content);
  }
}

/** A plugin that changed content, as a run with these ones would not find it. */
export interface MissingContent {
  readonly plugin: string;
  readonly format: string;
  /** What the plugin of that name uses now; null when there is none. */
  readonly now: string | null;
}

/** The first of those by which content was changed that the run to come lacks; null when it has them all. */
export function missingContent(
  { contentFormats }: Pick<State, 'contentFormats'>,
  plugins: Started['plugins'],
): MissingContent | null {
  for (const [plugin, format] of contentFormats) {
    const now = plugins.find(({ name }) => name === plugin)?.content ?? null;
    if (now !== format) return { plugin, format, now };
  }
  return null;
}
