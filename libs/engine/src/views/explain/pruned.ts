/** What `explain` tells of the versions of an item that go from the trash for good. The log names them by a key of their path. */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import type { EventOf, PruneReason } from '@tidemark/contracts';
import { pruneReasonTexts } from '@tidemark/contracts';
import { quote } from './commands.ts';

/** 16 digits. @param path relative to the sync folder */
export const pathKey = (path: string): string => bytesToHex(sha256(utf8ToBytes(path))).slice(0, 16);

/** Null when none of them had one of these paths. */
export function prunedSentence(
  { files }: EventOf<'PruningPlanned'>,
  keys: ReadonlySet<string>,
): string | null {
  const whys = new Map<PruneReason, string[]>();
  for (const { trash, pathKey: key, why } of files) {
    if (key === null || !keys.has(key)) continue;
    const ofWhy = whys.get(why);
    if (ofWhy === undefined) whys.set(why, [trash]);
    else ofWhy.push(trash);
  }
  if (whys.size === 0) return null;
  const parts = [...whys].map(([why, trashes]) => `${namesOf(trashes)}, because ${trashedText(why)}`);
  return `Decided to remove from the trash for good ${parts.join('; and ')}`;
}

/** Why a version goes for good. */
export const trashedText = (why: PruneReason): string => pruneReasonTexts[why];

const namesMax = 3;

function namesOf(trashes: readonly string[]): string {
  const more = trashes.length - namesMax;
  const shown = trashes.slice(0, namesMax).map(quote).join(', ');
  return more > 0 ? `${shown} and ${more} more` : shown;
}
