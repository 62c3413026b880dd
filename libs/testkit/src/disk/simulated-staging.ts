/** Staged bytes of the simulated disk. They outlive the attempt that wrote them, as on a real one. */
import {
  type Disk,
  Failure,
  isWeakId,
  type KeptName,
  keptNames,
  type LocalRow,
  type Staged,
} from '@tidemark/contracts';
import { quickXorHash } from '@tidemark/quickxor';
import type { Inode } from './inodes.ts';
import { checkName, folderOf, held, refuseYoung, type Spot, spotOf } from './simulated-paths.ts';
import { refuse, rowOf, type Simulation } from './simulation.ts';

interface Content {
  chunks: Uint8Array[];
  sizeBytes: number;
}

export function createSimulatedStaging(simulation: Simulation): Pick<Disk, 'stage'> {
  const { begin, end, folder: world } = simulation;
  const { inodes } = world;
  const contents = new Map<string, Content>();
  const attempts = new Map<string, number>();

  return {
    async stage(key, sizeBytes) {
      begin('stage', key);
      const kept = contents.get(key);
      const content: Content =
        kept === undefined || kept.sizeBytes > sizeBytes ? { chunks: [], sizeBytes: 0 } : kept;
      contents.set(key, content);
      const attempt = (attempts.get(key) ?? 0) + 1;
      attempts.set(key, attempt);
      return staged(key, content, () => {
        if (attempts.get(key) !== attempt || contents.get(key) !== content)
          throw new Error('The staged file was closed, placed or opened again');
      });
    },
  };

  function staged(key: string, content: Content, check: () => void): Staged {
    let hash: string | null = null;
    return {
      offset: content.sizeBytes,
      write(chunk) {
        check();
        begin('write', key);
        hash = null;
        content.chunks.push(chunk.slice());
        content.sizeBytes += chunk.length;
      },
      async restart() {
        check();
        hash = null;
        content.chunks = [];
        content.sizeBytes = 0;
      },
      async finish() {
        check();
        hash = quickXorHash(joined(content));
        return { hash, sizeBytes: content.sizeBytes };
      },
      async *read() {
        check();
        yield joined(content).slice();
      },
      async place(path, { expected, keepAs, modifiedAt }) {
        check();
        begin('place', path);
        const spot = spotOf(simulation, 'place', path);
        if (expected === null) {
          if (spot.folder.children.has(spot.name)) refuse('nameTaken', 'place', path, 'the name is taken');
          const row = placed(spot, modifiedAt);
          end('place', path);
          return { row, kept: null, trash: null };
        }
        refuseYoung('replace', path, expected);
        const old = heldFile(path, spot, expected);
        const keptName = keepAs === null ? null : keepBeside(spot, old, keepAs, path);
        inodes.take(spot.at.folder, spot.at.name);
        const trash = keptName?.identical === null ? null : toTrash(old, spot.at.name, path);
        if (keptName?.identical === null) inodes.add(spot.folder, keptName.name, old);
        const row = placed(spot, modifiedAt);
        const kept =
          keptName === null ? null : rowOf(inodes, keptName.identical ?? old, spot.folderId, keptName.name);
        end('place', path);
        return {
          ...{ row, kept, trash: kept === null ? trash : null },
          ...(keptName !== null && keptName.identical !== null && { reused: true }),
        };
      },
      async placeAs(folderPath, keepAs, modifiedAt) {
        check();
        begin('placeAs', folderPath);
        checkName('place', folderPath, `${keepAs.prefix}0000${keepAs.suffix}`);
        const names = folderPath === '' ? [] : folderPath.split('/');
        for (const name of names) checkName('place', folderPath, name);
        const { folder, folderId } = folderOf(simulation, 'place', folderPath, names);
        for (const name of keptNames(keepAs)) {
          if (folder.children.has(name)) continue;
          const row = placed({ folder, folderId, name, at: { folder, name }, isLink: false }, modifiedAt);
          end('placeAs', folderPath === '' ? name : `${folderPath}/${name}`);
          return row;
        }
        refuse('preservationFailed', 'keep', folderPath, 'all names up to 1000 are taken');
      },
      async discard() {
        contents.delete(key);
      },
    };

    function placed(spot: Spot, modifiedAt: number): LocalRow {
      const inode = inodes.create('file', joined(content), modifiedAt);
      inodes.setModifiedAt(inode, modifiedAt);
      inodes.add(spot.at.folder, spot.at.name, inode);
      contents.delete(key);
      const row = rowOf(inodes, inode, spot.folderId, spot.name);
      if (!isWeakId(row.id)) world.placed.set(row.id, key);
      return { ...row, hash };
    }
  }

  function heldFile(path: string, spot: Spot, expected: Parameters<typeof held>[4]): Inode {
    try {
      const inode = held(simulation, 'replace', path, spot, expected);
      if (inode.kind !== 'file') refuse('changedMeanwhile', 'replace', path, 'it is no file');
      return inode;
    } catch (error) {
      if (error instanceof Failure && error.code === 'localGone')
        refuse('changedMeanwhile', 'replace', path, 'it is not there any more');
      throw error;
    }
  }

  function toTrash(inode: Inode, name: string, path: string): string {
    const place = `${inodes.tick()}/${name}`;
    world.trash.set(place, inode);
    world.trashedFrom.set(place, path);
    inode.links++;
    return place;
  }
}

function keepBeside(
  spot: Spot,
  old: Inode,
  keepAs: KeptName,
  path: string,
): { readonly name: string; readonly identical: Inode | null } {
  for (const name of keptNames(keepAs)) {
    const there = spot.folder.children.get(name);
    if (there === undefined) return { name, identical: null };
    if (there.kind === 'file' && equal(there.bytes, old.bytes)) return { name, identical: there };
  }
  refuse('preservationFailed', 'keep', path, 'all names up to 1000 are taken');
}

function joined(content: Content): Uint8Array {
  const [only, another] = content.chunks;
  if (only !== undefined && another === undefined) return only;
  const bytes = new Uint8Array(content.sizeBytes);
  let at = 0;
  for (const chunk of content.chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  content.chunks = [bytes];
  return bytes;
}

const equal = (one: Uint8Array, other: Uint8Array): boolean =>
  one.length === other.length && one.every((byte, index) => byte === other[index]);
