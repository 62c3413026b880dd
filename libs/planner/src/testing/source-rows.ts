/** Decisions about what leaves the disk because it was uploaded. */
import type { Rows, ViewChanges } from './table.ts';
import { agreed, file, folder, goneLocally, onlyLocal, onlyRemote } from './table.ts';

const a = file('a', 'old');
const files: ViewChanges = { policy: { direction: 'upload', removeSource: 'files' } };
const folders: ViewChanges = { policy: { direction: 'upload', removeSource: 'folders' } };
/** It was uploaded from the folder that is item 1, and removed. */
const uploadedFrom = (seenAt: number) => ({
  remote: file('a', 'old', { in: 1 }),
  left: file('a', 'old', { in: 1, seenAt }),
});

export const sourceRows: Rows = {
  'what was uploaded leaves the disk': {
    'the drive has the same bytes: it goes': {
      items: [agreed(a)],
      given: files,
      gives: 'DeleteLocal a',
      rule: 'source-uploaded',
    },
    'without the setting it stays': {
      items: [agreed(a)],
      given: { policy: { direction: 'upload' } },
      gives: 'rest',
    },
    'what is not uploaded yet is uploaded': {
      items: [onlyLocal(a)],
      given: files,
      gives: 'UploadFile a as new',
      rule: 'local-new',
    },
    'what was saved again is uploaded again': {
      items: [{ ...agreed(a), local: file('a', 'new') }],
      given: files,
      gives: 'UploadFile a as version',
      rule: 'local-changed',
    },
    'what changed on the drive since is no proof: it stays': {
      items: [{ ...agreed(a), remote: file('a', 'new') }],
      given: files,
      gives: 'rest',
    },
    'the drive tells no hash of it: it stays': {
      items: [{ ...agreed(a), remote: file('a', 'old', { unread: true }) }],
      given: files,
      gives: 'rest',
    },
    'a new stamp: the bytes are read first': {
      items: [{ ...agreed(a), local: file('a', 'old', { unread: true, touched: true }) }],
      given: files,
      gives: 'HashFile a',
      rule: 'compare-content',
    },
    'a file that may have been saved within this second is read first': {
      items: [{ ...agreed(a), local: file('a', 'old', { young: true }) }],
      given: files,
      gives: 'HashFile a',
      rule: 'compare-content',
    },
    'not before the whole drive is known': {
      items: [agreed(a)],
      given: { ...files, remoteKnown: false },
      gives: 'wait for remoteKnown',
    },
    'not before the whole disk is known': {
      items: [agreed(a)],
      given: { ...files, localKnown: false },
      gives: 'wait for localKnown',
    },
    'gone from the disk it stays on the drive': {
      items: [onlyRemote(a)],
      given: files,
      gives: 'rest',
    },
    'so does what its user deletes before that': {
      items: [goneLocally(a)],
      given: files,
      gives: 'rest',
    },
    'a folder stays': { items: [agreed(folder('d')), uploadedFrom(1)], given: files, gives: 'rest' },
  },

  'folders that this empties': {
    'go too where they are to': {
      items: [agreed(folder('d')), uploadedFrom(1)],
      given: folders,
      gives: 'DeleteLocal d',
      rule: 'source-emptied',
    },
    'not while something is in them': {
      items: [agreed(folder('d')), uploadedFrom(1), onlyLocal(file('b', 'new', { in: 1 }))],
      given: folders,
      gives: 'rest',
    },
    'nor while something is in them that cannot be synced': {
      items: [agreed(folder('d')), uploadedFrom(1)],
      given: { ...folders, oddities: [{ path: 'd/pipe', code: 'special', detail: '' }] },
      gives: 'rest',
    },
    'a folder that a user has just made is empty by itself, and stays': {
      items: [agreed(folder('d'))],
      given: folders,
      gives: 'rest',
    },
    'so does one that was made again in the place of one that has gone': {
      items: [{ ...agreed(folder('d')), local: folder('d', { seenAt: 9 }) }, uploadedFrom(1)],
      given: folders,
      gives: 'rest',
    },
    'of a symbolic link nothing goes': {
      items: [{ ...agreed(folder('d')), local: folder('d', { linked: true }) }, uploadedFrom(1)],
      given: folders,
      gives: 'rest',
    },
  },
};
