import { readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { expectEqualSides, openProfile } from './profile.ts';

const flavours = ['personal', 'business', 'library'] as const;

it.each(flavours)('keeps a %s drive and a folder the same, with every kind of name', async (flavour) => {
  const profile = await openProfile({
    flavour,
    tree: [
      { path: '/Größe und Maß.txt', content: '1' },
      { path: '/100% #1 + more & more.txt', content: '2' },
      { path: "/Grandma's pie 🥧/日本語.txt", content: '3' },
      { path: '/.hidden/no extension', content: '4' },
      { path: '/empty' },
      { path: `/${'long '.repeat(40)}name.txt`, content: '5' },
      { path: '/large.bin', content: { sizeBytes: 11_000_000 } },
    ],
    settings: { driveIdForm: flavour === 'personal' ? 'mixed' : 'stable' },
  });
  await profile.write("from here/it's #2 100%25 + ü.txt", 'x');
  await profile.write('from here/large.bin', Buffer.alloc(11_000_000, 'tide'));
  await profile.sync();
  await expectEqualSides(profile);
  expect(Object.keys(await profile.local())).toHaveLength(12);
});

it.each(flavours)(
  'permanent_delete deletes for good on a %s drive, or says that it cannot',
  async (flavour) => {
    const profile = await openProfile({
      flavour,
      tree: [
        { path: '/a.txt', content: 'a' },
        { path: '/Work/b.txt', content: 'b' },
        { path: '/kept.txt', content: 'kept' },
      ],
      config: { permanent_delete: 'true' },
    });
    await profile.sync();
    await rm(profile.at('a.txt'));
    await rm(profile.at('Work'), { recursive: true });
    const { text } = await profile.sync();
    await expectEqualSides(profile);
    const isPersonal = flavour === 'personal';
    expect(text.includes("WARNING: 'permanent_delete' is not possible with this account")).toBe(isPersonal);
    expect(profile.drive.recycled().length > 0).toBe(isPersonal);
    expect(Object.keys(profile.remote())).toEqual(['/kept.txt']);
  },
);

it('permanent_delete takes nothing along that another client put into a folder meanwhile', async () => {
  const profile = await openProfile({
    tree: [{ path: '/Work/Deep/b.txt', content: 'b' }],
    config: { permanent_delete: 'true' },
  });
  await profile.sync();
  await rm(profile.at('Work'), { recursive: true });
  profile.simulator.addFault({ kind: 'delete', times: 1, effect: { type: 'latency', delayMs: 1000 } });
  const ended = profile.sync();
  await expect.poll(() => profile.simulator.counters().byKind.delete).toBe(1);
  profile.drive.seed([{ path: '/Work/Deep/theirs.txt', content: 'theirs' }]);
  await ended;
  expect(await profile.whereIs('theirs')).toEqual([
    'folder:/Work/Deep/theirs.txt',
    'drive:/Work/Deep/theirs.txt',
  ]);
  await expectEqualSides(profile);
});

it('follows a refresh token that changes with every use while the old one dies', async () => {
  const profile = await openProfile({
    tree: [{ path: '/a.txt', content: 'a' }],
    settings: { refreshRotation: 'revokesOld' },
  });
  const path = join(profile.configFolder, 'refresh_token');
  const tokens = new Set([await readFile(path, 'utf8')]);
  for (let round = 0; round < 3; round++) {
    const { text } = await profile.sync();
    const token = await readFile(path, 'utf8');
    expect(text).not.toContain(token);
    expect(token).toMatch(/^\S+$/);
    tokens.add(token);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
  }
  expect(tokens.size).toBe(4);
  await profile.onedrive(['--sync', '--dry-run']);
  // Without a new login nobody could go on had the dry run used up the token without writing the new one.
  await expectEqualSides(profile);
});

it('goes on in the same run when its access token expires early', async () => {
  const profile = await openProfile({
    tree: Array.from({ length: 40 }, (_, index) => ({ path: `/${index}.txt`, content: `${index}` })),
  });
  let seen = 0;
  profile.simulator.onRequest(({ kind }) => {
    if (kind === 'contentDownload' && ++seen === 10) profile.simulator.expireAccessTokens();
  });
  await profile.write('mine.txt', 'mine');
  await profile.sync();
  await expectEqualSides(profile);
});
