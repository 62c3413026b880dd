/** Decisions about what is gone from one side, and what out of scope never leads to. */
import { itemId } from '@tidemark/contracts';
import type { Rows, ViewChanges } from './table.ts';
import {
  agreed,
  file,
  folder,
  goneLocally,
  goneRemotely,
  ignoring,
  notebook,
  onlyLocal,
  onlyRemote,
} from './table.ts';

/** Base, old and new content have the same length, so that size never decides by accident. */
const a = file('a', 'old');
const changed = file('a', 'new');
const mirroring: ViewChanges = { policy: { localFirst: true, mirrorLocal: true } };
const touched = file('a', 'old', { unread: true, touched: true });

export const deletionRows: Rows = {
  'deleted on one side': {
    'on disk, unchanged on the drive: deleted there': {
      items: [{ synced: a, remote: a }],
      gives: 'DeleteRemote a',
      rule: 'local-deleted',
    },
    'on the drive, unchanged on disk: deleted there': {
      items: [{ synced: a, local: a }],
      gives: 'DeleteLocal a',
      rule: 'remote-deleted',
    },
    'on disk, edited on the drive: the edit wins': {
      items: [{ synced: a, remote: changed }],
      gives: 'DownloadFile a',
      rule: 'remote-edit-beats-local-delete',
    },
    'on disk, moved on the drive: the move wins': {
      items: [{ synced: a, remote: file('b', 'old') }],
      gives: 'DownloadFile b',
      rule: 'remote-edit-beats-local-delete',
    },
    'on the drive, moved on disk: the move wins': {
      items: [{ synced: a, local: file('b', 'old') }],
      gives: 'UploadFile b as new',
      rule: 'local-edit-beats-remote-delete',
    },
    'on disk, while the drive has it under the temporary name of a swap: no user moved it, so it goes': {
      items: [{ synced: a, remote: file('tidemark-swap-1-b', 'old') }],
      gives: 'DeleteRemote tidemark-swap-1-b',
      rule: 'local-deleted',
    },
    'on the drive, while the disk has it under the temporary name of a swap: no user moved it, so it goes': {
      items: [{ synced: a, local: file('tidemark-swap-1-b', 'old') }],
      gives: 'DeleteLocal tidemark-swap-1-b',
      rule: 'remote-deleted',
    },
    'on the drive, touched on disk: the bytes are read first': {
      items: [{ synced: a, local: touched }],
      gives: 'HashFile a',
      rule: 'compare-content',
    },
    'on both sides: nothing to do': { items: [{ synced: a }], gives: 'rest' },
    'nothing is deleted on the drive while a scan is not complete': {
      items: [{ synced: a, remote: a }],
      given: { localKnown: false },
      gives: 'wait for localKnown',
    },
    'nothing is deleted on disk while a round is not complete': {
      items: [{ synced: a, local: a }],
      given: { remoteKnown: false },
      gives: 'wait for remoteKnown',
    },
    'what a full listing left out is left alone until the next round tells what became of it': {
      items: [{ synced: a, local: file('b', 'old'), remote: a }],
      given: { unseen: () => true },
      gives: 'wait for remoteKnown',
    },
    'gone from the disk a moment ago: it is not deleted on the drive yet': {
      items: [{ synced: a, remote: a }],
      given: { justGone: () => true },
      gives: 'wait for 1',
    },
    'gone from the disk a moment ago, changed on the drive: it is not brought back yet': {
      items: [{ synced: a, remote: file('a', 'new') }],
      given: { justGone: () => true },
      gives: 'wait for 1',
    },
    'a mass of deletions on the drive waits for a confirmation': {
      items: [{ synced: a, remote: a }],
      given: { held: (kind) => kind === 'deletionsOnDrive' },
      gives: 'wait for deletionsOnDrive',
    },
    'a mass of deletions on disk waits for a confirmation': {
      items: [{ synced: a, local: a }],
      given: { held: (kind) => kind === 'deletionsOnDisk' },
      gives: 'wait for deletionsOnDisk',
    },
    'for good on the drive: a folder goes after what is in it, each thing by itself': {
      items: [goneLocally(folder('d')), goneLocally(file('a', 'old', { in: 1 }))],
      given: { policy: { deletesForGood: true } },
      gives: 'wait for 2',
    },
    'for good on the drive: it does not go along with the folder above': {
      items: [goneLocally(file('a', 'old', { in: 2 })), goneLocally(folder('d'))],
      given: { policy: { deletesForGood: true } },
      gives: 'DeleteRemote d/a',
      rule: 'local-deleted',
    },
    'for good on the drive: a folder with nothing left in it': {
      items: [goneLocally(folder('d'))],
      given: { policy: { deletesForGood: true } },
      gives: 'DeleteRemote d',
      rule: 'local-deleted',
    },
    'no_remote_delete: stays on the drive': {
      items: [{ synced: a, remote: a }],
      given: { policy: { keepRemote: true } },
      gives: 'rest',
    },
    'download only: deletions on disk are not repeated': {
      items: [{ synced: a, remote: a }],
      given: { policy: { direction: 'download' } },
      gives: 'rest',
    },
    'download only: deletions on the drive are not repeated': {
      items: [{ synced: a, local: a }],
      given: { policy: { direction: 'download' } },
      gives: 'rest',
    },
    'download only with cleanup: deletions on the drive are repeated': {
      items: [{ synced: a, local: a }],
      given: { policy: { direction: 'download', cleanupLocal: true } },
      gives: 'DeleteLocal a',
      rule: 'remote-deleted',
    },
    'download only with cleanup: what was never on the drive goes': {
      items: [onlyLocal(a)],
      given: { policy: { direction: 'download', cleanupLocal: true } },
      gives: 'DeleteLocal a',
      rule: 'only-on-disk',
    },
    'without cleanup it stays': {
      items: [onlyLocal(a)],
      given: { policy: { direction: 'download' } },
      gives: 'rest',
    },
    'download only with cleanup: a version that was kept in a conflict stays': {
      items: [onlyLocal(file('a-host-safeBackup-0001.txt', 'old'))],
      given: { policy: { direction: 'download', cleanupLocal: true } },
      gives: 'rest',
    },
    'download only with cleanup: and so does the folder that it is in': {
      items: [onlyLocal(folder('d')), onlyLocal(file('a-host-safeBackup-0001', 'old', { in: 1 }))],
      given: { policy: { direction: 'download', cleanupLocal: true } },
      gives: 'wait for 2',
    },
    'download only with cleanup: with many others it waits for a confirmation': {
      items: [onlyLocal(a)],
      given: {
        policy: { direction: 'download', cleanupLocal: true },
        held: (kind) => kind === 'deletionsOnDisk',
      },
      gives: 'wait for deletionsOnDisk',
    },
    'download only with cleanup: not before the whole drive is known': {
      items: [onlyLocal(a)],
      given: { policy: { direction: 'download', cleanupLocal: true }, remoteKnown: false },
      gives: 'wait for remoteKnown',
    },
    'download only with cleanup: what the disk has shown since the last look that counts stays for now': {
      items: [onlyLocal(file('a', 'old', { seenAt: 3 }))],
      given: { policy: { direction: 'download', cleanupLocal: true }, cleansUpTo: 2 },
      gives: 'wait for cleanup',
    },
    'download only with cleanup: what is out of scope stays': {
      items: [onlyLocal(file('x.tmp', 'old'))],
      given: { policy: { direction: 'download', cleanupLocal: true }, rules: ignoring('.tmp') },
      gives: 'ignored: .tmp',
    },
    'mirror_local_state: what was never on disk goes from the drive': {
      items: [onlyRemote(a)],
      given: mirroring,
      gives: 'DeleteRemote a',
      rule: 'file-only-on-drive',
    },
    'mirror_local_state: a folder goes with all that is in it': {
      items: [onlyRemote(folder('d')), onlyRemote(file('a', 'old', { in: 1 }))],
      given: mirroring,
      gives: 'DeleteRemote d (2 items)',
      rule: 'folder-only-on-drive',
    },
    'mirror_local_state: what is in it waits for that': {
      items: [onlyRemote(file('a', 'old', { in: 2 })), onlyRemote(folder('d'))],
      given: mirroring,
      gives: 'wait for 2',
    },
    'mirror_local_state: with something in it that was moved there, the folder is made on disk': {
      items: [onlyRemote(folder('d')), { ...agreed(file('a', 'old')), remote: file('a', 'old', { in: 1 }) }],
      given: mirroring,
      gives: 'CreateLocalFolder d',
      rule: 'holds-survivors',
    },
    'mirror_local_state: what changed on the drive after it was deleted on disk comes back': {
      items: [{ synced: a, remote: changed }],
      given: mirroring,
      gives: 'DownloadFile a',
      rule: 'remote-edit-beats-local-delete',
    },
    'mirror_local_state: what the disk holds under that name and no scan can tell spares it': {
      items: [onlyRemote(a)],
      given: { ...mirroring, oddities: [{ path: 'A', code: 'unreadable', detail: '' }] },
      gives: 'rest',
    },
    'mirror_local_state: and the folder that it is in': {
      items: [onlyRemote(folder('d')), onlyRemote(file('a', 'old', { in: 1 }))],
      given: { ...mirroring, oddities: [{ path: 'd/a', code: 'unreadable', detail: '' }] },
      gives: 'rest',
    },
    'mirror_local_state: with many others it waits for a confirmation': {
      items: [onlyRemote(a)],
      given: { ...mirroring, held: (kind) => kind === 'deletionsOnDrive' },
      gives: 'wait for deletionsOnDrive',
    },
    'mirror_local_state: not before the whole disk is known': {
      items: [onlyRemote(a)],
      given: { ...mirroring, localKnown: false },
      gives: 'wait for localKnown',
    },
    'mirror_local_state: nothing goes from where a mount is away': {
      items: [onlyRemote(file('a', 'old', { in: 2 })), agreed(folder('d'))],
      given: { ...mirroring, missing: new Set([itemId(2)]) },
      gives: 'wait for 2',
    },
    'mirror_local_state: a notebook stays': {
      items: [onlyRemote(notebook('n'))],
      given: mirroring,
      gives: 'rest',
    },
    'upload only: what the drive lost is uploaded again': {
      items: [{ synced: a, local: a }],
      given: { policy: { direction: 'upload' } },
      gives: 'UploadFile a as new',
      rule: 'local-edit-beats-remote-delete',
    },
  },

  'deleted folders': {
    'on disk: one call on the drive takes everything in it': {
      items: [{ synced: folder('d'), remote: folder('d') }, goneLocally(file('a', 'old', { in: 1 }))],
      gives: 'DeleteRemote d (2 items)',
      rule: 'local-deleted',
    },
    'on disk: what is in it waits for that call': {
      items: [goneLocally(file('a', 'old', { in: 2 })), { synced: folder('d'), remote: folder('d') }],
      gives: 'wait for 2',
    },
    'on the drive: a folder waits for what is in it': {
      items: [{ synced: folder('d'), local: folder('d') }, goneRemotely(file('a', 'old', { in: 1 }))],
      gives: 'wait for 2',
    },
    'on the drive: what is in it goes first': {
      items: [goneRemotely(file('a', 'old', { in: 2 })), { synced: folder('d'), local: folder('d') }],
      gives: 'DeleteLocal d/a',
      rule: 'remote-deleted',
    },
    'on the drive: of a folder behind a symbolic link only the link goes': {
      items: [
        { synced: folder('d'), local: folder('d', { linked: true }) },
        goneRemotely(file('a', 'old', { in: 1 })),
      ],
      gives: 'DeleteLocal d',
      rule: 'remote-deleted',
    },
    'on the drive: what is in a folder behind a symbolic link waits for the link': {
      items: [
        goneRemotely(file('a', 'old', { in: 2 })),
        goneRemotely(folder('e', { in: 3 })),
        { synced: folder('d'), local: folder('d', { linked: true }) },
      ],
      gives: 'wait for 3',
    },
    'on the drive: a link takes nothing along, so what is out of scope behind it does not hold it': {
      items: [
        { synced: folder('d'), local: folder('d', { linked: true }) },
        onlyLocal(file('a.tmp', 'new', { in: 1 })),
      ],
      given: { rules: ignoring('.tmp') },
      gives: 'DeleteLocal d',
      rule: 'remote-deleted',
    },
    'on the drive, with something edited in it behind a symbolic link: the folder comes back': {
      items: [
        { synced: folder('d'), local: folder('d', { linked: true }) },
        { synced: file('a', 'old', { in: 1 }), local: file('a', 'new', { in: 1 }) },
      ],
      gives: 'CreateRemoteFolder d',
      rule: 'holds-survivors',
    },
    'on disk, with something edited in it on the drive: the folder comes back': {
      items: [
        { synced: folder('d'), remote: folder('d') },
        { synced: file('a', 'old', { in: 1 }), remote: file('a', 'new', { in: 1 }) },
      ],
      gives: 'CreateLocalFolder d',
      rule: 'holds-survivors',
    },
    'on disk, with something new in it on the drive: the folder comes back': {
      items: [{ synced: folder('d'), remote: folder('d') }, onlyRemote(file('a', 'new', { in: 1 }))],
      gives: 'CreateLocalFolder d',
      rule: 'holds-survivors',
    },
    'on the drive, with something edited in it on disk: the folder comes back': {
      items: [
        { synced: folder('d'), local: folder('d') },
        { synced: file('a', 'old', { in: 1 }), local: file('a', 'new', { in: 1 }) },
      ],
      gives: 'CreateRemoteFolder d',
      rule: 'holds-survivors',
    },
    'on the drive, with something in it that was moved on both sides: with local_first it stays, and so does the folder':
      {
        items: [
          { synced: folder('d'), local: folder('d') },
          {
            synced: file('a', 'old', { in: 1 }),
            local: file('b', 'old', { in: 1 }),
            remote: file('c', 'old'),
          },
        ],
        given: { policy: { localFirst: true } },
        gives: 'CreateRemoteFolder d',
        rule: 'holds-survivors',
      },
    'on the drive, with something never uploaded in it: the folder comes back': {
      items: [{ synced: folder('d'), local: folder('d') }, onlyLocal(file('a', 'new', { in: 1 }))],
      gives: 'CreateRemoteFolder d',
      rule: 'holds-survivors',
    },
    'on the drive, with something ignored in it: the folder stays on disk': {
      items: [{ synced: folder('d'), local: folder('d') }, onlyLocal(file('a.tmp', 'new', { in: 1 }))],
      given: { rules: ignoring('.tmp') },
      gives: 'wait for 2',
    },
    'on disk, with something ignored in it on the drive: the folder stays there': {
      items: [{ synced: folder('d'), remote: folder('d') }, onlyRemote(file('a.tmp', 'new', { in: 1 }))],
      given: { rules: ignoring('.tmp') },
      gives: 'wait for 2',
    },
    'on disk, with a notebook in it: the folder stays on the drive': {
      items: [{ synced: folder('d'), remote: folder('d') }, onlyRemote({ ...notebook('n'), in: 1 })],
      gives: 'wait for 2',
    },
    'on disk, in each other between two pages of the drive: neither goes': {
      items: [
        { synced: folder('a', { in: 2 }), remote: folder('a', { in: 2 }) },
        { synced: folder('b', { in: 1 }), remote: folder('b', { in: 1 }) },
      ],
      gives: 'wait for 1',
    },
    'on disk, while something in it was moved out: the move goes first': {
      items: [
        { synced: folder('d'), remote: folder('d') },
        { ...agreed(file('a', 'old', { in: 1 })), local: file('a', 'old') },
      ],
      gives: 'wait for 2',
    },
    'on the drive, while something in it was moved out: the move goes first': {
      items: [
        { synced: folder('d'), local: folder('d') },
        { ...agreed(file('a', 'old', { in: 1 })), remote: file('a', 'old') },
      ],
      gives: 'wait for 2',
    },
    'on the drive, with a touched file in it: the bytes are read first': {
      items: [
        { synced: folder('d'), local: folder('d') },
        {
          synced: file('a', 'old', { in: 1 }),
          local: file('a', 'old', { in: 1, unread: true, touched: true }),
        },
      ],
      gives: 'wait for 2',
    },
  },

  'out of scope': {
    'an ignored file on disk is not uploaded': {
      items: [onlyLocal(file('x.tmp', 'old'))],
      given: { rules: ignoring('.tmp') },
      gives: 'ignored: .tmp',
    },
    'an ignored file on the drive is not downloaded': {
      items: [onlyRemote(file('x.tmp', 'old'))],
      given: { rules: ignoring('.tmp') },
      gives: 'ignored: .tmp',
    },
    'what is ignored since is not deleted on the drive': {
      items: [goneLocally(file('x.tmp', 'old'))],
      given: { rules: ignoring('.tmp') },
      gives: 'ignored: .tmp',
    },
    'what is ignored since is not deleted on disk': {
      items: [goneRemotely(file('x.tmp', 'old'))],
      given: { rules: ignoring('.tmp') },
      gives: 'ignored: .tmp',
    },
  },
};
