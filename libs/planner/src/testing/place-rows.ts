/** Decisions about places: renames, moves, and names that are taken; and about items that are left alone. */
import { itemId, rootItem } from '@tidemark/contracts';
import type { Rows } from './table.ts';
import { agreed, file, folder, notebook, onlyLocal, onlyRemote, refusingLocally } from './table.ts';

/** Base, old and new content have the same length, so that size never decides by accident. */
const a = file('a', 'old');
const changed = file('a', 'new');

const placeOf = (name: string) => ({ parent: rootItem, name });

export const placeRows: Rows = {
  'renamed and moved': {
    'a rename on disk is one call': {
      items: [{ ...agreed(a), local: file('b', 'old') }],
      gives: 'MoveRemote b → b',
      rule: 'local-moved',
    },
    'a rename on disk to a name that the drive cannot hold is left alone': {
      items: [{ ...agreed(a), local: file('b?', 'old') }],
      given: { rules: refusingLocally('?') },
      gives: 'ignored: ?',
    },
    'a name on the drive that the disk would not send there is fine': {
      items: [{ ...agreed(a), remote: file('b?', 'old') }],
      given: { rules: refusingLocally('?') },
      gives: 'MoveLocal a → b?',
      rule: 'remote-moved',
    },
    'a new file under the name that an item keeps on the drive, since it cannot be renamed there, steps aside':
      {
        items: [onlyLocal(file('a', 'new')), { ...agreed(a), local: file('b?', 'old') }],
        given: { rules: refusingLocally('?') },
        gives: 'MoveLocal a → a-host-safeBackup-0001',
        rule: 'name-taken-on-drive',
      },
    'moved on both sides, and with local_first the name on disk is one that the drive cannot hold: the drive wins':
      {
        items: [{ synced: a, local: file('b?', 'old'), remote: file('c', 'old') }],
        given: { rules: refusingLocally('?'), policy: { localFirst: true } },
        gives: 'MoveLocal b? → c',
        rule: 'moved-on-both-sides',
      },
    'a rename on disk after both sides showed it at one place, before anything was agreed': {
      items: [{ local: file('b', 'old'), remote: a }],
      given: { together: new Map([[itemId(1), placeOf('a')]]) },
      gives: 'MoveRemote b → b',
      rule: 'local-moved',
    },
    'a rename on the drive after that': {
      items: [{ local: a, remote: file('b', 'old') }],
      given: { together: new Map([[itemId(1), placeOf('a')]]) },
      gives: 'MoveLocal a → b',
      rule: 'remote-moved',
    },
    'both after that: the drive wins': {
      items: [{ local: file('b', 'old'), remote: file('c', 'old') }],
      given: { together: new Map([[itemId(1), placeOf('a')]]) },
      gives: 'MoveLocal b → c',
      rule: 'moved-on-both-sides',
    },
    'of other bytes it only had the name: the drive keeps that': {
      items: [{ local: file('b', 'new'), remote: a }],
      given: { together: new Map([[itemId(1), placeOf('a')]]) },
      gives: 'MoveLocal b → a',
      rule: 'remote-moved',
    },
    'unread, only its bytes tell whether it is the same': {
      items: [{ local: file('b', 'old', { unread: true }), remote: a }],
      given: { together: new Map([[itemId(1), placeOf('a')]]) },
      gives: 'HashFile b',
      rule: 'compare-content',
    },
    'the drive tells no hash, so that nothing can tell: it keeps the name': {
      items: [{ local: file('b', 'old', { unread: true }), remote: file('a', 'old', { unread: true }) }],
      given: { together: new Map([[itemId(1), placeOf('a')]]) },
      gives: 'MoveLocal b → a',
      rule: 'remote-moved',
    },
    'a rename on the drive is one rename': {
      items: [{ ...agreed(a), remote: file('b', 'old') }],
      gives: 'MoveLocal a → b',
      rule: 'remote-moved',
    },
    'a file that was saved within this second is read before it is renamed on disk': {
      items: [{ ...agreed(a), local: file('a', 'old', { young: true }), remote: file('b', 'old') }],
      gives: 'HashFile a',
      rule: 'compare-content',
    },
    'one that steps aside is read before, too': {
      items: [onlyLocal(file('a', 'new', { young: true })), { ...agreed(a), local: file('b?', 'old') }],
      given: { rules: refusingLocally('?') },
      gives: 'HashFile a',
      rule: 'compare-content',
    },
    'of two at one place on disk one is not there any more: nothing moves before a look tells which': {
      items: [onlyLocal(file('a', 'new')), agreed(a)],
      gives: 'wait for 2',
    },
    'a folder moves with everything in it': {
      items: [{ ...agreed(folder('d')), local: folder('e') }, agreed(file('a', 'old', { in: 1 }))],
      gives: 'MoveRemote e → e',
      rule: 'local-moved',
    },
    'what is in a moved folder has not moved': {
      items: [agreed(file('a', 'old', { in: 2 })), { ...agreed(folder('d')), local: folder('e') }],
      gives: 'rest',
    },
    'a move into another folder': {
      items: [{ ...agreed(a), remote: file('a', 'old', { in: 2 }) }, agreed(folder('d'))],
      gives: 'MoveLocal a → d/a',
      rule: 'remote-moved',
    },
    'a move into a folder that is still to be made on disk waits for it': {
      items: [{ ...agreed(a), remote: file('a', 'old', { in: 2 }) }, onlyRemote(folder('d'))],
      gives: 'wait for 2',
    },
    'a move into a folder that is still to be made on the drive waits for it': {
      items: [{ ...agreed(a), local: file('a', 'old', { in: 2 }) }, onlyLocal(folder('d'))],
      gives: 'wait for 2',
    },
    'a move under a folder that is being moved waits for it': {
      items: [
        { ...agreed(file('a', 'old', { in: 2 })), local: file('b', 'old', { in: 2 }) },
        { ...agreed(folder('d')), local: folder('e') },
      ],
      given: { busy: [2] },
      gives: 'wait for 2',
    },
    'nor does anything move into a folder while one above it is being moved on disk': {
      items: [
        { ...agreed(a), remote: file('a', 'old', { in: 2 }) },
        { ...agreed(folder('d')), local: folder('d', { in: 3 }) },
        onlyLocal(folder('e')),
      ],
      given: { busy: [3] },
      gives: 'wait for 3',
    },
    'a folder does not move while something is on its way into it': {
      items: [
        { ...agreed(folder('d')), remote: folder('e') },
        { ...agreed(a), remote: file('a', 'old', { in: 1 }) },
      ],
      given: { busy: [2] },
      gives: 'wait for 2',
    },
    'a folder does not move while something is under way in it': {
      items: [{ ...agreed(folder('d')), local: folder('e') }, agreed(file('a', 'old', { in: 1 }))],
      given: { busy: [2] },
      gives: 'wait for 2',
    },
    'moved and modified on disk: the move first': {
      items: [{ ...agreed(a), local: file('b', 'new') }],
      gives: 'MoveRemote b → b',
      rule: 'local-moved',
    },
    'moved and modified on disk: then the content': {
      items: [{ synced: file('b', 'old'), local: file('b', 'new'), remote: file('b', 'old') }],
      gives: 'UploadFile b as version',
      rule: 'local-changed',
    },
    'moved on disk, modified on the drive: the move first': {
      items: [{ synced: a, local: file('b', 'old'), remote: changed }],
      gives: 'MoveRemote b → b',
      rule: 'local-moved',
    },
    'moved on both sides: the drive wins': {
      items: [{ synced: a, local: file('b', 'old'), remote: file('c', 'old') }],
      gives: 'MoveLocal b → c',
      rule: 'moved-on-both-sides',
    },
    'moved on both sides with local_first: the disk wins': {
      items: [{ synced: a, local: file('b', 'old'), remote: file('c', 'old') }],
      given: { policy: { localFirst: true } },
      gives: 'MoveRemote b → b',
      rule: 'local-moved',
    },
    'moved on both sides with local_first, while nothing is taken to the drive: the drive wins': {
      items: [{ synced: a, local: file('b', 'old'), remote: file('c', 'old') }],
      given: { policy: { localFirst: true, direction: 'download' } },
      gives: 'MoveLocal b → c',
      rule: 'moved-on-both-sides',
    },
    'moved on both sides to the same place: nothing to do': {
      items: [{ synced: a, local: file('b', 'old'), remote: file('b', 'old') }],
      gives: 'rest',
    },
    'another letter case on disk': {
      items: [{ ...agreed(a), local: file('A', 'old') }],
      gives: 'MoveRemote A → A',
      rule: 'local-moved',
    },
    'another letter case on the drive': {
      items: [{ ...agreed(a), remote: file('A', 'old') }],
      gives: 'MoveLocal a → A',
      rule: 'remote-moved',
    },
    'download only: a move on disk is not repeated': {
      items: [{ ...agreed(a), local: file('b', 'old') }],
      given: { policy: { direction: 'download' } },
      gives: 'rest',
    },
    'upload only: a move on the drive is not repeated': {
      items: [{ ...agreed(a), remote: file('b', 'old') }],
      given: { policy: { direction: 'upload' } },
      gives: 'rest',
    },
    'folders moved into each other: the arrangement of the drive wins': {
      items: [
        { ...agreed(folder('d')), local: folder('d', { in: 2 }) },
        { ...agreed(folder('e')), remote: folder('e', { in: 1 }) },
      ],
      gives: 'MoveLocal e/d → d',
      rule: 'moved-on-both-sides',
    },
    'folders moved into each other: the other one waits': {
      items: [
        { ...agreed(folder('e')), remote: folder('e', { in: 2 }) },
        { ...agreed(folder('d')), local: folder('d', { in: 1 }) },
      ],
      gives: 'wait for 2',
    },
    'no move before both sides are known': {
      items: [{ ...agreed(a), local: file('b', 'old') }],
      given: { remoteKnown: false },
      gives: 'wait for remoteKnown',
    },
  },

  'a name that is taken': {
    'names swapped on the drive: one gets a temporary name': {
      items: [
        { ...agreed(a), remote: file('b', 'old') },
        { ...agreed(file('b', 'new')), remote: file('a', 'new') },
      ],
      gives: 'MoveLocal a → tidemark-swap-1-b',
      rule: 'name-swap',
    },
    'names swapped on disk: one gets a temporary name': {
      items: [
        { ...agreed(a), local: file('b', 'old') },
        { ...agreed(file('b', 'new')), local: file('a', 'new') },
      ],
      gives: 'MoveRemote b → tidemark-swap-1-b',
      rule: 'name-swap',
    },
    'names swapped on the drive, and another item has the temporary name': {
      items: [
        { ...agreed(a), remote: file('b', 'old') },
        { ...agreed(file('b', 'new')), remote: file('a', 'new') },
        agreed(file('tidemark-swap-1-b', 'tri')),
      ],
      gives: 'MoveLocal a → tidemark-swap-1-tidemark-swap-1-b',
      rule: 'name-swap',
    },
    'a new file under a temporary name of a temporary name on disk: it gets the name it was on the way to': {
      items: [onlyLocal(file('tidemark-swap-1-tidemark-swap-1-b.txt', 'old'))],
      gives: 'MoveLocal tidemark-swap-1-tidemark-swap-1-b.txt → b.txt',
      rule: 'swap-abandoned',
    },
    'a circle of three': {
      items: [
        { ...agreed(a), remote: file('b', 'old') },
        { ...agreed(file('b', 'two')), remote: file('c', 'two') },
        { ...agreed(file('c', 'tri')), remote: file('a', 'tri') },
      ],
      gives: 'MoveLocal a → tidemark-swap-1-b',
      rule: 'name-swap',
    },
    'an item under a temporary name on the drive goes back there when the disk has it where both last agreed':
      {
        items: [{ synced: a, local: a, remote: file('tidemark-swap-1-b', 'old') }],
        gives: 'MoveRemote a → a',
        rule: 'local-moved',
      },
    'from its temporary name on disk, the item goes where the drive has it': {
      items: [{ synced: a, local: file('tidemark-swap-1-b', 'old'), remote: file('b', 'old') }],
      gives: 'MoveLocal tidemark-swap-1-b → b',
      rule: 'remote-moved',
    },
    'a new file under a temporary name on disk, gone from the drive: it gets the name it was on the way to': {
      items: [onlyLocal(file('tidemark-swap-1-b.txt', 'old'))],
      gives: 'MoveLocal tidemark-swap-1-b.txt → b.txt',
      rule: 'swap-abandoned',
    },
    'a new file under a temporary name on disk, and another item has the name by now: it takes a kept name': {
      items: [onlyLocal(file('tidemark-swap-1-b.txt', 'old')), agreed(file('b.txt', 'two'))],
      gives: 'MoveLocal tidemark-swap-1-b.txt → b-host-safeBackup-0001.txt',
      rule: 'swap-abandoned',
    },
    'a new file under a temporary name on disk, and the item that has the name is about to leave: wait': {
      items: [
        onlyLocal(file('tidemark-swap-1-b', 'old')),
        { ...agreed(file('b', 'two')), remote: file('c', 'two') },
      ],
      gives: 'wait for 2',
    },
    'an edited file under a temporary name on the drive, deleted on disk: it gets the name it was on the way to':
      {
        items: [{ synced: a, remote: file('tidemark-swap-1-b', 'new') }],
        gives: 'MoveRemote b → b',
        rule: 'swap-abandoned',
      },
    'by an item that is about to leave: wait': {
      items: [
        { ...agreed(a), remote: file('b', 'old') },
        { ...agreed(file('b', 'two')), remote: file('c', 'two') },
      ],
      gives: 'wait for 2',
    },
    'a file became a folder on disk: the old one is deleted first': {
      items: [onlyLocal(folder('a')), { synced: a, remote: a }],
      gives: 'wait for 2',
    },
    'a file became a folder on the drive: the old one is deleted first': {
      items: [onlyRemote(folder('a')), { synced: a, local: a }],
      gives: 'wait for 2',
    },
    'a folder became a file on disk: the old one is deleted first': {
      items: [onlyLocal(a), { synced: folder('a'), remote: folder('a') }],
      gives: 'wait for 2',
    },
    'a folder became a file on the drive: the old one is deleted first': {
      items: [onlyRemote(a), { synced: folder('a'), local: folder('a') }],
      gives: 'wait for 2',
    },
    'by a folder that is new on the drive: the local file steps aside': {
      items: [onlyLocal(file('a.txt', 'old')), onlyRemote(folder('a.txt'))],
      gives: 'MoveLocal a.txt → a-host-safeBackup-0001.txt',
      rule: 'name-taken-on-drive',
    },
    'the first free number counts': {
      items: [
        onlyLocal(file('a.txt', 'old')),
        onlyRemote(folder('a.txt')),
        agreed(file('a-host-safeBackup-0001.txt', 'old')),
      ],
      gives: 'MoveLocal a.txt → a-host-safeBackup-0002.txt',
      rule: 'name-taken-on-drive',
    },
    'after 1000 numbers it is a problem': {
      items: [
        onlyLocal(a),
        onlyRemote(folder('a')),
        ...Array.from({ length: 1000 }, (_, index) =>
          agreed(file(`a-host-safeBackup-${String(index + 1).padStart(4, '0')}`, 'old')),
        ),
      ],
      gives: 'stuck: preservationFailed',
    },
    'upload only, by a file that was moved on both sides: it follows the disk, so wait': {
      items: [
        onlyLocal(file('c', 'new')),
        { ...agreed(a), local: file('b', 'old'), remote: file('c', 'old') },
      ],
      given: { policy: { direction: 'upload' } },
      gives: 'wait for 2',
    },
    'upload only: no item steps aside': {
      items: [onlyLocal(a), onlyRemote(folder('a'))],
      given: { policy: { direction: 'upload' } },
      gives: 'stuck: nameTaken',
    },
    'by a notebook: a problem': {
      items: [onlyLocal(folder('n')), onlyRemote(notebook('n'))],
      gives: 'stuck: nameTaken',
    },
    'two names on disk that differ in case only: a problem': {
      items: [onlyLocal(file('A', 'new')), agreed(a)],
      gives: 'stuck: caseClash',
    },
  },

  'at work or at rest': {
    'agreed: nothing to do': { items: [agreed(a)], gives: 'rest' },
    'one command at a time': { items: [onlyRemote(a)], given: { busy: [1] }, gives: 'rest' },
    'after a failure it rests': { items: [onlyRemote(a)], given: { resting: () => true }, gives: 'rest' },
    'upload only: nothing comes down': {
      items: [onlyRemote(a)],
      given: { policy: { direction: 'upload' } },
      gives: 'rest',
    },
    'upload only: no change comes down': {
      items: [{ ...agreed(a), remote: changed }],
      given: { policy: { direction: 'upload' } },
      gives: 'rest',
    },
    'download only: nothing goes up': {
      items: [onlyLocal(a)],
      given: { policy: { direction: 'download' } },
      gives: 'rest',
    },
    'download only: no change goes up': {
      items: [{ ...agreed(a), local: changed }],
      given: { policy: { direction: 'download' } },
      gives: 'rest',
    },
  },

  'oddities of the drive': {
    'a file that cannot be read is left alone, whatever happened on disk': {
      items: [{ synced: a, local: changed, remote: file('a', 'old', { odd: true }) }],
      gives: 'rest',
    },
    'a file that cannot be read stays on the drive when it is deleted on disk': {
      items: [{ synced: a, remote: file('a', 'old', { odd: true }) }],
      gives: 'rest',
    },
    'a folder that is not listed can be made on disk, and be moved': {
      items: [onlyRemote(folder('d', { odd: true }))],
      gives: 'CreateLocalFolder d',
      rule: 'remote-new',
    },
    'a folder that is not listed is not deleted, since what is in it is unknown': {
      items: [{ synced: folder('d'), remote: folder('d', { odd: true }) }],
      gives: 'wait for 1',
    },
    'nor is the folder around it': {
      items: [
        { synced: folder('d'), remote: folder('d') },
        { synced: folder('e', { in: 1 }), remote: folder('e', { in: 1, odd: true }) },
      ],
      gives: 'wait for 2',
    },
    'what is in it waits until it is listed: new on disk': {
      items: [onlyLocal({ ...a, in: 2 }), { ...agreed(folder('d')), remote: folder('d', { odd: true }) }],
      gives: 'wait for 2',
    },
    'what is in it waits until it is listed: deleted on disk': {
      items: [
        { synced: { ...a, in: 2 }, remote: { ...a, in: 2 } },
        { ...agreed(folder('d')), remote: folder('d', { odd: true }) },
      ],
      gives: 'wait for 2',
    },
    'what is in it waits until it is listed: moved out of it on disk': {
      items: [
        { synced: { ...a, in: 2 }, remote: { ...a, in: 2 }, local: a },
        { ...agreed(folder('d')), remote: folder('d', { odd: true }) },
      ],
      gives: 'wait for 2',
    },
  },
};
