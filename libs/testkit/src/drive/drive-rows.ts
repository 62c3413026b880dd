/** What a simulated drive shows of its items: rows, tags and hashes in the form of its kind. */
import type { DriveInfo, RemoteRow, RemoteTombstone } from '@tidemark/contracts';
import { quickXorHash } from '@tidemark/quickxor';
import type { DriveNode } from './drive-items.ts';

/** Metadata and content. */
export const eTagOf = (node: DriveNode, kind: DriveInfo['kind']): string =>
  kind === 'personal' ? `e${node.number}.${node.eTagVersion}` : `"{${node.number}},${node.eTagVersion}"`;

/** Content; of a folder, everything below. */
export const cTagOf = (node: DriveNode, kind: DriveInfo['kind']): string =>
  kind === 'personal' ? `c${node.number}.${node.cTagVersion}` : `"c:{${node.number}},${node.cTagVersion}"`;

/** Either tag may stand for the expected version; an empty one expects nothing. */
export const tagFits = (tag: string, node: DriveNode, kind: DriveInfo['kind']): boolean =>
  tag === '' || tag === eTagOf(node, kind) || tag === cTagOf(node, kind);

/** SharePoint leaves content tags out of the feed and off folders. */
export function rowOfNode(node: DriveNode, kind: DriveInfo['kind'], form: 'item' | 'feed'): RemoteRow {
  const hasContentTag = kind === 'personal' || (form === 'item' && node.kind === 'file');
  return {
    id: node.id,
    parentId: node.parent?.id ?? node.id,
    name: node.name,
    kind: node.kind,
    sizeBytes: node.kind === 'file' ? node.bytes.length : 0,
    hash: hashOfNode(node),
    modifiedAt: node.modifiedAt,
    eTag: eTagOf(node, kind),
    cTag: hasContentTag ? cTagOf(node, kind) : null,
  };
}

export const tombstoneOf = (node: DriveNode): RemoteTombstone => ({ id: node.id, deleted: true });

/** The service has no hash for empty files. */
export function hashOfNode(node: DriveNode): string | null {
  if (node.kind !== 'file' || node.bytes.length === 0) return null;
  node.hash ??= quickXorHash(node.bytes);
  return node.hash;
}
