/** A file system that sets no permissions and no times and makes no links, as FAT and SMB: the system refuses those calls. */
import { spawn } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { openProfile, type TestProfile } from './profile.ts';
import { mutations, transfers } from './requests.ts';
import { binaryPath, collect, type Ended } from './run-binary.ts';

const refuseCalls = fileURLToPath(new URL('./refuse-calls.py', import.meta.url));

async function syncRefused({ configFolder, folder }: TestProfile): Promise<Ended> {
  const command = [binaryPath('onedrive'), '--sync', '--confdir', configFolder];
  const env = { PATH: '/usr/bin:/bin', LANG: 'C.UTF-8', HOME: folder };
  const child = spawn('python3', [refuseCalls, ...command], { cwd: '/', env });
  child.stdin.end();
  const ended = await collect(child, 'onedrive without permissions, times and links', 120_000);
  expect(ended.exitCode, ended.text).toBe(0);
  return ended;
}

const notices = ({ text }: Ended): number => text.split('refuses to set').length - 1;

it('files arrive and conflicts keep both versions, with one notice a run, and then all is silent (C12)', async () => {
  const tree = ['a', 'b', 'c'].map((name) => ({ path: `/Folder/${name}.txt`, content: name }));
  const profile = await openProfile({ tree });
  const first = await syncRefused(profile);
  expect(notices(first), first.text).toBe(1);
  for (const { path, content } of tree) expect(await profile.read(path.slice(1))).toBe(content);

  profile.drive.modify('/Folder/a.txt', 'from the drive');
  await writeFile(profile.at('Folder/a.txt'), 'from the disk');
  const second = await syncRefused(profile);
  expect(notices(second), second.text).toBe(1);
  for (const content of ['from the drive', 'from the disk'])
    expect(await profile.whereIs(content)).toHaveLength(2);

  const last = await syncRefused(profile);
  expect(notices(last), last.text).toBe(0);
  const { counters, text } = await profile.sync();
  expect(mutations(counters) + transfers(counters), text).toBe(0);
});
