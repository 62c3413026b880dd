/** Decisions about folders that rules let in only for what is in them. */
import type { Rows } from './table.ts';
import {
  agreed,
  file,
  folder,
  goneLocally,
  goneRemotely,
  lettingIn,
  onlyLocal,
  onlyRemote,
} from './table.ts';

const given = { rules: lettingIn('.txt') };
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
    'download only with cleanup: an empty folder on disk goes as it always did': {
      items: [onlyLocal(folder('d'))],
      given: { ...given, policy: { direction: 'download', cleanupLocal: true } },
      gives: 'DeleteLocal d',
      rule: 'only-on-disk',
    },
    'download only with cleanup: one with something in it that is out stays': {
      items: [onlyLocal(folder('d')), onlyLocal(file('a.jpg', 'old', inFolder))],
      given: { ...given, policy: { direction: 'download', cleanupLocal: true } },
      gives: 'wait for 2',
    },
  },
};
