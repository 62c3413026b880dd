/** A user at the sync folder: writes, saves as editors do, renames, moves, deletes. */
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import type { SeededRandom } from '@tidemark/testkit';
import { hashOf, type Ledger } from './ledger.ts';
import { archive, drawPath, drawSize, filesMost } from './names.ts';

/** Does one thing and says what. */
export type User = () => string;

export function createDiskUser(folder: string, random: SeededRandom, ledger: Ledger): User {
  const contentAt = (path: string): Buffer | null =>
    existsSync(path) && statSync(path).isFile() ? readFileSync(path) : null;
  /** What the act replaces or removes at the path is given up, once it is done. */
  const instead = (path: string, act: () => void): void => {
    const before = contentAt(path);
    act();
    if (before !== null) ledger.givenUp(before);
  };
  /** Programs seldom flush what they save. */
  const flushed = (path: string, content: string): string => {
    const how = random.happens(0.4) ? 'flushed' : 'unflushed';
    if (how === 'flushed') for (const part of [path, dirname(path)]) flush(part);
    ledger.saved(content, how);
    return `${how} ${content.split('\n')[0]}`;
  };
  const write = (path: string): string => {
    const content = ledger.next('disk', drawSize(random));
    mkdirSync(dirname(path), { recursive: true });
    const before = contentAt(path);
    try {
      instead(path, () => writeFileSync(path, content));
    } catch (error) {
      // A piece of it, as a full disk leaves it: the user saved that, and nothing more.
      const piece = contentAt(path);
      if (piece !== null && before?.equals(piece) !== true) {
        if (before !== null) ledger.givenUp(before);
        ledger.saved(piece, 'unflushed');
      }
      throw error;
    }
    return `writes ${flushed(path, content)}`;
  };
  const acts = {
    write,
    'save by rename': (path: string) => {
      const content = ledger.next('disk', drawSize(random));
      const draft = `${path}.tmp`;
      mkdirSync(dirname(path), { recursive: true });
      try {
        writeFileSync(draft, content);
        instead(path, () => renameSync(draft, path));
      } catch (error) {
        if (existsSync(draft)) rmSync(draft);
        throw error;
      }
      return `saves by rename ${flushed(path, content)}`;
    },
    rename: (path: string) => {
      const to = join(folder, drawPath(random));
      if (to === path) return 'renames nothing';
      mkdirSync(dirname(to), { recursive: true });
      const put = contentAt(path);
      const isOver = contentAt(to) !== null;
      instead(to, () => renameSync(path, to));
      if (put !== null && isOver) ledger.moved('over another file', hashOf(put));
      return `renames to ${to.slice(folder.length)}`;
    },
    delete: (path: string) => {
      instead(path, () => rmSync(path));
      return 'deletes';
    },
    'delete folder': (path: string) => {
      const gone = dirname(path);
      if (gone === folder) return 'deletes no folder';
      for (const name of filesIn(gone)) {
        const inside = join(gone, name);
        instead(inside, () => rmSync(inside));
      }
      // Something that came in just now stays.
      for (const inside of foldersIn(gone).toReversed()) rmdirSync(inside);
      ledger.folderDeleted(gone.slice(folder.length));
      return `deletes the folder ${gone.slice(folder.length)}`;
    },
    'rename folder': (path: string) => {
      const from = dirname(path);
      const to = join(folder, `renamed ${random.below(4)}`);
      if (from === folder || existsSync(to)) return 'renames no folder';
      renameSync(from, to);
      return `renames the folder ${from.slice(folder.length)} to ${to.slice(folder.length)}`;
    },
  };
  return () => {
    const files = filesIn(folder).filter(
      (name) => !name.startsWith('.tidemark-staging') && !name.startsWith(`${archive.folder}/`),
    );
    const isMuch = files.length > filesMost;
    const path =
      files.length < 4 || (random.happens(0.3) && !isMuch)
        ? null
        : join(folder, random.pick(files.toSorted()));
    const act = isMuch && path !== null ? 'delete' : drawAct(random);
    try {
      if (path === null) {
        const made = join(folder, drawPath(random));
        return `disk: ${made.slice(folder.length)}: ${random.happens(0.5) ? write(made) : acts['save by rename'](made)}`;
      }
      return `disk: ${path.slice(folder.length)}: ${acts[act](path)}`;
    } catch (error) {
      return `disk: ${path?.slice(folder.length) ?? 'a new file'}: cannot ${act}: ${codeOf(error)}`;
    }
  };
}

function drawAct(random: SeededRandom) {
  return random.pick([
    ...['write', 'write', 'write', 'save by rename', 'save by rename', 'save by rename'],
    ...['rename', 'rename', 'delete', 'delete', 'delete folder', 'rename folder'],
  ] as const) as 'write' | 'save by rename' | 'rename' | 'delete' | 'delete folder' | 'rename folder';
}

/** Paths of the files below a folder, relative to it. Listed anew when the client removes a folder meanwhile. */
export function filesIn(folder: string): string[] {
  for (;;)
    try {
      return readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1));
    } catch (error) {
      if (codeOf(error) !== 'ENOENT' || !existsSync(folder)) throw error;
    }
}

/** A folder and those below it, each before what it holds. */
function foldersIn(folder: string): string[] {
  const below = readdirSync(folder, { recursive: true, withFileTypes: true });
  const paths = below
    .filter((entry) => entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name));
  return [folder, ...paths.toSorted()];
}

function flush(path: string): void {
  const fd = openSync(path, 'r');
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

/** What the system said no with; everything else is a mistake of the rig. */
function codeOf(error: unknown): string {
  if (error instanceof Error && 'code' in error && typeof error.code === 'string') return error.code;
  throw error;
}
