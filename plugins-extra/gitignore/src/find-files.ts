/** Finds the files of that name in the sync folder, and reads them. */
import type { DiskReader, ExpectedLocal, SaidLevel } from '@tidemark/plugin-sdk';

/** What a fact may hold. */
const keyLengthMax = 300;
const valueBytesMax = 8 * 1024;

/** Their texts by path; ids of the files, and of the folders on the way to them. Throws Failure: what the disk says. */
export async function findFiles(
  disk: DiskReader,
  name: string,
  signal: AbortSignal,
  say: (text: string, level: SaidLevel) => void,
) {
  /** Parents come before their children, and the sync folder first. */
  const folders = new Map<string, { readonly path: string; readonly way: readonly string[] }>();
  const facts: { readonly key: string; readonly value: string }[] = [];
  const ids = new Set<string>();
  for await (const part of disk.scan({ signal }))
    for (const { id, rows } of 'folders' in part ? part.folders : []) {
      const { path: above, way } = folders.get(id) ?? { path: '', way: [] };
      for (const row of rows) {
        const key = above + row.name;
        if (row.kind === 'folder') folders.set(row.id, { path: `${key}/`, way: [...way, row.id] });
        if (row.kind === 'folder' || row.name !== name) continue;
        for (const one of [...way, row.id]) ids.add(one);
        if (row.sizeBytes <= valueBytesMax && key.length <= keyLengthMax)
          facts.push({ key, value: await textOf(disk, key, row) });
        else say(`Cannot use ${key}: more than ${valueBytesMax} bytes, or too long a path`, 'warning');
      }
    }
  return { facts, ids };
}

async function textOf(disk: DiskReader, path: string, { id, stamp }: ExpectedLocal): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  const source = await disk.read(path, { id, stamp });
  for await (const chunk of source.open(0)) text += decoder.decode(chunk, { stream: true });
  return text + decoder.decode();
}
