import { driveItemId, rootItem, seq } from '@tidemark/contracts';
import { describe, expect, it } from 'vitest';
import { agreementOf } from './base.ts';
import { type RemoteEntry, remoteContent, type SyncedEntry } from './item.ts';

const place = { parent: rootItem, name: 'a', seq: seq(1), kind: 'file' as const };
const synced: SyncedEntry = {
  ...place,
  ...{ sizeBytes: 3, hash: 'one', remoteHash: 'one', remoteTag: 'tag 1', stamp: 's', modifiedAt: 1 },
  localModifiedAt: 1,
};
const remote = (more: Partial<RemoteEntry>): RemoteEntry => ({
  ...place,
  ...{ id: driveItemId('d'), sizeBytes: 3, hash: 'one', modifiedAt: 1, eTag: 'e', cTag: 'tag 1' },
  ...more,
});

describe('what the drive shows of an agreed file', () => {
  it('is the same content under another tag when the hash is the same', () => {
    expect(remoteContent(remote({ cTag: 'tag 2' }), synced)).toBe('same');
  });

  it('is other content when the hash is another one, even under the same tag: a restored drive gives its tags again', () => {
    expect(remoteContent(remote({ hash: 'two' }), synced)).toBe('changed');
  });

  it('is other content when a file without bytes got some, although a drive told no hash of nothing', () => {
    const before = agreementOf(remote({ sizeBytes: 0, hash: null }), { ...synced, hash: null }, seq(1));
    expect(remoteContent(remote({ hash: 'two' }), before)).toBe('changed');
    expect(remoteContent(remote({ sizeBytes: 0, hash: null }), { ...before, remoteHash: 'two' })).toBe(
      'changed',
    );
  });

  it('goes by the tag when there is no hash', () => {
    expect(remoteContent(remote({ hash: null }), synced)).toBe('same');
    expect(remoteContent(remote({ hash: null, cTag: 'tag 2' }), synced)).toBe('changed');
  });

  it('goes by the size under the same tag, unless the service stores other bytes than it was sent', () => {
    expect(remoteContent(remote({ hash: null, sizeBytes: 4 }), synced)).toBe('changed');
    const altered = { ...synced, remoteHash: 'of other bytes' };
    expect(remoteContent(remote({ hash: null, sizeBytes: 4 }), altered)).toBe('same');
  });
});
