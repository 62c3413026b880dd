/** Decisions about folders that rules let in only for what is in them. */
import type { Rows } from './table.ts';
import {
  agreed,
  file,
  folder,
  goneLocally,
  goneRemotely,
  ignoring,
  lettingIn,
  onlyLocal,
  onlyRemote,
} from './table.ts';

const given = { rules: lettingIn('.txt') };
const cleaning = { ...given, policy: { direction: 'download', cleanupLocal: true } } as const;
const inFolder = { in: 1 };

export const onTheWayRows: Rows = {
  'only on the way': {
    'an empty folder on the drive is not made on disk': {
      items: [onlyRemote(folder('d'))],
      given,
      gives: 'ignored: not .txt',
    },
    'an empty folder on disk is not made on the drive': {
      items: [onlyLocal(folder('d'))],
      given,
      gives: 'ignored: not .txt',
    },
    'a folder that holds only what is out is not made': {
      items: [onlyRemote(folder('d')), onlyRemote(file('a.jpg', 'old', inFolder))],
      given,
      gives: 'ignored: not .txt',
    },
    'a folder is made for a file in it, however deep, on disk': {
      items: [
        onlyRemote(folder('d')),
        onlyRemote(folder('e', inFolder)),
        onlyRemote(file('a.txt', 'old', { in: 2 })),
      ],
      given,
      gives: 'CreateLocalFolder d',
      rule: 'remote-new',
    },
    'and on the drive': {
      items: [
        onlyLocal(folder('d')),
        onlyLocal(folder('e', inFolder)),
        onlyLocal(file('a.txt', 'old', { in: 2 })),
      ],
      given,
      gives: 'CreateRemoteFolder d',
      rule: 'local-new',
    },
    'a folder is made for a folder that is in itself, empty as it is': {
      items: [onlyRemote(folder('d')), onlyRemote(folder('e.txt', inFolder))],
      given,
      gives: 'CreateLocalFolder d',
      rule: 'remote-new',
    },
    'a folder is made for what was moved into it': {
      items: [
        onlyLocal(folder('d')),
        { ...agreed(file('a.txt', 'old')), local: file('a.txt', 'old', inFolder) },
      ],
      given,
      gives: 'CreateRemoteFolder d',
      rule: 'local-new',
    },
    'a folder that both sides agreed on goes where the other side took it away': {
      items: [goneLocally(folder('d'))],
      given,
      gives: 'DeleteRemote d',
      rule: 'local-deleted',
    },
    'with what was in it': {
      items: [goneRemotely(folder('d')), goneRemotely(file('a.txt', 'old', inFolder))],
      given,
      gives: 'wait for 2',
    },
    'a folder gone on disk stays on the drive for the empty folder in it, which was never on disk': {
      items: [goneLocally(folder('d')), onlyRemote(folder('e', inFolder))],
      given,
      gives: 'wait for 2',
    },
    'a folder gone on the drive stays on disk for the empty folder in it, which was never on the drive': {
      items: [goneRemotely(folder('d')), onlyLocal(folder('e', inFolder))],
      given,
      gives: 'wait for 2',
    },
    'a folder gone on disk comes back for something new in a folder in it': {
      items: [
        goneLocally(folder('d')),
        onlyRemote(folder('e', inFolder)),
        onlyRemote(file('a.txt', 'new', { in: 2 })),
      ],
      given,
      gives: 'CreateLocalFolder d',
      rule: 'holds-survivors',
    },
  },

  'a cleanup': {
    'takes nothing out of a folder that is only on the way': {
      items: [onlyLocal(file('a.txt', 'old', { in: 2 })), agreed(folder('d'))],
      given: cleaning,
      gives: 'ignored: stays although it is not online, in a folder that is left out (not .txt)',
    },
    'nor out of a folder in it, although that is in by itself': {
      items: [
        onlyLocal(file('a.txt', 'old', { in: 2 })),
        onlyLocal(folder('e.txt', { in: 3 })),
        agreed(folder('d')),
      ],
      given: cleaning,
      gives: 'ignored: stays although it is not online, in a folder that is left out (not .txt)',
    },
    'nor that one': {
      items: [onlyLocal(folder('e.txt', { in: 2 })), agreed(folder('d'))],
      given: cleaning,
      gives: 'ignored: stays although it is not online, in a folder that is left out (not .txt)',
    },
    'nor what was changed in it after it was deleted online': {
      items: [
        { ...goneRemotely(file('a.txt', 'old', { in: 2 })), local: file('a.txt', 'new', { in: 2 }) },
        agreed(folder('d')),
      ],
      given: cleaning,
      gives: 'ignored: stays although it is not online, in a folder that is left out (not .txt)',
    },
    'nor a folder that is only on the way, empty or not': {
      items: [onlyLocal(folder('d'))],
      given: cleaning,
      gives: 'ignored: not .txt',
    },
    'nor out of a folder that is left out, whatever is said of what is in it': {
      items: [onlyLocal(file('a', 'old', { in: 2 })), agreed(folder('d.tmp'))],
      given: { ...cleaning, rules: ignoring('.tmp') },
      gives: 'ignored: stays although it is not online, in a folder that is left out (.tmp)',
    },
    'takes what was deleted online, there as elsewhere': {
      items: [goneRemotely(file('a.txt', 'old', { in: 2 })), agreed(folder('d'))],
      given: cleaning,
      gives: 'DeleteLocal d/a.txt',
      rule: 'remote-deleted',
    },
    'takes what is in no such folder': {
      items: [onlyLocal(file('a.txt', 'old'))],
      given: cleaning,
      gives: 'DeleteLocal a.txt',
      rule: 'only-on-disk',
    },
    'leaves a folder with something in it that stays': {
      items: [goneRemotely(folder('d')), onlyLocal(file('a.txt', 'old', inFolder))],
      given: cleaning,
      gives: 'wait for 2',
    },
  },
};
