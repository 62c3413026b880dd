import { describe, expect, it } from 'vitest';
import { headline, type Tone, toneOf } from './headline.ts';
import type { StatusReport } from './status-report.ts';

const now = Date.parse('2026-01-31T12:00:00Z');
const before = (minutes: number): string => new Date(now - minutes * 60_000).toISOString();
const look = { lastAt: before(1), dueAt: null, isUnderWay: false, failure: null };
const none = { pending: 0, waiting: 0, problem: 0, ignored: 0, blocked: 0, held: 0 };
const daemon = { reading: null } as unknown as NonNullable<StatusReport['daemon']>;

const inSync: StatusReport = {
  ...{ schema: 1, version: '0.1.0', folder: '/home/me/OneDrive', logFolder: '/log', drive: null, seq: 7 },
  ...{ state: 'idle', inSync: true, items: 20_314, atRest: 20_314, daemon },
  ...{ notInSync: 0, conflicts: 0, lastChangeAt: before(2), standings: none, notAtRest: [], notShown: 0 },
  ...{
    held: null,
    oddities: [],
    halted: null,
    pauses: [],
    suspended: null,
    looks: { remote: look, local: look },
  },
};
const said = (changes: Partial<StatusReport>): string => headline({ ...inSync, ...changes }, now);
const open = {
  ...{ inSync: false, notInSync: 3, conflicts: 1, standings: { ...none, problem: 1, waiting: 2 } },
};

describe('the first line says', () => {
  it.each<[string, Partial<StatusReport>]>([
    ['In sync: 20,314 items, last change 2 minutes ago', {}],
    ['In sync: 1 item', { items: 1, lastChangeAt: null, conflicts: null }],
    [
      'In sync: 20,314 items, last change 3 hours ago; 2 conflicts',
      { lastChangeAt: before(185), conflicts: 2 },
    ],
    [
      'In sync: 20,311 items, 3 left out, last change 2 minutes ago',
      { atRest: 20_311, standings: { ...none, ignored: 3 } },
    ],
    ['3 of 20,314 items are not in sync: 1 problem, 2 waiting; 1 conflict', open],
    ['Nothing is changed before plugin "lister" has told its facts', { ...open, factsAwaited: ['lister'] }],
    [
      '1 of 20,314 items is not in sync: 1 blocked',
      { inSync: false, notInSync: 1, standings: { ...none, blocked: 1, ignored: 9 } },
    ],
    [
      '61 of 20,314 items are not in sync: 61 held for your confirmation',
      { inSync: false, notInSync: 61, standings: { ...none, held: 61 } },
    ],
    [
      'Not running. As of the last run: 3 of 20,314 items are not in sync: 1 problem, 2 waiting; 1 conflict',
      { ...open, state: 'stopped', daemon: null },
    ],
    [
      'Not running. As of the last run: stopped: no',
      { inSync: false, state: 'stopped', daemon: null, halted: { code: 'x', detail: 'no' } },
    ],
    ['Nothing has been synced yet', { state: 'neverSynced', inSync: false, daemon: null }],
    [
      'Waiting for the network. As it was last seen: in sync: 20,314 items, last change less than a minute ago',
      { state: 'offline', lastChangeAt: before(0.5) },
    ],
    [
      'Suspended, nothing is changed on either side: the folder is empty',
      { state: 'suspended', inSync: false, suspended: { code: 'x', detail: 'the folder is empty' } },
    ],
    [
      'Paused until you resume; 2 changes wait, 1 is stuck',
      { ...open, state: 'paused', pauses: [{ why: 'user', since: before(1), until: null }] },
    ],
    [
      'Paused while on battery; nothing waits',
      { state: 'paused', pauses: [{ why: 'battery', since: before(1), until: null }] },
    ],
    [
      '20,314 items in sync, and 1 path on disk that cannot be synced',
      { inSync: false, oddities: [{ path: 'x', code: 'unreadable', detail: 'no' }] },
    ],
  ])('%s', (line, changes) => {
    expect(said(changes)).toBe(line);
  });

  it.each<[Tone, Partial<StatusReport>]>([
    ['good', {}],
    ['quiet', { state: 'neverSynced', daemon: null }],
    ['busy', { inSync: false, notInSync: 1, standings: { ...none, waiting: 1 } }],
    ['attention', { conflicts: 1 }],
    ['attention', { inSync: false, notInSync: 1, standings: { ...none, held: 1 } }],
    ['bad', { halted: { code: 'x', detail: 'no' } }],
    ['quiet', { state: 'paused', pauses: [{ why: 'user', since: before(1), until: null }] }],
    ['quiet', { inSync: false, looks: { remote: { ...look, lastAt: null }, local: look } }],
  ])('in a tone that is %s', (tone, changes) => {
    expect(toneOf({ ...inSync, ...changes })).toBe(tone);
  });

  it('until when a pause lasts, in local time, and the day when it is another one', () => {
    const local = new Date(2026, 0, 31, 12).getTime();
    const paused = (until: Date): string =>
      headline(
        {
          ...{ ...inSync, inSync: false, notInSync: 12, standings: { ...none, waiting: 12 } },
          ...{ state: 'paused', pauses: [{ why: 'user', since: before(1), until: until.toISOString() }] },
        },
        local,
      );
    expect(paused(new Date(2026, 0, 31, 18))).toBe('Paused until 18:00; 12 changes wait');
    expect(paused(new Date(2026, 1, 1, 8, 5))).toBe('Paused until 2026-02-01 08:05; 12 changes wait');
  });
});
