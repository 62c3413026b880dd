/** Who handles which command, in the order in which they are called. */
import type { CommandType } from '@tidemark/contracts';
import type { LoadedPlugin } from './loaded-plugin.ts';

/** The first is called. Each may give the command to the one after it. */
export type Handlers = readonly [LoadedPlugin, ...LoadedPlugin[]];

/** `all` in the order of the settings; within each rank that order holds. */
export function handlersOf(all: readonly LoadedPlugin[]): ReadonlyMap<CommandType, Handlers> {
  const handlers = new Map<CommandType, [LoadedPlugin, ...LoadedPlugin[]]>();
  for (const loaded of all.toSorted((one, other) => rankOf(one) - rankOf(other))) {
    for (const type of loaded.handles) {
      const before = handlers.get(type);
      if (before === undefined) handlers.set(type, [loaded]);
      else before.push(loaded);
    }
  }
  return handlers;
}

function rankOf({ plugin, ours }: LoadedPlugin): number {
  if (ours) return 3;
  if (plugin.order === 'first') return 0;
  return plugin.order === 'last' ? 2 : 1;
}
