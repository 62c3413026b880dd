/**
 * One complete scan. Folder by folder, parents first; what cannot be read is unknown, never gone. A folder that changed between
 * its turn and the end of the scan is listed again: a file that was moved from a folder not yet read into one already read would
 * otherwise be missed. A scan of named folders does the same with these and does not go below them.
 */
import { closeSync } from 'node:fs';
import type { LocalId, ScanBatch, ScanEnd } from '@tidemark/contracts';
import { errnoOf } from './errno.ts';
import { openBelow } from './folder-below.ts';
import type { Folder } from './folders.ts';
import { createScanContext, isAbsence, type ScanContext, type ScanOptions } from './scan-context.ts';
import { openNamed } from './scan-named.ts';
import { createWalk, type Walk } from './scan-walk.ts';

const relistingsMax = 3;

export async function* scan(options: ScanOptions): AsyncGenerator<ScanBatch | ScanEnd, void, undefined> {
  const context = createScanContext(options);
  const { root, findings, listed, isStopped } = context;
  const walk = createWalk(context);
  try {
    if (options.only === undefined) yield* walk.from(root);
    else yield* named(context, walk, options.only);
    yield* throughLinks(context, walk);
    for (let round = 0; round < relistingsMax && !isStopped(); round++) {
      const changed = listed.changed();
      if (changed.length === 0) break;
      for (const { id, path } of changed) {
        yield* again(context, walk, id, path);
        // The last look still found it changing: what is in it now is reported, what is not may be on its way.
        if (round === relistingsMax - 1) findings.unreadable.add(id);
      }
      yield* throughLinks(context, walk);
    }
    if (isStopped()) return;
    if (context.isComplete) context.links.forgetOthers();
    options.root();
    const rest = walk.rest();
    if (rest !== null) yield rest;
    yield endOf(context);
  } finally {
    walk.close();
  }
}

async function* named(scan: ScanContext, walk: Walk, paths: readonly string[]): AsyncGenerator<ScanBatch> {
  for (const path of new Set(paths)) {
    if (scan.isStopped()) return;
    const folder = openNamed(scan, path);
    if (folder !== null) yield* walk.from(folder);
  }
}

/** Links that were met: their folders again, with what the links stand for, and what is below. */
async function* throughLinks(scan: ScanContext, walk: Walk): AsyncGenerator<ScanBatch> {
  const { links, isStopped } = scan;
  for (let folders = links.settle(); folders.length > 0 && !isStopped(); folders = links.settle())
    for (const { id, path } of folders) yield* again(scan, walk, id, path);
}

/** Lists a folder a second time, and what is new below it. */
async function* again(scan: ScanContext, walk: Walk, id: LocalId, path: string): AsyncGenerator<ScanBatch> {
  try {
    const folder = openAgain(scan, path);
    if (folder.id === id) yield* walk.from(folder);
    else if (folder !== scan.root) closeSync(folder.fd);
  } catch (error) {
    const errno = errnoOf(error);
    if (errno === null) throw error;
    // When it is gone by now, the folder above it changed as well and tells.
    scan.listed.remove(id);
    if (!isAbsence(error)) scan.findings.doubt(id, path, errno);
  }
}

/** @throws a system error */
function openAgain({ root, options }: ScanContext, path: string): Folder {
  let folder = root;
  for (const name of path === '' ? [] : path.split('/')) {
    const above = folder;
    try {
      folder = openBelow(above, name, options.isApart);
    } finally {
      if (above !== root) closeSync(above.fd);
    }
  }
  return folder;
}

function endOf({ findings, mounts }: ScanContext): ScanEnd {
  const { met } = mounts;
  return {
    unreadable: [...new Set([...findings.unreadable, ...mounts.unknown()])],
    oddities: [...findings.oddities.values()],
    ...(met.length === 0 ? {} : { mounts: met }),
  };
}
