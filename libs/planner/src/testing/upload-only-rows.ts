/** `upload_only`, where both sides changed: a newer version on the drive stays under its name there. */
import type { Rows, ViewChanges } from './table.ts';
import { agreed, file, onlyLocal } from './table.ts';

/** Base, old and new content have the same length, so that size never decides by accident. */
const a = file('a', 'old');
const changed = file('a', 'new');
const newer = file('a', 'xyz', { at: 200 });
const both = { synced: a, local: changed, remote: newer };
const given: ViewChanges = { policy: { direction: 'upload' } };
const copy = file('a-host-safeBackup-0001', 'new');
const settled =
  'ignored: the newer version online keeps the name there, and this one is kept as "a-host-safeBackup-0001"';

export const uploadOnlyRows: Rows = {
  'upload only: edited on both sides, and the drive has the newer version': {
    'a copy of the local one is kept, to go up beside it': {
      items: [both],
      given,
      gives: 'KeepLocalCopy a keeping a-host-safeBackup-*',
      rule: 'conflict-kept-apart',
    },
    'so it is where nothing was agreed': {
      items: [{ local: changed, remote: newer }],
      given,
      gives: 'KeepLocalCopy a keeping a-host-safeBackup-*',
      rule: 'conflict-kept-apart',
    },
    'and where both are equally new': {
      items: [{ synced: a, local: changed, remote: file('a', 'xyz') }],
      given,
      gives: 'KeepLocalCopy a keeping a-host-safeBackup-*',
      rule: 'conflict-kept-apart',
    },
    'the bytes are read first, since the copy is to be known by them': {
      items: [{ ...both, local: file('a', 'longer', { unread: true }) }],
      given,
      gives: 'HashFile a',
      rule: 'compare-content',
    },
    'the copy is a new file': {
      items: [onlyLocal(copy), both],
      given,
      gives: 'UploadFile a-host-safeBackup-0001 as new',
      rule: 'local-new',
    },
    'while it is on its way, nothing else is to be done': {
      items: [both, onlyLocal(copy)],
      given,
      gives: settled,
    },
    'once it is there, nothing is left to do': { items: [both, agreed(copy)], given, gives: settled },
    'a copy whose bytes are not known yet may be it': {
      items: [both, onlyLocal(file('a-host-safeBackup-0001', 'new', { unread: true }))],
      given,
      gives: 'wait for 2',
    },
    'saved again, the next version is kept as well': {
      items: [both, agreed(file('a-host-safeBackup-0001', 'mid'))],
      given,
      gives: 'KeepLocalCopy a keeping a-host-safeBackup-* from 2',
      rule: 'conflict-kept-apart',
    },
    'in both directions later, the drive keeps the name and the copy serves again': {
      items: [both, agreed(copy)],
      gives: 'DownloadFile a keeping a-host-safeBackup-*',
      rule: 'conflict-remote-keeps-name',
    },
    'with local_first the local one gets the name on the drive': {
      items: [both],
      given: { policy: { direction: 'upload', localFirst: true } },
      gives: 'KeepRemoteCopy a keeping a-host-safeBackup-*',
      rule: 'conflict-local-keeps-name',
    },
    'so it does where what was uploaded is to leave the disk': {
      items: [both],
      given: { policy: { direction: 'upload', removeSource: 'files' } },
      gives: 'KeepRemoteCopy a keeping a-host-safeBackup-*',
      rule: 'conflict-local-keeps-name',
    },
    'and where no local version is to be preserved': {
      items: [both],
      given: { policy: { direction: 'upload', bypassPreservation: true } },
      gives: 'KeepRemoteCopy a keeping a-host-safeBackup-*',
      rule: 'conflict-local-keeps-name',
    },
    'a plugin may choose that the drive keeps the name': {
      items: [{ synced: a, local: file('a', 'new', { at: 200 }), remote: file('a', 'xyz') }],
      given: {
        ...given,
        rules: { ignore: () => null, resolve: () => ({ plugin: 'mine', keepsName: 'remote' }) },
      },
      gives: 'KeepLocalCopy a keeping a-host-safeBackup-*',
      rule: 'conflict-kept-apart',
    },
    'not before the whole drive is known': {
      items: [both],
      given: { ...given, remoteKnown: false },
      gives: 'wait for remoteKnown',
    },
  },
};
