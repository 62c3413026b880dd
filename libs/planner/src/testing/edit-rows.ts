/** Decisions about what was deleted on the drive and edited on disk. */
import type { Rows } from './table.ts';
import { agreed, file, folder, onlyLocal, onlyRemote } from './table.ts';

/** Base, old and new content have the same length, so that size never decides by accident. */
const a = file('a', 'old');
const changed = file('a', 'new');
const touched = file('a', 'old', { unread: true, touched: true });

export const editRows: Rows = {
  'deleted on the drive, edited on disk': {
    'the deletion takes the name, and the edit is kept beside it': {
      items: [{ synced: a, local: changed }],
      gives: 'MoveLocal a → a-host-safeBackup-0001',
      rule: 'edit-steps-aside',
    },
    'another size on disk needs no hash': {
      items: [{ synced: a, local: file('a', 'longer', { unread: true }) }],
      gives: 'MoveLocal a → a-host-safeBackup-0001',
      rule: 'edit-steps-aside',
    },
    'once it has stepped aside it is a new file': {
      items: [onlyLocal(file('a-host-safeBackup-0001', 'new'))],
      gives: 'UploadFile a-host-safeBackup-0001 as new',
      rule: 'local-new',
    },
    'and so it is when the run was killed before that was recorded': {
      items: [{ synced: a, local: file('a-host-safeBackup-0001', 'new') }],
      gives: 'UploadFile a-host-safeBackup-0001 as new',
      rule: 'local-edit-beats-remote-delete',
    },
    'the first name that is free on both sides counts': {
      items: [{ synced: a, local: changed }, agreed(file('a-host-safeBackup-0001', 'xyz'))],
      gives: 'MoveLocal a → a-host-safeBackup-0002',
      rule: 'edit-steps-aside',
    },
    'a kept version that was edited gets the next number': {
      items: [
        { synced: file('a-host-safeBackup-0001', 'old'), local: file('a-host-safeBackup-0001', 'new') },
      ],
      gives: 'MoveLocal a-host-safeBackup-0001 → a-host-safeBackup-0002',
      rule: 'edit-steps-aside',
    },
    'a version that is kept already goes to the trash': {
      items: [{ synced: a, local: changed }, agreed(file('a-host-safeBackup-0001', 'new'))],
      gives: 'DeleteLocal a',
      rule: 'edit-kept-already',
    },
    'also behind a number that only the drive has taken': {
      items: [
        { synced: a, local: file('a', 'longer', { unread: true }) },
        onlyRemote(file('a-host-safeBackup-0001', 'xyz')),
        agreed(file('a-host-safeBackup-0002', 'longer')),
      ],
      gives: 'HashFile a',
      rule: 'compare-content',
    },
    'bytes that may be kept already are read first': {
      items: [
        { synced: a, local: file('a', 'longer', { unread: true }) },
        agreed(file('a-host-safeBackup-0001', 'longer')),
      ],
      gives: 'HashFile a',
      rule: 'compare-content',
    },
    'and moved there: the place is new, so the edit wins under its own name': {
      items: [{ synced: a, local: file('b', 'new') }],
      gives: 'UploadFile b as new',
      rule: 'local-edit-beats-remote-delete',
    },
    'under the temporary name of a swap: it is kept by the name that it was on the way to': {
      items: [{ synced: a, local: file('tidemark-swap-1-b', 'new') }],
      gives: 'MoveLocal tidemark-swap-1-b → b-host-safeBackup-0001',
      rule: 'edit-steps-aside',
    },
    'local_first: the edit wins under its own name': {
      items: [{ synced: a, local: changed }],
      given: { policy: { localFirst: true } },
      gives: 'UploadFile a as new',
      rule: 'local-edit-beats-remote-delete',
    },
    'upload only: the edit wins under its own name': {
      items: [{ synced: a, local: changed }],
      given: { policy: { direction: 'upload' } },
      gives: 'UploadFile a as new',
      rule: 'local-edit-beats-remote-delete',
    },
    'download only: deletions on the drive are not repeated': {
      items: [{ synced: a, local: changed }],
      given: { policy: { direction: 'download' } },
      gives: 'rest',
    },
    'download only with cleanup: it is kept, and not uploaded': {
      items: [{ synced: a, local: changed }],
      given: { policy: { direction: 'download', cleanupLocal: true } },
      gives: 'MoveLocal a → a-host-safeBackup-0001',
      rule: 'edit-steps-aside',
    },
    'download only with cleanup: the folder stays for it': {
      items: [
        { synced: folder('d'), local: folder('d') },
        { synced: file('a', 'old', { in: 1 }), local: file('a', 'new', { in: 1 }) },
      ],
      given: { policy: { direction: 'download', cleanupLocal: true } },
      gives: 'wait for 2',
    },
    'download only with cleanup: bytes that may have changed are read first': {
      items: [{ synced: a, local: touched }],
      given: { policy: { direction: 'download', cleanupLocal: true } },
      gives: 'HashFile a',
      rule: 'compare-content',
    },
    'without preservation it goes to the trash': {
      items: [{ synced: a, local: changed }],
      given: { policy: { bypassPreservation: true } },
      gives: 'DeleteLocal a',
      rule: 'conflict-replaced',
    },
    'without preservation many of them wait for a confirmation': {
      items: [{ synced: a, local: changed }],
      given: { policy: { bypassPreservation: true }, held: (kind) => kind === 'deletionsOnDisk' },
      gives: 'wait for deletionsOnDisk',
    },
    'without preservation the folder goes with it': {
      items: [
        { synced: folder('d'), local: folder('d') },
        { synced: file('a', 'old', { in: 1 }), local: file('a', 'new', { in: 1 }) },
      ],
      given: { policy: { bypassPreservation: true } },
      gives: 'wait for 2',
    },
    'not before the whole drive is known: it may be there again': {
      items: [{ synced: a, local: changed }],
      given: { remoteKnown: false },
      gives: 'wait for remoteKnown',
    },
    'not before the whole disk is known': {
      items: [{ synced: a, local: changed }],
      given: { localKnown: false },
      gives: 'wait for localKnown',
    },
    'one that may have been saved within this second is read first': {
      items: [{ synced: a, local: file('a', 'new', { young: true }) }],
      gives: 'HashFile a',
      rule: 'compare-content',
    },
    'after 1000 numbers it is a problem': {
      items: [
        { synced: a, local: changed },
        ...Array.from({ length: 1000 }, (_, index) =>
          agreed(file(`a-host-safeBackup-${String(index + 1).padStart(4, '0')}`, 'xyz')),
        ),
      ],
      gives: 'stuck: preservationFailed',
    },
  },
};
