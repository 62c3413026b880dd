/**
 * Plugins that changed while the daemon runs. A module is loaded once and for ever under one address, so each load of a plugin that
 * changed gets an address of its own, its generation, and the modules that it imports from its own files get the same.
 */
import { statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

interface Generation {
  readonly number: number;
  /** Path → what it was like when it was read. */
  readonly files: Map<string, string>;
}

const parameter = 'tidemark-generation';
const byReference = new Map<string, Generation>();
const byNumber = new Map<number, Generation>();

/** `url` as the generation in use loads it. `reference`: what the settings call the plugin. */
export function inGeneration(reference: string, url: string): string {
  return addressed(url, byReference.get(reference) ?? begin(reference));
}

/** What a module imports, in the generation of that module. Packages are loaded once. */
export function asImportedBy(parent: string | undefined, url: string): string {
  const number = parent === undefined ? null : URL.parse(parent)?.searchParams.get(parameter);
  const generation = byNumber.get(Number(number ?? NaN));
  return generation === undefined || !isOwnFile(url) ? url : addressed(url, generation);
}

/** A change of this file is a change of the plugin as well. */
export function belongsTo(reference: string, path: string): void {
  (byReference.get(reference) ?? begin(reference)).files.set(path, stampOf(path));
}

/** Something that a plugin was loaded from is not what it was. */
export const havePluginsChanged = (): boolean => changedReferences().length > 0;

/**
 * Calls `load` with a new generation of each plugin that changed. `undo` brings those before back; so does a `load` that fails.
 */
export async function loadAnew<Loaded>(
  load: () => Promise<Loaded>,
): Promise<{ readonly loaded: Loaded; readonly undo: () => void }> {
  const before = new Map(byReference);
  const undo = (): void => {
    for (const [reference, generation] of before) byReference.set(reference, generation);
  };
  for (const reference of changedReferences()) begin(reference);
  try {
    return { loaded: await load(), undo };
  } catch (error) {
    undo();
    throw error;
  }
}

const changedReferences = (): readonly string[] =>
  [...byReference].flatMap(([reference, { files }]) =>
    [...files].some(([path, stamp]) => stampOf(path) !== stamp) ? [reference] : [],
  );

function begin(reference: string): Generation {
  const generation = { number: byNumber.size + 1, files: new Map<string, string>() };
  byReference.set(reference, generation);
  byNumber.set(generation.number, generation);
  return generation;
}

function addressed(url: string, { number, files }: Generation): string {
  const address = new URL(url);
  const path = fileURLToPath(address);
  if (!files.has(path)) files.set(path, stampOf(path));
  address.searchParams.set(parameter, String(number));
  return address.href;
}

const isOwnFile = (url: string): boolean => url.startsWith('file:') && !url.includes('/node_modules/');

function stampOf(path: string): string {
  const found = statSync(path, { throwIfNoEntry: false });
  return found === undefined ? 'none' : `${found.ino} ${found.size} ${found.mtimeMs}`;
}
