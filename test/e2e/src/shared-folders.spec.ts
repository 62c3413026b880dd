/** Folders that others share, reached through shortcuts on the own drive. */
import { existsSync } from 'node:fs';
import { cp, mkdir, rename, rm, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import type { DriveOperations } from '@tidemark/graph-simulator';
import { describe, expect, it } from 'vitest';
import { startDaemon } from './daemon.ts';
import { openProfile, type TestProfile } from './profile.ts';

interface World {
  readonly profile: TestProfile;
  readonly sam: DriveOperations;
}

async function open(options: Parameters<typeof openProfile>[0] = {}): Promise<World> {
  const profile = await openProfile({
    flavour: 'personal',
    tree: [{ path: '/own.txt', content: 'own' }],
    ...options,
  });
  const sam = profile.simulator.sharedDrive();
  sam.create('/Work/Team/plan.txt', 'plan');
  sam.create('/Work/Team/notes/a.txt', 'a');
  sam.create('/Work/private.txt', 'private');
  sam.share('/Work/Team', 'write');
  profile.drive.addPointer('/From Sam', sam, '/Work/Team');
  return { profile, sam };
}

describe('a shared folder of a personal account', () => {
  it('is synced both ways at the place of its shortcut', async () => {
    const { profile, sam } = await open();
    const first = await profile.sync('--verbose');
    for (const line of [
      'Starting a sync with Microsoft OneDrive',
      'Sync with Microsoft OneDrive is complete',
    ])
      expect(first.stdout.split(`${line}\n`)).toHaveLength(2);
    expect(first.stdout).toMatch(/notes\/a\.txt \.\.\. done\n[^]*Sync with Microsoft OneDrive is complete\n/);
    expect(first.stdout).toContain('Syncing this OneDrive Personal Shared Folder: ./From Sam');
    expect(first.stdout).toContain(
      `Generating a /delta response from the OneDrive API for this Drive ID: ${sam.driveId} and Item ID: `,
    );
    expect(await profile.read('From Sam/plan.txt')).toBe('plan');
    expect(await profile.read('From Sam/notes/a.txt')).toBe('a');
    await profile.write('From Sam/mine.txt', 'mine');
    await profile.write('From Sam/notes/a.txt', 'a, changed');
    await rm(profile.at('From Sam/plan.txt'));
    const plan = await profile.tidemark(['plan']);
    expect(plan.stdout).toMatch(/both sides agree\nIn the shared folder "From Sam":\n/);
    expect(plan.stdout).toContain('drive  delete "From Sam/plan.txt" from the drive\n');
    const hash = /tidemark apply (\w+)/.exec(plan.stdout)?.[1] ?? '';
    const applied = await profile.tidemark(['apply', hash]);
    expect(applied.exitCode, applied.text).toBe(0);
    expect(sam.read('/Work/Team/mine.txt').toString()).toBe('mine');
    expect(sam.read('/Work/Team/notes/a.txt').toString()).toBe('a, changed');
    expect(sam.stat('/Work/Team/plan.txt')).toBeUndefined();
    expect(Object.keys(profile.remote()).sort()).toEqual(['/From Sam', '/own.txt']);
    const { stdout } = await profile.onedrive(['--display-sync-status']);
    expect(stdout).toMatch(/of the shared folder From Sam\n[^]*\nIN SYNC\n$/);
    const quiet = await profile.sync();
    expect(quiet.stdout).not.toContain('From Sam/');
    expect((await profile.tidemark(['status'])).stdout).toContain(
      'Shared:   "From Sam": 3 of 3 items in sync\n',
    );
    const why = await profile.tidemark(['explain', 'From Sam/plan.txt']);
    expect(why.stdout).toContain('In the shared folder "From Sam", which has a log of its own:\n');
    expect(why.stdout).toContain('"plan.txt"');
    expect(why.stdout).toContain('To get it back: ask the owner, in whose recycle bin it is');
    const shortcut = await profile.tidemark(['explain', 'From Sam']);
    expect(shortcut.stdout).toContain('"From Sam": It is a shared folder, which is synced from now on');
  });

  it('has its conflicts settled and its changes undone in its own log, as far as its owner lets the user', async () => {
    const { profile, sam } = await open();
    await profile.sync();
    await profile.write('From Sam/plan.txt', 'my plan\n');
    sam.modify('/Work/Team/plan.txt', 'the plan of Sam\n', '2040-01-01T00:00:00Z');
    sam.modify('/Work/Team/notes/a.txt', 'a, changed', '2040-01-01T00:00:00Z');
    await profile.sync();
    const listed = await profile.tidemark(['conflicts']);
    expect(listed.stdout).toMatch(
      /^"From Sam\/plan\.txt", in the shared folder "From Sam"\n {2}has the name {3}saved on the drive .*, by Sam Simulated\n {2}beside it .*"From Sam\/plan-.*-safeBackup-0001\.txt"$/m,
    );

    // It is for reading now: nothing is changed that could not be carried to its owner.
    sam.share('/Work/Team', 'read');
    const refused = await profile.tidemark(['conflicts', 'keep', 'local', '--all']);
    expect(refused.exitCode, refused.text).toBe(7);
    expect(refused.stderr).toContain(
      '"From Sam/plan.txt": its owner lets you only read in this shared folder',
    );
    const impossible = await profile.tidemark(['undo', 'From Sam/notes/a.txt', '--yes']);
    expect(impossible.exitCode, impossible.text).toBe(7);
    expect(impossible.stdout).toContain('"notes/a.txt": its owner lets you only read in this shared folder');
    expect(await profile.read('From Sam/notes/a.txt')).toBe('a, changed');

    sam.share('/Work/Team', 'write');
    const kept = await profile.tidemark(['conflicts', 'keep', 'local', 'From Sam/plan.txt']);
    expect(kept.exitCode, kept.text).toBe(0);
    expect(sam.read('/Work/Team/plan.txt').toString()).toBe('my plan\n');
    const why = await profile.tidemark(['explain', 'From Sam/notes/a.txt']);
    expect(why.stdout).toContain('To get it back: tidemark undo "From Sam/notes/a.txt"');
    const undone = await profile.tidemark(['undo', 'From Sam/notes/a.txt', '--yes']);
    expect(undone.exitCode, undone.text).toBe(0);
    expect(undone.stdout).toContain('In the shared folder "From Sam":\nTo undo');
    expect(sam.read('/Work/Team/notes/a.txt').toString()).toBe('a');
    expect(sam.dump().map(({ path }) => path)).toEqual([
      '/Work',
      '/Work/Team',
      '/Work/Team/plan.txt',
      '/Work/Team/notes',
      '/Work/Team/notes/a.txt',
      '/Work/private.txt',
    ]);

    sam.unshare('/Work/Team');
    const away = await profile.tidemark(['undo', 'From Sam', '--yes']);
    expect(away.exitCode, away.text).toBe(1);
    expect(away.stderr).toContain('ERROR: The shared folder "From Sam" cannot be reached');
  });

  it('takes over a folder that is there already, without a transfer', async () => {
    const { profile, sam } = await open();
    const modifiedAt = new Date('2024-05-06T07:08:09Z');
    sam.setModifiedAt('/Work/Team/plan.txt', modifiedAt.toISOString());
    await profile.write('From Sam/plan.txt', 'plan');
    await utimes(profile.at('From Sam/plan.txt'), modifiedAt, modifiedAt);
    await profile.write('From Sam/mine.txt', 'mine');
    // A dry run before the first run makes no place, and says what would come from there and go there.
    const dry = await profile.sync('--dry-run');
    expect(dry.stdout).toContain(
      'DRY-RUN: Would take over the folder of this name as the shared folder: From Sam\n',
    );
    expect(dry.stdout).toContain('Downloading file: From Sam/notes/a.txt ... done\n');
    expect(dry.stdout).toContain('Uploading new file: From Sam/mine.txt ... done\n');
    expect(dry.stdout).not.toContain('file: From Sam/plan.txt');
    expect(existsSync(join(profile.configFolder, 'tidemark/shared'))).toBe(false);
    await profile.sync();
    expect(sam.stat('/Work/Team/plan.txt')?.commits).toBe(1);
    expect(sam.read('/Work/Team/mine.txt').toString()).toBe('mine');
    expect(await profile.read('From Sam/notes/a.txt')).toBe('a');
    expect(Object.keys(profile.remote()).sort()).toEqual(['/From Sam', '/own.txt']);
  });

  it.each(['accessDenied', 'itemNotFound'] as const)(
    'that its owner takes back (%s) is said, and nothing is deleted; shared again it goes on',
    async (hiddenAnswer) => {
      const { profile, sam } = await open({ settings: { hiddenAnswer } });
      await profile.sync();
      sam.unshare('/Work/Team');
      await profile.write('From Sam/plan.txt', 'my plan');
      await rm(profile.at('From Sam/notes/a.txt'));
      const { stderr, exitCode } = await profile.onedrive(['--sync']);
      expect(exitCode).toBe(0);
      expect(stderr).toContain(
        'WARNING: The shared folder "From Sam" cannot be reached: its owner may have ended the sharing. Nothing in it was deleted',
      );
      expect(await profile.read('From Sam/plan.txt')).toBe('my plan');
      expect(sam.read('/Work/Team/notes/a.txt').toString()).toBe('a');
      const { stdout } = await profile.tidemark(['status']);
      expect(stdout).toContain(
        'Shared:   "From Sam": cannot be reached, its owner may have ended the sharing',
      );
      sam.share('/Work/Team', 'write');
      await profile.sync();
      const shortcut = await profile.tidemark(['explain', 'From Sam']);
      expect(shortcut.stdout).toMatch(
        /could not be reached, as when its owner ends the sharing[^]*can be reached again/,
      );
      expect(sam.read('/Work/Team/plan.txt').toString()).toBe('my plan');
      expect(sam.stat('/Work/Team/notes/a.txt')).toBeUndefined();
    },
  );

  it('that is removed on disk loses its shortcut, and its owner loses nothing', async () => {
    const { profile, sam } = await open();
    await profile.sync();
    await rm(profile.at('From Sam'), { recursive: true });
    const { stdout } = await profile.sync();
    expect(stdout).toContain('its shortcut is removed online, and nothing of its owner is deleted');
    expect(Object.keys(profile.remote())).toEqual(['/own.txt']);
    expect(sam.read('/Work/Team/plan.txt').toString()).toBe('plan');
    expect(sam.read('/Work/Team/notes/a.txt').toString()).toBe('a');
    await profile.sync();
    expect(existsSync(profile.at('From Sam'))).toBe(false);
  });

  it('that a resync does not find comes back, as everything does', async () => {
    const { profile } = await open();
    await profile.sync();
    await rm(profile.at('From Sam'), { recursive: true });
    await profile.sync('--resync', '--resync-auth');
    expect(await profile.read('From Sam/plan.txt')).toBe('plan');
    expect(profile.drive.stat('/From Sam')?.kind).toBe('pointer');
  });

  it('whose shortcut is removed online stays on disk as it is, and is not taken for files of the user', async () => {
    const { profile, sam } = await open();
    await profile.sync();
    profile.drive.remove('/From Sam');
    for (let run = 0; run < 2; run += 1) {
      const { stderr } = await profile.sync();
      expect(stderr).toContain('WARNING: The shared folder "From Sam" is not shared with you any more');
    }
    expect(await profile.read('From Sam/plan.txt')).toBe('plan');
    expect(Object.keys(profile.remote())).toEqual(['/own.txt']);
    await rename(profile.at('From Sam/plan.txt'), profile.at('plan.txt'));
    // Added again, what is missing on disk was not deleted by anybody.
    profile.drive.addPointer('/From Sam', sam, '/Work/Team');
    // A shortcut to a single file is left alone, and told once.
    sam.share('/Work/private.txt', 'write');
    profile.drive.addPointer('/file.txt', sam, '/Work/private.txt');
    const { stdout } = await profile.sync();
    expect(stdout).toContain(
      '"file.txt" leads to a single file that another person shares: it is left alone',
    );
    expect(existsSync(profile.at('file.txt'))).toBe(false);
    expect(sam.read('/Work/Team/plan.txt').toString()).toBe('plan');
    expect(profile.remote()).toHaveProperty(['/plan.txt']);
  });

  it('that is put back from a backup is compared by content, and keeps its shortcut', async () => {
    const { profile, sam } = await open();
    await profile.sync();
    await cp(profile.at('From Sam'), profile.at('../backup'), { recursive: true, preserveTimestamps: true });
    await rm(profile.at('From Sam'), { recursive: true });
    await cp(profile.at('../backup'), profile.at('From Sam'), { recursive: true, preserveTimestamps: true });
    await rm(profile.at('From Sam/plan.txt'));
    await profile.sync();
    expect(await profile.read('From Sam/plan.txt')).toBe('plan');
    expect(profile.drive.stat('/From Sam')?.kind).toBe('pointer');
    expect(sam.stat('/Work/Team/notes/a.txt')?.commits).toBe(1);
  });

  it('moves with its shortcut, and its shortcut with it', async () => {
    const { profile, sam } = await open();
    profile.drive.create('/Docs');
    await profile.sync();
    profile.drive.move('/From Sam', '/Docs/Sam');
    await profile.sync();
    expect(await profile.read('Docs/Sam/plan.txt')).toBe('plan');
    expect(existsSync(profile.at('From Sam'))).toBe(false);
    await rename(profile.at('Docs/Sam'), profile.at('Team'));
    await profile.write('Team/mine.txt', 'mine');
    await profile.sync();
    expect(profile.drive.stat('/Team')?.kind).toBe('pointer');
    expect(Object.keys(profile.remote()).sort()).toEqual(['/Docs', '/Team', '/own.txt']);
    expect(sam.read('/Work/Team/mine.txt').toString()).toBe('mine');
    // With the folder around it.
    await mkdir(profile.at('Around'));
    await rename(profile.at('Team'), profile.at('Around/Team'));
    await profile.sync();
    await rename(profile.at('Around'), profile.at('Other'));
    await profile.sync();
    expect(profile.drive.stat('/Other/Team')?.kind).toBe('pointer');
    expect(await profile.read('Other/Team/plan.txt')).toBe('plan');
    expect(sam.dump().map(({ path }) => path)).toContain('/Work/Team/plan.txt');
  });

  it('that is for reading keeps what a user changes in it, and says so', async () => {
    const { profile, sam } = await open();
    await profile.sync();
    sam.share('/Work/Team', 'read');
    await profile.write('From Sam/plan.txt', 'my plan');
    await profile.write('From Sam/mine.txt', 'mine');
    await rm(profile.at('From Sam/notes/a.txt'));
    sam.create('/Work/Team/news.txt', 'news');
    const { exitCode, text } = await profile.onedrive(['--sync']);
    expect(exitCode).toBe(1);
    expect(text).toContain('mine.txt');
    expect(text).toContain('Access denied');
    expect(await profile.read('From Sam/plan.txt')).toBe('my plan');
    expect(await profile.read('From Sam/mine.txt')).toBe('mine');
    expect(await profile.read('From Sam/news.txt')).toBe('news');
    expect(sam.read('/Work/Team/plan.txt').toString()).toBe('plan');
    expect(sam.read('/Work/Team/notes/a.txt').toString()).toBe('a');
  });
});

describe('three accounts: files that are moved between the drives of two owners and the own one', () => {
  it('are on the one drive before they go from the other, and stay where that one does not take them', async () => {
    const { profile, sam } = await open();
    const robin = profile.simulator.sharedDrive('robin');
    robin.create('/Photos/sea.jpg', 'sea');
    robin.share('/Photos', 'read');
    profile.drive.addPointer('/From Robin', robin, '/Photos');
    profile.drive.create('/into.txt', 'into the folder of Sam');
    profile.drive.create('/Album/kept.txt', 'into that of Robin');
    await profile.sync();
    const [into, plan] = [profile.drive.stat('/into.txt'), sam.stat('/Work/Team/plan.txt')].map((item) =>
      encodeURIComponent(item?.id ?? 'none'),
    ) as [string, string];
    await rename(profile.at('into.txt'), profile.at('From Sam/into.txt'));
    await rename(profile.at('From Sam/plan.txt'), profile.at('plan.txt'));
    await rename(profile.at('Album'), profile.at('From Robin/Album'));
    const { exitCode, text, requests } = await profile.onedrive(['--sync']);
    expect(exitCode, text).toBe(1);
    expect(sam.read('/Work/Team/into.txt').toString()).toBe('into the folder of Sam');
    expect(profile.drive.stat('/into.txt')).toBeUndefined();
    expect(profile.drive.read('/plan.txt').toString()).toBe('plan');
    expect(sam.stat('/Work/Team/plan.txt')).toBeUndefined();
    for (const [name, id] of [
      ['into.txt', into],
      ['plan.txt', plan],
    ] as const) {
      const uploaded = requests.findIndex(({ method, path }) => method === 'PUT' && path.includes(name));
      const deleted = requests.findIndex(({ method, path }) => method === 'DELETE' && path.includes(id));
      expect(uploaded).toBeGreaterThan(0);
      expect(deleted).toBeGreaterThan(uploaded);
    }
    // Robin takes nothing.
    expect(text).toContain('it was moved to "From Robin/Album/kept.txt", and is not on the drive there');
    expect(profile.drive.read('/Album/kept.txt').toString()).toBe('into that of Robin');
    expect(await profile.read('From Robin/Album/kept.txt')).toBe('into that of Robin');
    expect(robin.dump().map(({ path }) => path)).toEqual(['/Photos', '/Photos/sea.jpg']);
    robin.share('/Photos', 'write');
    await profile.sync();
    expect(robin.read('/Photos/Album/kept.txt').toString()).toBe('into that of Robin');
    expect(profile.drive.stat('/Album')).toBeUndefined();
    // Both take back what they share.
    sam.unshare('/Work/Team');
    robin.unshare('/Photos');
    const before = await profile.local();
    const { stderr } = await profile.sync();
    for (const name of ['From Sam', 'From Robin'])
      expect(stderr).toContain(`WARNING: The shared folder "${name}" cannot be reached`);
    expect(await profile.local()).toEqual(before);
    expect(sam.stat('/Work/Team/into.txt')).toBeDefined();
    expect(robin.stat('/Photos/Album/kept.txt')).toBeDefined();
  });
});

describe('a monitor with a shared folder', () => {
  it('syncs it both ways, follows it about, and lets its shortcut go with it', async () => {
    const { profile, sam } = await open();
    const daemon = await startDaemon(profile);
    // What programs take for the end of the first pass comes when the shared folder has come down as well.
    expect(daemon.text()).toContain('Downloading file: From Sam/plan.txt ... done\n');
    expect(daemon.text().split('Starting a sync with Microsoft OneDrive\n')).toHaveLength(2);
    await profile.write('From Sam/mine.txt', 'mine');
    await daemon.says('Uploading new file: From Sam/mine.txt ... done');
    expect(sam.read('/Work/Team/mine.txt').toString()).toBe('mine');
    sam.create('/Work/Team/news.txt', 'news');
    await daemon.ask('POST', '/v1/look');
    await daemon.says('Downloading file: From Sam/news.txt ... done');
    const { body } = await daemon.ask('GET', '/v1/status');
    expect(JSON.parse(body)).toMatchObject({
      shared: [{ path: 'From Sam', kind: 'folder', standing: 'synced', items: 5 }],
    });
    // What this client put there goes again, and what its owner made stays.
    const undone = await profile.tidemark(['undo', 'From Sam/mine.txt', '--yes']);
    expect(undone.exitCode, undone.text).toBe(0);
    expect(undone.stdout).toContain('1 of 1 changes made; the monitor brings them to the other side');
    await expect.poll(() => sam.stat('/Work/Team/mine.txt')).toBeUndefined();
    const theirs = await profile.tidemark(['undo', 'From Sam/news.txt', '--yes']);
    expect(theirs.stdout).toContain('"news.txt": another person made it, and undo leaves it there');
    await rename(profile.at('From Sam'), profile.at('Team'));
    await daemon.says('Moving the shortcut of the shared folder From Sam to Team');
    await profile.write('Team/more.txt', 'more');
    await daemon.says('Uploading new file: Team/more.txt ... done');
    // File by file, as `rm -r` does.
    await rm(profile.at('Team'), { recursive: true });
    await daemon.says('its shortcut is removed online, and nothing of its owner is deleted');
    expect(sam.dump().map(({ path }) => path)).toEqual([
      '/Work',
      '/Work/Team',
      '/Work/Team/plan.txt',
      '/Work/Team/notes',
      '/Work/Team/notes/a.txt',
      '/Work/Team/news.txt',
      '/Work/Team/more.txt',
      '/Work/private.txt',
    ]);
    expect(Object.keys(profile.remote())).toEqual(['/own.txt']);
    expect((await daemon.stop()).exitCode).toBe(0);
    const log = await profile.tidemark(['log', '--json', '--type', 'SharedFolderTold']);
    const told = log.stdout.match(/"told":"\w+"/g);
    expect(told).toEqual(['"told":"added"', '"told":"shortcutMoved"', '"told":"shortcutRemoved"']);
  });
});

describe('a shared folder of a business account', () => {
  it('is synced with sync_business_shared_items only, and left out by filters of its place', async () => {
    const { profile, sam } = await open({ flavour: 'business' });
    await profile.sync();
    expect(existsSync(profile.at('From Sam'))).toBe(false);
    await profile.setConfig({ sync_business_shared_items: 'true', skip_dir: 'From Sam/notes' });
    const { stdout } = await profile.sync();
    expect(stdout).toContain('Syncing this OneDrive Business Shared Folder: From Sam');
    expect(await profile.read('From Sam/plan.txt')).toBe('plan');
    expect(existsSync(profile.at('From Sam/notes'))).toBe(false);
    await profile.setConfig({ sync_business_shared_items: 'true', skip_dir: 'From Sam' });
    await profile.write('From Sam/mine.txt', 'mine');
    await profile.sync();
    expect(await profile.read('From Sam/plan.txt')).toBe('plan');
    expect(sam.stat('/Work/Team/mine.txt')).toBeUndefined();
  });
});

describe('single files that others share with a business account', () => {
  const place = 'Files Shared With Me/Sam Simulated (sam@contoso.example)';

  it('are downloaded with --sync-shared-files, and nothing of them is ever changed online', async () => {
    const { profile, sam } = await open({
      flavour: 'business',
      config: { sync_business_shared_items: 'true' },
    });
    sam.create('/Work/budget.txt', 'budget');
    sam.create('/Work/notes.txt', 'notes');
    sam.create('/Work/unwanted.txt', 'unwanted');
    for (const name of ['budget', 'notes', 'unwanted']) sam.share(`/Work/${name}.txt`, 'write');
    // As the peer left it, from a run before.
    await profile.write('Files Shared With Me/old.txt', 'of the peer');
    const dry = await profile.sync('--dry-run', '--sync-shared-files');
    expect(dry.stdout).toContain(`Downloading file: ${place}/budget.txt ... done`);
    expect(dry.stdout).not.toContain('Uploading');
    const first = await profile.sync('--verbose', '--sync-shared-files');
    expect(first.stdout).toContain(
      'Checking for any applicable OneDrive Business Shared Files which need to be synced locally',
    );
    expect(first.stdout).toContain(
      'Using Microsoft Graph Search API to enumerate OneDrive Business Shared Files',
    );
    expect(first.stdout).toContain(`Downloading file: ${place}/budget.txt ... done`);
    expect(await profile.read(`${place}/notes.txt`)).toBe('notes');
    expect(await profile.read('From Sam/plan.txt')).toBe('plan');

    await profile.write(`${place}/budget.txt`, 'my budget');
    await rm(profile.at(`${place}/unwanted.txt`));
    await profile.write(`${place}/mine.txt`, 'mine');
    await rename(profile.at('own.txt'), profile.at(`${place}/own.txt`));
    sam.modify('/Work/budget.txt', 'the budget of today');
    const { text } = await profile.onedrive(['--sync', '--sync-shared-files']);
    expect(text).toContain(`it was moved to "${place}/own.txt", and is not on the drive there`);
    expect(Object.keys(profile.remote()).sort()).toEqual(['/From Sam', '/own.txt']);
    expect(sam.read('/Work/budget.txt').toString()).toBe('the budget of today');
    expect(sam.read('/Work/unwanted.txt').toString()).toBe('unwanted');
    expect(existsSync(profile.at(`${place}/unwanted.txt`))).toBe(false);
    expect(await profile.read(`${place}/budget.txt`)).toBe('the budget of today');
    expect(await profile.whereIs('my budget')).toEqual([expect.stringContaining(`folder:/${place}/budget-`)]);

    await rename(profile.at(`${place}/own.txt`), profile.at('own.txt'));
    sam.unshare('/Work/notes.txt');
    const last = await profile.sync('--sync-shared-files');
    expect(last.stderr).toContain(
      `WARNING: "${place}/notes.txt" is not shared with you any more, or its owner deleted it. Your copy stays as it is`,
    );
    expect(await profile.read(`${place}/notes.txt`)).toBe('notes');
    expect((await profile.tidemark(['status'])).stdout).toContain(
      'Shared:   "Files Shared With Me": 2 of 2 items in sync, downloaded only\n',
    );
    // Without the switch nothing in it is looked at, and nothing of it goes to the own drive.
    await profile.sync();
    expect(Object.keys(profile.remote()).sort()).toEqual(['/From Sam', '/own.txt']);
  });
});
