/** Makes a folder as a power cut left it. */
import { join } from 'node:path';
import type { Node, Seen } from './page-cache.ts';
import { real } from './watched-calls.ts';

/** Old enough that nobody takes it for a save of this moment. */
const savedAt = 1_500_000_000;
const bootOfNow = real.readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
const bootOfThen = '00000000-0000-4000-8000-000000000000';

/** @param folder is emptied first */
export function buildState(folder: string, seen: Seen): void {
  real.rmSync(folder, { recursive: true, force: true });
  const paths = new Map<Node, string>();
  const build = (path: string, one: Seen): void => {
    if (one.kind === 'folder') {
      real.mkdirSync(path, 0o700);
      for (const [name, child] of one.names) build(join(path, name), child);
      return;
    }
    if (one.kind === 'link') return real.symlinkSync(one.content.toString(), path);
    const other = paths.get(one.node);
    if (other !== undefined) return real.linkSync(other, path);
    paths.set(one.node, path);
    real.writeFileSync(path, afterReboot(one.content), { mode: 0o600 });
    real.utimesSync(path, savedAt, savedAt);
  };
  build(folder, seen);
}

/** Who noted the number of the boot finds another one. */
const afterReboot = (content: Buffer): Buffer =>
  content.toString('latin1').trim() === bootOfNow ? Buffer.from(bootOfThen) : content;

/** Contents of all files below, by path. */
export function filesBelow(folder: string): Map<string, string> {
  if (!real.existsSync(folder)) return new Map();
  const paths = real.readdirSync(folder, { recursive: true, encoding: 'utf8' });
  const files = paths.filter((path) => real.lstatSync(join(folder, path)).isFile());
  return new Map(files.map((path) => [path, real.readFileSync(join(folder, path), 'latin1')]));
}
