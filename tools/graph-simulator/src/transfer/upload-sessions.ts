import { createQuickXorHash, type QuickXorHash } from '@tidemark/quickxor';
import { heldContent } from '../model/content.ts';
import type { DriveModel, NameConflict } from '../model/drive-model.ts';
import type { ClientTimes } from '../model/new-item.ts';
import type { Random } from '../model/random.ts';
import { invalidRequest, Refusal } from '../model/refusal.ts';
import type { SimulatedItem } from '../model/simulated-item.ts';
import type { Settings } from '../server/settings.ts';

/** Where the finished file goes: a name below a folder, or a new version of a file. */
export type UploadTarget =
  | { readonly type: 'name'; readonly parent: SimulatedItem; readonly name: string }
  | { readonly type: 'item'; readonly item: SimulatedItem }
  /** An empty file that stands for the new one until the session ends. */
  | { readonly type: 'placeholder'; readonly item: SimulatedItem };

export type UploadWish = {
  readonly drive: DriveModel;
  readonly target: UploadTarget;
  readonly onConflict: NameConflict;
  readonly times: ClientTimes | undefined;
  readonly ifMatch: string | undefined;
  readonly commit: 'atLastFragment' | 'onRequest';
};

export type UploadSession = UploadWish & {
  readonly id: string;
  readonly pieces: Uint8Array[];
  readonly hash: QuickXorHash;
  receivedBytes: number;
  /** Known from the first fragment on. */
  totalBytes: number | undefined;
  expiresAtMs: number;
  hasUnalignedFragment: boolean;
};

export type ContentRange = { readonly start: number; readonly end: number; readonly totalBytes: number };

export type FragmentOutcome =
  | { readonly type: 'accepted' }
  | { readonly type: 'committed'; readonly item: SimulatedItem; readonly effect: 'created' | 'replaced' };

export type UploadSessions = {
  readonly open: (wish: UploadWish) => UploadSession;
  /** @throws Refusal 404 for a session that is gone. */
  readonly get: (id: string) => UploadSession;
  readonly accept: (
    session: UploadSession,
    range: ContentRange,
    pieces: readonly Uint8Array[],
  ) => FragmentOutcome;
  readonly commit: (session: UploadSession) => FragmentOutcome;
  readonly cancel: (session: UploadSession) => void;
  readonly openCount: () => number;
};

const fragmentUnitBytes = 327_680;
export const fragmentMaxBytes = 60 * 1024 * 1024;
const openSessionsMax = 10_000;

export function createUploadSessions(settings: Settings, random: Random, now: () => number): UploadSessions {
  const sessions = new Map<string, UploadSession>();
  const commit = (session: UploadSession): FragmentOutcome => {
    if (session.hasUnalignedFragment) {
      sessions.delete(session.id);
      throw invalidRequest('A fragment was not a multiple of 320 KiB', 'invalidRange');
    }
    if (session.totalBytes !== session.receivedBytes) {
      throw invalidRequest('The upload session is incomplete', 'uploadSessionIncomplete');
    }
    const content = heldContent(session.pieces, session.hash.digest());
    const { drive, target } = session;
    const options = { onConflict: session.onConflict, times: session.times, ifMatch: session.ifMatch };
    if (target.type !== 'name') {
      if (target.item.removed) throw sessionNotFound();
      const item = drive.replaceContent(target.item, content, options);
      sessions.delete(session.id);
      return { type: 'committed', item, effect: target.type === 'item' ? 'replaced' : 'created' };
    }
    const written = drive.writeFile(target.parent, target.name, content, options);
    sessions.delete(session.id);
    return { type: 'committed', ...written };
  };
  return {
    open: (wish) => {
      if (sessions.size >= openSessionsMax)
        throw new Refusal(503, 'serviceNotAvailable', 'Too many upload sessions');
      const session: UploadSession = {
        ...wish,
        id: random.hex(16),
        pieces: [],
        hash: createQuickXorHash(),
        receivedBytes: 0,
        totalBytes: undefined,
        expiresAtMs: now() + settings.uploadSessionLifetimeMs,
        hasUnalignedFragment: false,
      };
      sessions.set(session.id, session);
      return session;
    },
    get: (id) => {
      const session = sessions.get(id);
      if (session === undefined) throw sessionNotFound();
      if (session.expiresAtMs >= now()) return session;
      sessions.delete(id);
      throw sessionNotFound();
    },
    accept: (session, range, pieces) => {
      checkRange(session, range, pieces, settings);
      for (const piece of pieces) session.hash.update(piece);
      session.pieces.push(...pieces);
      session.totalBytes = range.totalBytes;
      session.receivedBytes = range.end;
      session.expiresAtMs = now() + settings.uploadSessionLifetimeMs;
      const isLast = range.end === range.totalBytes;
      if (!isLast && (range.end - range.start) % fragmentUnitBytes !== 0) session.hasUnalignedFragment = true;
      return isLast && session.commit === 'atLastFragment' ? commit(session) : { type: 'accepted' };
    },
    commit,
    cancel: (session) => {
      const { target } = session;
      if (target.type === 'placeholder' && !target.item.removed) session.drive.remove(target.item);
      sessions.delete(session.id);
    },
    openCount: () => sessions.size,
  };
}

/** `bytes a-b/total` as [start, end). */
export function parseContentRange(header: string | undefined): ContentRange {
  const match = /^bytes (\d+)-(\d+)\/(\d+)$/.exec(header ?? '');
  if (match === null)
    throw invalidRequest('The Content-Range header is missing or malformed', 'invalidRange');
  const range = { start: Number(match[1]), end: Number(match[2]) + 1, totalBytes: Number(match[3]) };
  if (range.end <= range.start || range.end > range.totalBytes) {
    throw invalidRequest('The Content-Range header is not a range', 'invalidRange');
  }
  return range;
}

function checkRange(
  session: UploadSession,
  range: ContentRange,
  pieces: readonly Uint8Array[],
  settings: Settings,
): void {
  if (session.totalBytes !== undefined && session.totalBytes !== range.totalBytes) {
    throw new Refusal(409, 'invalidRequest', 'The total length changed', {
      innerCode: 'fragmentLengthMismatch',
    });
  }
  if (range.start < session.receivedBytes) throw badRange('fragmentOverlap');
  if (range.start > session.receivedBytes) throw badRange('fragmentOutOfOrder');
  const sizeBytes = pieces.reduce((total, piece) => total + piece.byteLength, 0);
  if (sizeBytes !== range.end - range.start) {
    throw invalidRequest('The body is not as long as Content-Range says', 'fragmentLengthMismatch');
  }
  const isUnaligned = range.end !== range.totalBytes && sizeBytes % fragmentUnitBytes !== 0;
  if (isUnaligned && settings.fragmentStrictness === 'atOnce') {
    throw invalidRequest('A fragment must be a multiple of 320 KiB', 'invalidRange');
  }
}

const badRange = (innerCode: string): Refusal =>
  new Refusal(416, 'invalidRange', 'The uploaded fragment is not the one that was expected', { innerCode });

const sessionNotFound = (): Refusal =>
  new Refusal(404, 'itemNotFound', 'The upload session was not found', {
    innerCode: 'uploadSessionNotFound',
  });
