import { rename, utimes } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { expectEqualSides, openProfile } from './profile.ts';
import { kindsOf, mutations, transfers } from './requests.ts';

it.each(['personal', 'business', 'library'] as const)(
  'a second sync of a %s drive costs the login, at most one drive read and one delta read',
  async (flavour) => {
    const profile = await openProfile({
      flavour,
      tree: [{ path: '/a/b/c.txt', content: 'c' }, { path: '/empty' }, { path: '/zero.txt', content: '' }],
    });
    await profile.write('mine/new.txt', 'mine');
    await profile.sync();
    await expectEqualSides(profile);

    const { counters, requests } = await profile.sync();
    expect(mutations(counters)).toBe(0);
    expect(transfers(counters)).toBe(0);
    const { token, identity = 0, driveRead = 0, metadata = 0, deltaRead, ...others } = kindsOf(counters);
    expect(others).toEqual({});
    expect({ token, deltaRead }).toEqual({ token: 1, deltaRead: 1 });
    const feed = requests.find(({ kind }) => kind === 'deltaRead');
    expect(feed?.path, 'it goes on where the last one ended').toMatch(/[?&(]token=/);
    expect(identity, 'part of the login').toBeLessThanOrEqual(1);
    // The drive is read as itself or as its root.
    expect(driveRead + metadata).toBeLessThanOrEqual(1);
  },
);

it('renaming a folder of 10,000 files between two runs costs exactly one request that changes the drive', async () => {
  // Whole seconds: both sides are equal before the first sync, so that it has nothing to transfer.
  const modifiedAt = '2024-05-06T07:08:09Z';
  const files = Array.from({ length: 10_000 }, (_, index) => ({
    path: `archive/year ${index % 10}/month ${index % 100}/${index}.txt`,
    content: `${index}`,
  }));
  const profile = await openProfile({
    tree: files.map(({ path, content }) => ({ path: `/${path}`, content, modifiedAt })),
  });
  for (const { path, content } of files) {
    await profile.write(path, content);
    await utimes(profile.at(path), new Date(modifiedAt), new Date(modifiedAt));
  }
  const first = await profile.sync();
  expect(mutations(first.counters) + transfers(first.counters)).toBe(0);

  await rename(profile.at('archive'), profile.at('renamed archive'));
  const { counters } = await profile.sync();
  expect(mutations(counters)).toBe(1);
  expect(counters.byKind.patch).toBe(1);
  expect(transfers(counters)).toBe(0);
  await expectEqualSides(profile);
  expect(profile.drive.stat('/renamed archive/year 7/month 17/17.txt')?.sizeBytes).toBe(2);
});
