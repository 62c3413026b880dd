/**
 * Redaction of what a log holds. What is not known to be harmless becomes a token: a field that a later version adds can tell
 * nothing by being forgotten here. Numbers stay, as do the words of the client itself.
 */
import type { Fact, FilterPolicy, KeptName, RecordedEvent } from '@tidemark/contracts';
import type { Pseudonyms } from './pseudonyms.ts';
import { redactFilter } from './redact-filter.ts';

export interface Redaction {
  readonly names: Pseudonyms;
  /** Names and paths stay; secrets, identities and what others said become tokens or nothing all the same. */
  readonly keepsNames: boolean;
}

export const redactEvent = (recorded: RecordedEvent, redaction: Redaction): RecordedEvent =>
  redactValue(recorded, redaction, []) as RecordedEvent;

/** One chunk of a snapshot. The first one is the head, every other one holds items. */
export function redactChunk(chunk: string, redaction: Redaction): string {
  const parsed: unknown = JSON.parse(chunk);
  if (!Array.isArray(parsed)) return JSON.stringify(redactValue(parsed, redaction, []));
  return JSON.stringify(parsed.map((item: unknown) => redactItem(item, redaction)));
}

/** Names of machines in it: names of kept versions can be told from others only by these. */
export function hostsIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    key === 'hostName' && typeof inner === 'string' ? [inner] : hostsIn(inner),
  );
}

/** `keys`: the way to the value, innermost last; the elements of a list have the key of the list. */
export function redactValue(value: unknown, redaction: Redaction, keys: readonly string[]): unknown {
  const key = keys.at(-1) ?? '';
  if (typeof value === 'string') return redactText(value, redaction, keys);
  if (key === 'facts' && typeof value === 'object' && value !== null)
    return redactFacts(value, redaction.names.content);
  if (Array.isArray(value)) return value.map((one: unknown) => redactValue(one, redaction, keys));
  if (typeof value !== 'object' || value === null) return value;
  const { names, keepsNames } = redaction;
  if (key === 'keepAs' && !keepsNames) return names.keptName(value as KeptName);
  if (key === 'filter' && !keepsNames) return redactFilter(value as FilterPolicy, names);
  if (key === 'filter') return value;
  if (key === 'settings' && keys.at(-2) === 'plugins')
    return { redacted: names.content(JSON.stringify(value)) };
  return Object.fromEntries(
    Object.entries(value).map(([inner, one]) => [inner, redactValue(one, redaction, [...keys, inner])]),
  );
}

/** What plugins told for their rules may hold anything, the contents of files too. An event holds a list, a state a map by plugin. */
function redactFacts(facts: object, content: (text: string) => string): unknown {
  const hidden = (value: string | null): string | null => (value === null ? null : content(value));
  if (Array.isArray(facts))
    return (facts as readonly Fact[]).map(({ key, value }) => ({ key: content(key), value: hidden(value) }));
  const { Map: plugins } = facts as StoredFacts;
  return {
    Map: plugins.map(([plugin, { values, ...rest }]) => [
      plugin,
      { values: { Map: values.Map.map(([key, value]) => [content(key), content(value)]) }, ...rest },
    ]),
  };
}

/** As the head of a snapshot has them. */
interface StoredFacts {
  readonly Map: readonly [string, { readonly values: { readonly Map: readonly [string, string][] } }][];
}

function redactText(text: string, { names, keepsNames }: Redaction, keys: readonly string[]): string {
  const [key = '', outer = ''] = [keys.at(-1), keys.at(-2)];
  if (key === 'standings') return redactStanding(text, { names, keepsNames });
  if (harmless.has(key) || (key === 'name' && outer === 'plugins')) return text;
  // A map whose keys are reasons, and names of plugins.
  if (keys.includes('pauses') || keys.includes('factsAwaited')) return text;
  if (key === 'id' && /^\d+\/\d+$/.test(text)) return text;
  if (key === 'source' && /^[a-z][a-z0-9-]{0,99}$/.test(text)) return text;
  if (key === 'code' && /^[A-Za-z]{1,40}$/.test(text)) return text;
  if (key === 'folder' && outer === 'holds') return names.token(text);
  const isOfNames =
    paths.has(key) || key === 'name' || key === 'toName' || key === 'hostName' || key === 'markers';
  if (messages.has(key)) return redactMessage(text, keepsNames ? (path) => path : names.path);
  if (keepsNames && (isOfNames || key === 'prefix' || key === 'suffix')) return text;
  if (paths.has(key)) return names.path(text);

  if (key === 'stagedAs') return redactStagingKey(text, names);
  if (key === 'hostName') return names.host(text);
  return key === 'name' || key === 'toName' || key === 'markers' ? names.name(text) : names.token(text);
}

/** See `stagingKey`: an id, and a hash or a tag, which are compared with those of drive items. */
function redactStagingKey(text: string, { token }: Redaction['names']): string {
  const space = text.indexOf(' ');
  return `${token(text.slice(0, space))} ${token(text.slice(space + 1))}`;
}

/** Words of the client, ids of commands, versions. */
const harmless: ReadonlySet<string> = new Set(
  (
    'type kind rule differs state command why phase told cause mode direction transferOrder as establishes side accountKind keepsName ' +
    'version plugin content refusedBefore because'
  ).split(' '),
);
const paths: ReadonlySet<string> = new Set(
  'path toPath fromPath folders newFolders folder singleDirectory below trash'.split(' '),
);
const messages: ReadonlySet<string> = new Set('detail message unread oddity forget'.split(' '));

/** Our own sentences begin with what could not be done, and to which path. The rest may hold anything. */
function redactMessage(text: string, pathAs: (path: string) => string): string {
  const [, doing, path] = /^((?:Cannot|The)(?: [a-z]+){0,5}) "([^"]+)"/.exec(text) ?? [];
  const option = /\b(skip_(?:file|dir|dotfiles|size|symlinks)|sync_list|check_nosync)\b/.exec(text)?.[0];
  if (option !== undefined) return `excluded by ${option}; the rest was left out`;
  return doing === undefined || path === undefined
    ? 'left out'
    : `${doing} "${pathAs(path)}"; the rest was left out`;
}

/** An item of a snapshot, in the small form or the large one. */
function redactItem(item: unknown, redaction: Redaction): unknown {
  if (!Array.isArray(item)) return redactValue(item, redaction, []);
  const { names, keepsNames } = redaction;
  const [id, remote, local, name, text] = item as [number, string, string, string, string];
  // The order of the facts is that of `Facts` in libs/trees: all texts in it are hashes, tags and stamps.
  const facts = redactValue(JSON.parse(text), redaction, []);
  return [
    id,
    names.token(remote),
    names.token(local),
    keepsNames ? name : names.name(name),
    JSON.stringify(facts),
  ];
}

/** How an item stood when commands went out for it: lists of texts and numbers, of which only the names are told apart. */
function redactStanding(text: string, { names, keepsNames }: Redaction): string {
  const [remote, local, synced, ...rest] = JSON.parse(text) as (unknown[] | null)[];
  const list = (entry: unknown[] | null | undefined, nameAt: number): unknown =>
    entry?.map((fact, index) =>
      typeof fact !== 'string'
        ? fact
        : index === nameAt
          ? keepsNames
            ? fact
            : names.name(fact)
          : names.token(fact),
    ) ?? null;
  return JSON.stringify([list(remote, 2), list(local, 2), list(synced, 1), ...rest]);
}
