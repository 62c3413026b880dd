/** Patterns of events, as people type them to stop at an event or to leave events out. */
import type { Event, EventType, RecordedEvent } from '@tidemark/contracts';
import { shownPath } from '@tidemark/trees';
import type { State } from '../../fold/state.ts';

export type EventPattern =
  | { readonly type: 'deletion' | 'conflict' }
  /** `matches`: paths relative to the sync folder. */
  | { readonly type: 'path'; readonly matches: RegExp }
  | { readonly type: 'plugin'; readonly name: string }
  | { readonly type: 'event'; readonly name: string };

export const patternForms = 'deletion, conflict, path:GLOB, plugin:NAME, or the type of an event';

/** Null when the text is none of `patternForms`. `isEventType`: the reader of the log knows the types. */
export function parsePattern(text: string, isEventType: (name: string) => boolean): EventPattern | null {
  if (text === 'deletion' || text === 'conflict') return { type: text };
  const [, kind, rest = ''] = /^(path|plugin):(.+)$/.exec(text) ?? [];
  if (kind === 'path') return { type: kind, matches: globToRegExp(rest) };
  if (kind === 'plugin') return { type: kind, name: rest };
  return isEventType(text) ? { type: 'event', name: text } : null;
}

/** `state`: after the event. An item that is gone by then is found by its path in a plan only. */
export function matchesPattern(pattern: EventPattern, recorded: RecordedEvent, state: State): boolean {
  const { event, source } = recorded;
  switch (pattern.type) {
    case 'deletion':
      return decides(event, ({ type }) => type === 'DeleteRemote' || type === 'DeleteLocal');
    case 'conflict':
      return decides(event, ({ reason }) => reason.rule.startsWith('conflict-'));
    case 'plugin':
      return source === pattern.name;
    case 'event':
      return event.type === (pattern.name as EventType);
    case 'path':
      return pathsOf(recorded, state).some((path) => pattern.matches.test(path));
  }
}

type Planned = Extract<Event, { type: 'Planned' }>['commands'][number];
const decides = (event: Event, is: (command: Planned) => boolean): boolean =>
  event.type === 'Planned' && event.commands.some(is);

/** Of the items that the event touched, or decided about. */
function pathsOf({ event, items }: RecordedEvent, { trees }: State): string[] {
  if (event.type === 'Planned') return event.commands.map(({ path }) => path);
  return items.flatMap((id) => {
    const item = trees.items.get(id);
    return item === undefined ? [] : [shownPath(trees, item)];
  });
}

/** `*` and `?` stay within a name, `**` does not. */
export function globToRegExp(glob: string): RegExp {
  const source = glob.replace(/\*\*|[*?]|[\\^$.|+()[\]{}]/g, (found) =>
    found === '**' ? '.*' : found === '*' ? '[^/]*' : found === '?' ? '[^/]' : `\\${found}`,
  );
  return new RegExp(`^${source}$`, 'u');
}
