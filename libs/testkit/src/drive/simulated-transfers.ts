/** Uploads and downloads of a simulated drive. */
import {
  type ByteSink,
  type ByteSource,
  type Drive,
  type DriveItemId,
  Failure,
  type TransferOptions,
} from '@tidemark/contracts';
import { quickXorHash } from '@tidemark/quickxor';
import { type DriveNode, hasTagGivenTwice, refuseOnDrive } from './drive-items.ts';
import { rowOfNode, tagFits } from './drive-rows.ts';
import type { DriveSimulation } from './drive-simulation.ts';

type UploadTarget = Parameters<Drive['upload']>[0];

export function createSimulatedTransfers(
  simulation: DriveSimulation,
): Pick<Drive, 'upload' | 'download' | 'authors' | 'earlierVersions' | 'downloadVersion'> {
  const { items, begin, end, seconds, nextRequestId, faults, lies } = simulation;
  const { kind } = items.info;

  return {
    async upload(target, source, modifiedAt, options) {
      const about = target.as === 'new' ? target.name : target.id;
      const action = `upload ${about}`;
      begin('upload', about);
      checkTarget(action, target);
      checkSpace(action, source.sizeBytes);
      const bytes = await gather(action, source);
      begin('commit', about);
      const name = target.as === 'new' ? target.name : items.get(action, target.id).name;
      const stored = faults.alter?.(name, bytes) ?? bytes;
      const node = commit(action, target, stored, modifiedAt);
      options?.progress?.(bytes.length);
      end('upload', about);
      const hash = quickXorHash(bytes);
      const row = rowOfNode(node, kind, 'item');
      const altered = row.sizeBytes !== bytes.length || (row.hash !== null && row.hash !== hash);
      return { row, requestIds: [nextRequestId()], hash, altered };
    },

    async download(id, sink, options) {
      begin('download', id);
      const action = `download ${id}`;
      const node = fileOf(action, id);
      // As the adapter says it: the drive gave the links out, so their refusal tells nothing of the item or the login.
      if ((faults.refusedLinks?.() ?? 0) >= linksOfDownload)
        throw new Failure({ code: 'serviceUnavailable', detail: `Cannot ${action}: its link is refused` });
      // What is on its way is one version, whatever happens to the item meanwhile.
      return send(action, id, node.bytes, sink, options);
    },

    async authors(id) {
      begin('authors', id);
      fileOf(`read who saved ${id}`, id);
      return { createdBy: 'maker@example.org', lastModifiedBy: 'editor@example.org' };
    },

    async earlierVersions(id) {
      begin('earlierVersions', id);
      const node = fileOf(`read the versions of ${id}`, id);
      return node.earlier
        .map(({ id: version, bytes, savedAt }) => ({ id: version, sizeBytes: bytes.length, savedAt }))
        .reverse();
    },

    async downloadVersion(id, version, sink, options) {
      begin('downloadVersion', id);
      const action = `download version ${version} of ${id}`;
      const earlier = fileOf(action, id).earlier.find((one) => one.id === version);
      if (earlier === undefined) refuseOnDrive('notFound', action, 'the drive does not hold it');
      return send(action, id, earlier.bytes, sink, options);
    },
  };

  function fileOf(action: string, id: DriveItemId): DriveNode {
    const node = items.get(action, id);
    if (node.kind !== 'file') refuseOnDrive('invalidRequest', action, 'it has no content');
    return node;
  }

  async function send(
    action: string,
    id: DriveItemId,
    bytes: Uint8Array,
    sink: ByteSink,
    options: TransferOptions | undefined,
  ): Promise<{ readonly requestIds: readonly string[] }> {
    let offset = sink.offset;
    if (offset > bytes.length) {
      await sink.restart();
      offset = 0;
    }
    const cutAfter = faults.cutDownload?.(bytes.length - offset) ?? null;
    const until = cutAfter === null ? bytes.length : Math.min(bytes.length, offset + cutAfter);
    for (const part of halves(bytes, offset, until)) {
      await sink.write(part);
      offset += part.length;
      options?.progress?.(offset);
      begin('receive', id);
    }
    if (until < bytes.length)
      throw new Failure({ code: 'offline', detail: `Cannot ${action}: the answer ended early` });
    return { requestIds: [nextRequestId()] };
  }

  function checkSpace(action: string, sizeBytes: number): void {
    if (faults.freeBytes !== undefined && faults.freeBytes(sizeBytes) < sizeBytes)
      refuseOnDrive('quotaReached', action, 'the drive is full');
  }

  function checkTarget(action: string, target: UploadTarget): void {
    if (target.as === 'version') {
      const node = items.get(action, target.id);
      if (node.kind !== 'file') refuseOnDrive('nameTaken', action, 'it is no file');
      if (!tagFits(target.ifMatch, node, kind))
        refuseOnDrive('preconditionFailed', action, 'it is in another version');
      return;
    }
    const parent = items.get(action, target.parentId);
    if (items.child(parent, target.name) !== undefined)
      refuseOnDrive('nameTaken', action, 'the name is taken');
  }

  /** A personal drive takes the content first and its time afterwards, which is one version more. */
  function commit(action: string, target: UploadTarget, bytes: Uint8Array, modifiedAt: number): DriveNode {
    checkTarget(action, target);
    checkSpace(action, bytes.length);
    const takesTimeAlong = kind !== 'personal' && bytes.length > 0;
    const firstTime = takesTimeAlong ? modifiedAt : seconds();
    let node: DriveNode;
    if (target.as === 'version') {
      node = items.get(action, target.id);
      if (hasTagGivenTwice(node)) faults.replaced?.(node.bytes);
      items.write(node, bytes, firstTime);
    } else {
      const parent = items.get(action, target.parentId);
      node = items.create(action, parent, target.name, 'file', bytes, firstTime);
    }
    const kept = lies.lies('time-not-kept', node.id) ? seconds() : modifiedAt;
    if (node.modifiedAt !== kept) items.setModifiedAt(node, kept);
    return node;
  }
}

/** One may have expired before it was used. */
const linksOfDownload = 2;

/** Two pieces, so that somebody may interfere between them. */
function halves(bytes: Uint8Array, from: number, to: number): Uint8Array[] {
  const middle = from + ((to - from) >> 1);
  return [bytes.slice(from, middle), bytes.slice(middle, to)].filter((part) => part.length > 0);
}

/** Exactly as many bytes as the source announced; its chunks may be reused. */
async function gather(action: string, source: ByteSource): Promise<Uint8Array> {
  const bytes = new Uint8Array(source.sizeBytes);
  let filled = 0;
  if (filled === bytes.length) return bytes;
  for await (const chunk of source.open(0)) {
    bytes.set(chunk.subarray(0, bytes.length - filled), filled);
    filled += Math.min(chunk.length, bytes.length - filled);
    if (filled === bytes.length) return bytes;
  }
  return refuseOnDrive('changedMeanwhile', action, 'the file became shorter while it was read');
}
