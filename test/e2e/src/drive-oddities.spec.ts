/** Rows that lack what a row needs, or that tell what cannot be: one item's matter, never the end of a run (B5). */
import { stat } from 'node:fs/promises';
import type { LieSpec } from '@tidemark/graph-simulator';
import { describe, expect, it } from 'vitest';
import { expectEqualSides, openProfile } from './profile.ts';

const tree = [
  { path: '/odd.txt', content: 'odd', modifiedAt: '2020-02-02T02:02:02Z' },
  { path: '/plain.txt', content: 'plain' },
];

describe('a drive that tells too little', () => {
  it.each<LieSpec>([
    { lie: 'noTag' },
    { lie: 'noClientTime' },
    { lie: 'yearOne' },
    { lie: 'wrongSize', times: 1 },
  ])('in its feed ($lie) is asked about the one item, which comes as it is', async (lie) => {
    const profile = await openProfile({ tree });
    profile.simulator.addLie({ ...lie, paths: ['/odd.txt'] });
    await profile.sync();
    expect(profile.simulator.liesTold()[lie.lie]).toBeGreaterThan(0);
    await expectEqualSides(profile);
    expect((await stat(profile.at('odd.txt'))).mtime).toEqual(new Date('2020-02-02T02:02:02Z'));
  });

  it('for good leaves that one item alone and names it, and syncs everything else', async () => {
    const profile = await openProfile({ tree });
    profile.simulator.addLie({ lie: 'noTag', rows: 'all', paths: ['/odd.txt'] });
    const first = await profile.sync();
    expect(first.text).toContain('Skipping item - the drive does not tell its version: ./odd.txt');
    expect(Object.keys(await profile.local())).toEqual(['/plain.txt']);
    await profile.write('mine.txt', 'mine');
    await profile.sync();
    expect(Object.keys(profile.remote()).toSorted()).toEqual(['/mine.txt', '/odd.txt', '/plain.txt']);
    expect((await profile.tidemark(['status'])).stdout).toMatch(
      /"odd.txt": the drive does not tell its version/,
    );
    profile.simulator.clearLies();
    profile.drive.bumpTag('/odd.txt');
    await profile.sync();
    await expectEqualSides(profile);
  });

  it('of a deletion without saying so has the file deleted once it was asked', async () => {
    const profile = await openProfile({ flavour: 'personal', tree });
    await profile.sync();
    profile.simulator.addLie({ lie: 'unsaidDeletion' });
    profile.drive.remove('/odd.txt');
    await profile.sync();
    expect(profile.simulator.liesTold().unsaidDeletion).toBeGreaterThan(0);
    await expectEqualSides(profile);
    expect(Object.keys(await profile.local())).toEqual(['/plain.txt']);
  });

  it('of the year 9999 gives the file the last time that both sides can hold, and hears no other', async () => {
    const profile = await openProfile({ tree });
    profile.simulator.addLie({ lie: 'year9999', rows: 'all', paths: ['/odd.txt'] });
    await profile.sync();
    await expectEqualSides(profile);
    const { requests } = await profile.sync();
    expect(requests.filter(({ method }) => method === 'PATCH')).toEqual([]);
    expect(profile.drive.stat('/odd.txt')?.modifiedAt).toBe('2020-02-02T02:02:02.000Z');
  });

  it('of an item that is missing in a full listing and is refused by its id holds up nothing', async () => {
    const profile = await openProfile({ tree });
    await profile.sync();
    const { simulator, drive } = profile;
    simulator.expireDeltaTokens();
    simulator.addLie({ lie: 'missingRows', paths: ['/odd.txt'] });
    const route = `GET /v1.0/drives/[^/]+/items/${drive.stat('/odd.txt')?.id}\\?`;
    simulator.addFault({ route, effect: { type: 'status', status: 423 } });
    drive.create('/new.txt', 'new');
    const { text } = await profile.sync();
    await expectEqualSides(profile);
    expect(text).toMatch(/Skipping item - .*answered 423.*: \.\/odd\.txt/);
  });
});
