/** The examples of the wire protocol, in languages that have nothing of ours: run against a real server, as their readers would. */
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it, onTestFinished } from 'vitest';
import { listenTo, type Talking } from './listen-to.ts';
import { startNatsServer, withoutKeys } from './nats-server.ts';
import { expectEqualSides, openProfile, type ProfileOptions, type TestProfile } from './profile.ts';
import { collect } from './run-binary.ts';

const example = (name: string): string =>
  fileURLToPath(new URL(`../../../libs/plugin-sdk/docs/examples/${name}`, import.meta.url));

const hasGo = await promisify(execFile)('go', ['version']).then(
  () => true,
  () => false,
);

interface World {
  readonly profile: TestProfile;
  /** What the examples take: the server, and the drive as subjects call it. */
  readonly words: readonly [string, string];
}

async function openWorld(plugin: string, options: ProfileOptions = {}): Promise<World> {
  const server = await startNatsServer();
  onTestFinished(server.close);
  const profile = await openProfile({
    ...options,
    // Nothing else would look within five minutes.
    config: { disable_websocket_support: 'true' },
    tidemarkConfig: { ...withoutKeys, bus: server.address, remote_plugins: plugin },
  });
  const key = profile.drive.driveId.toLowerCase().replace(/[^a-z0-9]+/g, '-');
  return { profile, words: [server.address.replace('nats://', ''), key] };
}

function listening(child: ChildProcess, what: string): Talking {
  onTestFinished(() => void child.kill('SIGKILL'));
  return listenTo({ child, ended: collect(child, what, 100_000) });
}

const run = (program: string, words: readonly string[]): Talking =>
  listening(spawn(program, words, { stdio: ['ignore', 'pipe', 'pipe'] }), program);

it('Python, on the file server, tells of changes that the kernel does not tell the daemon of', async () => {
  const { profile, words } = await openWorld('share-hint');
  await mkdir(profile.at('a/b'), { recursive: true });
  // Only the sync folder itself is watched, as if the rest were on a share.
  const daemon = listenTo(profile.start('onedrive', ['--monitor', '--verbose'], { watchesMax: 1 }));
  onTestFinished(() => void daemon.child.kill('SIGKILL'));
  const plugin = run('python3', [example('share_hint.py'), ...words, profile.syncFolder]);
  await daemon.said(/Plugin share-hint 1\.0\.0 works in another process/);
  await daemon.said(/Sync with Microsoft OneDrive is complete/);
  await profile.write('a/b/new.txt', 'new');
  await daemon.said(/Uploading new file: a\/b\/new\.txt \.\.\. done/);
  await expectEqualSides(profile);
  plugin.child.kill('SIGTERM');
  await plugin.ended;
  await daemon.said(/Plugin share-hint works in another process and is not there/);
  daemon.child.kill('SIGTERM');
  await daemon.ended;
  const { stdout } = await profile.tidemark(['log', '--json', '--plugin', 'share-hint']);
  const events = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line).event);
  const folders = expect.arrayContaining(['a/b']);
  expect(events).toContainEqual(expect.objectContaining({ type: 'HintReceived', side: 'local', folders }));
});

// Skipped where there is no Go: no other test needs it, and it takes 200 MB.
it.runIf(hasGo)('Go reports conflicts, and whose version has the name', async () => {
  const { profile, words } = await openWorld('conflict-report', {
    tree: [{ path: '/both.txt', content: 'at first' }],
  });
  const program = join(profile.folder, 'conflict_report');
  await promisify(execFile)('go', ['build', '-o', program, example('conflict_report.go')], {
    env: { ...process.env, GOCACHE: join(profile.folder, 'go-cache'), GOFLAGS: '-mod=mod', GOPROXY: 'off' },
  });
  await profile.sync();
  await profile.write('both.txt', 'changed here');
  profile.drive.modify('/both.txt', 'changed there');
  const plugin = run(program, words);
  const daemon = listenTo(profile.start('onedrive', ['--monitor', '--verbose']));
  onTestFinished(() => void daemon.child.kill('SIGKILL'));
  await plugin.said(/^"both\.txt": conflict-remote-keeps-name$/m);
  await daemon.said(/Sync with Microsoft OneDrive is complete/);
  await expectEqualSides(profile);
  plugin.child.kill('SIGTERM');
  await daemon.said(/Plugin conflict-report works in another process and is not there/);
  daemon.child.kill('SIGTERM');
  await daemon.ended;
});
