import { cpSync, lstatSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Rig } from './rig.ts';

/** What explains a cycle that broke a promise: `tidemark explain` and `replay` read the log, the trees show where it ended. */
export function keepBroken({ state, sync, drive }: Rig): string {
  const kept = mkdtempSync(join(tmpdir(), 'chaos-broken-'));
  cpSync(join(state.folder, 'tidemark'), join(kept, 'tidemark'), { recursive: true, filter: isFileOrFolder });
  cpSync(sync.folder, join(kept, 'disk'), { recursive: true });
  writeFileSync(join(kept, 'drive.json'), JSON.stringify(drive.dump(), null, 2));
  return kept;
}

function isFileOrFolder(path: string): boolean {
  const found = lstatSync(path);
  return found.isFile() || found.isDirectory();
}
