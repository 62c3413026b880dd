import { driveItemId } from '@tidemark/contracts';
import { describe, expect, it } from 'vitest';
import type { KnownFolder } from './known-folders.ts';
import { nextStep, type Shortcut, type Situation, type Step } from './next-step.ts';

const target = { driveId: 'd', itemId: 'i' };
const known = (path: string, standing: KnownFolder['standing'] = 'synced', shownAt = path): KnownFolder => ({
  ...{ shortcut: driveItemId('s'), target, path, shownAt, folder: 'f', standing },
  isNew: false,
});
const shortcut = (path: string | null, id = 's'): Shortcut => ({ id: driveItemId(id), target, path });
const at = (path: string): { readonly at: string } => ({ at: path });
const usual: Situation = {
  known: null,
  shortcut: null,
  found: 'gone',
  isDriveKnown: true,
  isUpward: true,
  isHeld: false,
};

const rows: readonly (readonly [string, Partial<Situation>, Step])[] = [
  ['new', { shortcut: shortcut('T') }, { type: 'add', path: 'T' }],
  ['new, in a folder that is not there yet', { shortcut: shortcut(null) }, { type: 'wait' }],
  ['as it was', { known: known('T'), shortcut: shortcut('T'), found: at('T') }, { type: 'sync', at: 'T' }],
  [
    'moved online',
    { known: known('T'), shortcut: shortcut('U'), found: at('T') },
    { type: 'moveFolder', from: 'T', to: 'U' },
  ],
  [
    'moved on disk',
    { known: known('T'), shortcut: shortcut('T'), found: at('U') },
    { type: 'moveShortcut', to: 'U' },
  ],
  [
    'moved on disk and then online, which is not shown yet',
    { known: known('U', 'synced', 'T'), shortcut: shortcut('T'), found: at('U') },
    { type: 'sync', at: 'U' },
  ],
  [
    'moved on disk, then online, then removed on disk',
    { known: known('U', 'synced', 'T'), shortcut: shortcut('T'), found: 'gone' },
    { type: 'removeShortcut' },
  ],
  [
    'moved on disk, where nothing goes up',
    { known: known('T'), shortcut: shortcut('T'), found: at('U'), isUpward: false },
    { type: 'moveFolder', from: 'U', to: 'T' },
  ],
  [
    'moved on both sides',
    { known: known('T'), shortcut: shortcut('U'), found: at('V') },
    { type: 'moveFolder', from: 'V', to: 'U' },
  ],
  [
    'moved with a folder above it',
    { known: known('A/T'), shortcut: shortcut('B/T'), found: at('B/T') },
    { type: 'sync', at: 'B/T' },
  ],
  [
    'removed on disk',
    { known: known('T'), shortcut: shortcut('T'), found: 'gone' },
    { type: 'removeShortcut' },
  ],
  [
    'removed on disk, where nothing goes up',
    { known: known('T'), shortcut: shortcut('T'), found: 'gone', isUpward: false },
    { type: 'add', path: 'T' },
  ],
  [
    'removed on disk with much else, which waits for a confirmation',
    { known: known('T'), shortcut: shortcut('T'), found: 'gone', isHeld: true },
    { type: 'wait' },
  ],
  [
    'replaced on disk, as by a restore',
    { known: known('T'), shortcut: shortcut('T'), found: 'replaced' },
    { type: 'add', path: 'T' },
  ],
  ['left, and replaced on disk', { known: known('T', 'left'), found: 'replaced' }, { type: 'forget' }],
  [
    'removed on disk and moved online',
    { known: known('T'), shortcut: shortcut('U'), found: 'gone' },
    { type: 'add', path: 'U' },
  ],
  [
    'removed on disk, and added again online',
    { known: known('T'), shortcut: shortcut('T', 'another'), found: 'gone' },
    { type: 'add', path: 'T' },
  ],
  [
    'not on disk when everything is compared anew',
    { known: { ...known('T'), isNew: true }, shortcut: shortcut('T'), found: 'gone' },
    { type: 'add', path: 'T' },
  ],
  [
    'perhaps removed on disk',
    { known: known('T'), shortcut: shortcut('T'), found: 'unknown' },
    { type: 'wait' },
  ],
  ['without its shortcut', { known: known('T'), found: at('T') }, { type: 'leave', at: 'T' }],
  [
    'perhaps without its shortcut',
    { known: known('T'), found: at('T'), isDriveKnown: false },
    { type: 'wait' },
  ],
  ['without either', { known: known('T'), found: 'gone' }, { type: 'forget' }],
  ['left, and moved since', { known: known('T', 'left'), found: at('U') }, { type: 'leave', at: 'U' }],
  [
    'left, and shared again',
    { known: known('T', 'left'), shortcut: shortcut('T'), found: at('T') },
    { type: 'add', path: 'T' },
  ],
  [
    'left, removed, and shared again',
    { known: known('T', 'left'), shortcut: shortcut('T'), found: 'gone' },
    { type: 'add', path: 'T' },
  ],
];

describe('a shared folder that is', () => {
  it.each(rows)('%s', (_name, situation, step) => {
    expect(nextStep({ ...usual, ...situation })).toEqual(step);
  });
});
