/** Why a plugin cannot run in another process: what it declares would need the token, the folder, or the planner's own thread. */
import type { CommandType } from '@tidemark/contracts';
import { commandEffects } from '@tidemark/contracts';
import type { Plugin } from '@tidemark/plugin-sdk';
import { isCommandType, mayHandleElsewhere } from './protocol.ts';

/** What a plugin says of itself, in its definition or over the wire. */
export interface Declaration {
  readonly needs: Readonly<Record<string, unknown>>;
  readonly handles: readonly string[];
  readonly rules: readonly string[];
}

export function declarationOf({ needs = {}, handle = {}, rules = {} }: Plugin): Declaration {
  return { needs: { ...needs }, handles: Object.keys(handle), rules: Object.keys(rules) };
}

/** In words, to be read after "it"; null when nothing keeps it. `whose`: our own need the token and the folder, and may have them. */
export function whyItStaysHere(
  { needs, handles, rules }: Declaration,
  whose: 'ours' | 'theirs',
): string | null {
  if (rules.length > 0) {
    return `has rules ("${rules.join('", "')}"), which the planner asks while it decides: they cannot wait for another process`;
  }
  for (const [need, granted] of Object.entries(needs)) {
    if (granted === undefined || granted === false) continue;
    const reason = bound.get(need);
    if (reason !== undefined && whose === 'ours') continue;
    if (reason !== undefined) return `needs "${need}": ${reason}`;
    if (!elsewhere.has(need)) return `needs "${need}", which no process offers`;
  }
  for (const type of handles) {
    if (!isCommandType(type)) return `handles "${type}", which is no command of this version`;
    if (whose === 'theirs' && !mayHandleElsewhere[type]) return `handles ${type}: ${whyNotHandled(type)}`;
  }
  return null;
}

/** Needs that only the daemon can meet. */
const bound: ReadonlyMap<string, string> = new Map(
  Object.entries<string>({
    drive: "the account's login stays in the daemon's process",
    disk: 'the sync folder stays with the daemon, which checks every change of it',
    relay: "the daemon's user at the relay stays in its process",
    files: 'the daemon keeps the folder apart from the sync folder',
    content: 'only our own carry content',
    notifications: "the account's login, with which the service is asked, stays in the daemon's process",
  }),
);

/** Needs that any process can meet out of its own. */
const elsewhere: ReadonlySet<string> = new Set([
  'events',
  'output',
  'listen',
  'connect',
  'request',
  'secrets',
  'store',
  'desktop',
]);

function whyNotHandled(type: CommandType): string {
  return commandEffects[type] === 'reads'
    ? 'what a look at a whole side does not meet counts as deleted, so only the daemon itself looks'
    : 'what changes the drive or the sync folder is done in the daemon, beside the login and the folder';
}
