import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DumpedItem } from '@tidemark/graph-simulator';
import { quickXorHash } from '@tidemark/quickxor';

/** What is where: `/path` → the content's QuickXorHash, or `folder`. */
export type TreeSummary = Readonly<Record<string, string>>;

export async function summaryOfFolder(folder: string): Promise<TreeSummary> {
  const summary: Record<string, string> = {};
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const whole = join(entry.parentPath, entry.name);
    summary[whole.slice(folder.length)] = entry.isDirectory()
      ? 'folder'
      : quickXorHash(await readFile(whole));
  }
  return summary;
}

export function summaryOfDrive(items: readonly DumpedItem[]): TreeSummary {
  return Object.fromEntries(items.map((item) => [item.path, item.quickXorHash ?? item.kind]));
}
