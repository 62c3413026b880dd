/** The two sides of a sync as plain tables, and what differs between them. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { DriveOperations } from '@tidemark/graph-simulator';
import { quickXorHash } from '@tidemark/quickxor';

/** Path without a slash in front → QuickXorHash of the file, or `folder`. */
export type Side = ReadonlyMap<string, string>;

export function readFolder(folder: string): Side {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return new Map(
    entries
      .map((entry) => ({ entry, path: join(entry.parentPath, entry.name) }))
      .map(({ entry, path }) => [relative(folder, path), entry.isDirectory() ? 'folder' : hashOfFile(path)]),
  );
}

export function readDrive(drive: DriveOperations): Side {
  return new Map(drive.dump().map((item) => [item.path.slice(1), item.quickXorHash ?? item.kind]));
}

/** One line for each difference, in the order of paths; none when both sides are equal. */
export function compareSides(local: Side, remote: Side): string[] {
  const paths = [...new Set([...local.keys(), ...remote.keys()])].toSorted();
  return paths.flatMap((path) => {
    const [here, there] = [local.get(path), remote.get(path)];
    if (here === there) return [];
    if (here === undefined) return [`only on the drive: "${path}"`];
    if (there === undefined) return [`only in the folder: "${path}"`];
    return [`different: "${path}" (in the folder ${here}, on the drive ${there})`];
  });
}

export const hashOfFile = (path: string): string => quickXorHash(readFileSync(path));
