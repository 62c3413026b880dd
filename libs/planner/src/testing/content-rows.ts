/** Decisions about content: what is new, what changed, on one side or on both. */
import type { Rows } from './table.ts';
import { agreed, file, folder, notebook, onlyLocal, onlyRemote } from './table.ts';

/** Base, old and new content have the same length, so that size never decides by accident. */
const a = file('a', 'old');
const changed = file('a', 'new');
const other = file('a', 'xyz');
const touched = file('a', 'old', { unread: true, touched: true });

export const contentRows: Rows = {
  'what a crash left empty': {
    'a file without bytes that has its old time is kept aside, and the version of the drive comes back': {
      items: [{ synced: a, remote: a, local: file('a', '') }],
      gives: 'DownloadFile a keeping a-host-safeBackup-*',
      rule: 'local-damaged',
    },
    'it is no conflict either when the drive has a new version': {
      items: [{ synced: a, remote: changed, local: file('a', '') }],
      gives: 'DownloadFile a keeping a-host-safeBackup-*',
      rule: 'local-damaged',
    },
    'a file that was emptied has a new time and is uploaded': {
      items: [{ synced: a, remote: a, local: file('a', '', { at: 2000 }) }],
      gives: 'UploadFile a as version',
      rule: 'local-changed',
    },
  },
  'what is new on one side': {
    'a file on the drive is downloaded': {
      items: [onlyRemote(a)],
      gives: 'DownloadFile a',
      rule: 'remote-new',
    },
    'a folder on the drive is made on disk': {
      items: [onlyRemote(folder('d'))],
      gives: 'CreateLocalFolder d',
      rule: 'remote-new',
    },
    'a file on disk is uploaded': { items: [onlyLocal(a)], gives: 'UploadFile a as new', rule: 'local-new' },
    'a file on disk waits for space when the drive refused one that was not much larger': {
      items: [onlyLocal(a)],
      given: { full: { fromBytes: 3, attemptsAtOnce: 1 } },
      gives: 'wait for driveSpace',
    },
    'a much smaller one is uploaded': {
      items: [onlyLocal(a)],
      given: { full: { fromBytes: 4, attemptsAtOnce: 0 } },
      gives: 'UploadFile a as new',
      rule: 'local-new',
    },
    'a new version waits for space as a new file does': {
      items: [{ synced: a, remote: a, local: changed }],
      given: { full: { fromBytes: 3, attemptsAtOnce: 1 } },
      gives: 'wait for driveSpace',
    },
    'a folder on disk is made on the drive': {
      items: [onlyLocal(folder('d'))],
      gives: 'CreateRemoteFolder d',
      rule: 'local-new',
    },
    'a file in a folder that is still to be made on disk waits for the folder': {
      items: [onlyRemote(file('a', 'old', { in: 2 })), onlyRemote(folder('d'))],
      gives: 'wait for 2',
    },
    'a file in a folder that is still to be made on the drive waits for the folder': {
      items: [onlyLocal(file('a', 'old', { in: 2 })), onlyLocal(folder('d'))],
      gives: 'wait for 2',
    },
    'the path on disk goes through the folder as the disk names it': {
      items: [
        onlyRemote(file('a', 'old', { in: 2 })),
        { synced: folder('d'), local: folder('e'), remote: folder('d') },
      ],
      gives: 'DownloadFile e/a',
      rule: 'remote-new',
    },
    'a notebook is left alone': { items: [onlyRemote(notebook('n'))], gives: 'rest' },
    'nothing is uploaded before the whole drive is known': {
      items: [onlyLocal(a)],
      given: { remoteKnown: false },
      gives: 'wait for remoteKnown',
    },
    'nothing is downloaded before the whole disk is known': {
      items: [onlyRemote(a)],
      given: { localKnown: false },
      gives: 'wait for localKnown',
    },
    'a path that the drive would not take is a problem': {
      items: [onlyLocal(file('abcdef', 'old'))],
      given: { policy: { pathLengthMax: 5 } },
      gives: 'stuck: nameTooLong',
    },
  },

  'what both sides have from the start': {
    'equal content is adopted without a transfer': { items: [{ local: a, remote: a }], gives: 'rest' },
    'equal sizes say nothing: the bytes are read': {
      items: [{ local: file('a', 'old', { unread: true }), remote: a }],
      gives: 'HashFile a',
      rule: 'compare-content',
    },
    'empty files are equal': { items: [{ local: file('a', ''), remote: file('a', '') }], gives: 'rest' },
    'folders are equal': { items: [{ local: folder('d'), remote: folder('d') }], gives: 'rest' },
    'equal content with other times follows the drive, even when the disk is newer': {
      items: [{ local: file('a', 'old', { at: 200 }), remote: a }],
      gives: 'SetLocalTime a',
      rule: 'remote-time',
    },
    'other content: both are kept, the newer one keeps the name (drive)': {
      items: [{ local: a, remote: file('a', 'new', { at: 200 }) }],
      gives: 'DownloadFile a keeping a-host-safeBackup-*',
      rule: 'conflict-remote-keeps-name',
    },
    'other content: both are kept, the newer one keeps the name (disk)': {
      items: [{ local: file('a', 'new', { at: 200 }), remote: a }],
      gives: 'KeepRemoteCopy a keeping a-host-safeBackup-*',
      rule: 'conflict-local-keeps-name',
    },
    'the name of the kept version differs from every other in more than case': {
      items: [
        { local: a, remote: file('a', 'new', { at: 200 }) },
        agreed(file('A-host-safeBackup-0001', 'two')),
        onlyRemote(file('a-host-safebackup-0002', 'tri')),
      ],
      gives: 'DownloadFile a keeping a-host-safeBackup-* from 3',
      rule: 'conflict-remote-keeps-name',
    },
    'after the base was forgotten, the drive keeps the name': {
      items: [{ local: file('a', 'new', { at: 200 }), remote: a }],
      given: { withoutBase: true },
      gives: 'DownloadFile a keeping a-host-safeBackup-*',
      rule: 'conflict-remote-keeps-name',
    },
    'the same name in another letter case: the disk follows the drive': {
      items: [{ local: file('A', 'old'), remote: a }],
      gives: 'MoveLocal A → a',
      rule: 'remote-moved',
    },
  },

  'modified content': {
    'changed on the drive: downloaded': {
      items: [{ ...agreed(a), remote: changed }],
      gives: 'DownloadFile a',
      rule: 'remote-changed',
    },
    'changed on disk: uploaded as a version': {
      items: [{ ...agreed(a), local: changed }],
      gives: 'UploadFile a as version',
      rule: 'local-changed',
    },
    'a mass of files that were rewritten on disk waits for a confirmation': {
      items: [{ synced: a, local: file('a', 'new'), remote: a }],
      given: { held: (kind) => kind === 'replacementsOnDrive' },
      gives: 'wait for replacementsOnDrive',
    },
    'changed on disk with an older time: uploaded all the same': {
      items: [{ ...agreed(a), local: file('a', 'new', { at: 50 }) }],
      gives: 'UploadFile a as version',
      rule: 'local-changed',
    },
    'another size on disk needs no hash': {
      items: [{ ...agreed(a), local: file('a', 'longer', { unread: true }) }],
      gives: 'UploadFile a as version',
      rule: 'local-changed',
    },
    'touched on disk: the bytes are read': {
      items: [{ ...agreed(a), local: touched }],
      gives: 'HashFile a',
      rule: 'compare-content',
    },
    'changed on the drive, touched on disk: the bytes on disk are read before they are replaced': {
      items: [{ ...agreed(a), local: touched, remote: changed }],
      gives: 'HashFile a',
      rule: 'compare-content',
    },
    'a new version without a hash has changed': {
      items: [{ ...agreed(a), remote: file('a', 'old', { unread: true, touched: true }) }],
      gives: 'DownloadFile a',
      rule: 'remote-changed',
    },
    'a new version with the old hash has not': {
      items: [{ ...agreed(a), remote: file('a', 'old', { touched: true }) }],
      gives: 'rest',
    },
    'a changed file is not uploaded before the whole drive is known': {
      items: [{ ...agreed(a), local: changed }],
      given: { remoteKnown: false },
      gives: 'wait for remoteKnown',
    },
  },

  'times alone': {
    'newer on disk: the drive gets the time': {
      items: [{ ...agreed(a), local: file('a', 'old', { at: 200, touched: true }) }],
      gives: 'SetRemoteTime a',
      rule: 'local-time',
    },
    'newer on the drive: the disk gets the time': {
      items: [{ ...agreed(a), remote: file('a', 'old', { at: 200, touched: true }) }],
      gives: 'SetLocalTime a',
      rule: 'remote-time',
    },
    'nothing before the drive is known: the next row may show another time, or none': {
      items: [{ ...agreed(a), remote: file('a', 'old', { at: 200, touched: true }) }],
      given: { remoteKnown: false },
      gives: 'wait for remoteKnown',
    },
    'older on disk: the disk gets the time back': {
      items: [{ ...agreed(a), local: file('a', 'old', { at: 50, touched: true }) }],
      gives: 'SetLocalTime a',
      rule: 'remote-time',
    },
    'newer on disk, download only: the disk gets the time back': {
      items: [{ ...agreed(a), local: file('a', 'old', { at: 200, touched: true }) }],
      given: { policy: { direction: 'download' } },
      gives: 'SetLocalTime a',
      rule: 'remote-time',
    },
    'newer on the drive, upload only: left alone': {
      items: [{ ...agreed(a), remote: file('a', 'old', { at: 200, touched: true }) }],
      given: { policy: { direction: 'upload' } },
      gives: 'rest',
    },
  },

  'edited on both sides': {
    'to the same bytes: nothing to do': {
      items: [{ synced: a, local: changed, remote: changed }],
      gives: 'rest',
    },
    'the newer one keeps the name (drive)': {
      items: [{ synced: a, local: changed, remote: file('a', 'xyz', { at: 200 }) }],
      gives: 'DownloadFile a keeping a-host-safeBackup-*',
      rule: 'conflict-remote-keeps-name',
    },
    'the newer one keeps the name (disk)': {
      items: [{ synced: a, local: file('a', 'new', { at: 200 }), remote: other }],
      gives: 'KeepRemoteCopy a keeping a-host-safeBackup-*',
      rule: 'conflict-local-keeps-name',
    },
    'equally new: the drive keeps the name': {
      items: [{ synced: a, local: changed, remote: other }],
      gives: 'DownloadFile a keeping a-host-safeBackup-*',
      rule: 'conflict-remote-keeps-name',
    },
    'local_first: the disk keeps the name although it is older': {
      items: [{ synced: a, local: changed, remote: file('a', 'xyz', { at: 200 }) }],
      given: { policy: { localFirst: true } },
      gives: 'KeepRemoteCopy a keeping a-host-safeBackup-*',
      rule: 'conflict-local-keeps-name',
    },
    'upload only: the newer one on disk gets the name on the drive as well': {
      items: [{ synced: a, local: file('a', 'new', { at: 200 }), remote: other }],
      given: { policy: { direction: 'upload' } },
      gives: 'KeepRemoteCopy a keeping a-host-safeBackup-*',
      rule: 'conflict-local-keeps-name',
    },
    'download only: the drive keeps the name, and the local version is kept all the same': {
      items: [{ synced: a, local: file('a', 'new', { at: 200 }), remote: other }],
      given: { policy: { direction: 'download' } },
      gives: 'DownloadFile a keeping a-host-safeBackup-*',
      rule: 'conflict-remote-keeps-name',
    },
    'without preservation the local version goes to the trash': {
      items: [{ synced: a, local: changed, remote: other }],
      given: { policy: { bypassPreservation: true } },
      gives: 'DownloadFile a',
      rule: 'conflict-replaced',
    },
    'a plugin may choose who keeps the name': {
      items: [{ synced: a, local: changed, remote: other }],
      given: { rules: { ignore: () => null, resolve: () => ({ plugin: 'mine', keepsName: 'local' }) } },
      gives: 'KeepRemoteCopy a keeping a-host-safeBackup-*',
      rule: 'conflict-local-keeps-name',
    },
    'a kept version that is in conflict again gets the next number, not a second tag': {
      items: [
        {
          local: file('a-host-safeBackup-0001.txt', 'new'),
          remote: file('a-host-safeBackup-0001.txt', 'xyz'),
        },
      ],
      gives: 'DownloadFile a-host-safeBackup-0001.txt keeping a-host-safeBackup-*.txt from 2',
      rule: 'conflict-remote-keeps-name',
    },
    'a version that is kept already is not kept once more': {
      items: [
        { synced: a, local: changed, remote: file('a', 'xyz', { at: 200 }) },
        agreed(file('a-host-safeBackup-0001', 'new')),
      ],
      gives: 'DownloadFile a keeping a-host-safeBackup-*',
      rule: 'conflict-remote-keeps-name',
    },
    'bytes that may be kept already are read first': {
      items: [
        { synced: a, local: file('a', 'longer', { unread: true }), remote: file('a', 'xyz', { at: 200 }) },
        agreed(file('a-host-safeBackup-0001', 'longer')),
      ],
      gives: 'HashFile a',
      rule: 'compare-content',
    },
    'another one is, under the next name': {
      items: [
        { synced: a, local: changed, remote: file('a', 'xyz', { at: 200 }) },
        agreed(file('a-host-safeBackup-0001', 'zyx')),
      ],
      gives: 'DownloadFile a keeping a-host-safeBackup-* from 2',
      rule: 'conflict-remote-keeps-name',
    },
    'so is one whose kept version is about to go': {
      items: [
        { synced: a, local: changed, remote: file('a', 'xyz', { at: 200 }) },
        { synced: file('a-host-safeBackup-0001', 'new'), local: file('a-host-safeBackup-0001', 'new') },
      ],
      gives: 'DownloadFile a keeping a-host-safeBackup-* from 2',
      rule: 'conflict-remote-keeps-name',
    },
    'no conflict is settled before the whole drive is known': {
      items: [{ synced: a, local: changed, remote: other }],
      given: { remoteKnown: false },
      gives: 'wait for remoteKnown',
    },
  },
};
