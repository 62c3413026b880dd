import { mkdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { startDaemon } from './daemon.ts';
import { mount } from './mount.ts';
import { expectEqualSides, openProfile } from './profile.ts';

const tree = Array.from({ length: 60 }, (_, index) => ({
  path: `/Work/file ${index}.txt`,
  content: `content ${index}`,
}));
const name = `${userInfo().username}.onedrive.log`;
const line = /^\[\d{4}-[A-Z][a-z]{2}-\d\d \d\d:\d\d:\d\d\.\d{7}\] /;

describe('the log file', () => {
  it('has what was printed, each line with its time, and survives logrotate', async ({ onTestFinished }) => {
    const profile = await openProfile({ tree }, onTestFinished);
    const folder = join(profile.folder, 'log/onedrive');
    const path = join(folder, name);
    const daemon = await startDaemon(profile, ['--enable-logging', '--log-dir', folder]);
    await daemon.atRest();
    await rename(path, `${path}.1`);
    await profile.write('later.txt', 'later');
    await daemon.says(/Uploading new file: later\.txt/);
    await daemon.atRest();
    const { stdout, stderr } = await daemon.stop();

    const [old, current] = [await readFile(`${path}.1`, 'utf8'), await readFile(path, 'utf8')];
    const lines = `${old}${current}`.trimEnd().split('\n');
    expect(lines.filter((text) => !line.test(text))).toEqual([]);
    const logged = lines.map((text) => text.replace(line, '')).toSorted();
    expect(logged).toEqual(`${stdout}${stderr}`.trimEnd().split('\n').toSorted());
    expect(current).toContain('later.txt');
    expect(old).not.toContain('later.txt');
    expect(old + current).not.toContain(profile.simulator.refreshToken);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
  });

  it('below /proc, where no folder can be made, holds nothing up', async ({ onTestFinished }) => {
    const profile = await openProfile({ tree }, onTestFinished);
    const { stderr } = await profile.sync('--enable-logging', '--log-dir', '/proc/none/log');
    expect(stderr).toContain('ERROR: Cannot write the log file /proc/none/log/');
  });

  it('is in the home directory when its own cannot be made', async ({ onTestFinished }) => {
    const profile = await openProfile({ tree }, onTestFinished);
    const inTheWay = join(profile.folder, 'file');
    await writeFile(inTheWay, '');
    const { stderr } = await profile.sync('--enable-logging', '--log-dir', join(inTheWay, 'log'));
    expect(stderr).toContain(
      'ERROR: The requested client activity log will instead be located in your users home directory',
    );
    expect(await readFile(join(profile.folder, 'onedrive.log'), 'utf8')).toContain('file 59.txt');
  });

  it('on a full disk is told once and stops nothing', async ({ onTestFinished }) => {
    const profile = await openProfile({ tree }, onTestFinished);
    const folder = join(profile.folder, 'log');
    await mkdir(folder);
    mount(folder, ['-t', 'tmpfs', '-o', 'size=4k', 'tmpfs'], onTestFinished);
    const { stderr } = await profile.sync('--verbose', '--enable-logging', '--log-dir', folder);
    expect(stderr.match(/^WARNING: Cannot write the log file .*: no space is left$/gm)).toHaveLength(1);
    await expectEqualSides(profile);
    expect((await stat(join(folder, name))).size).toBe(4096);
  });
});
