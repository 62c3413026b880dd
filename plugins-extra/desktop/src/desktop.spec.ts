import { createWorld, readRecordedLog, runPlugin, type RunningPlugin } from '@tidemark/plugin-testkit';
import { Failure, failureGuide } from '@tidemark/plugin-sdk';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import plugin from './desktop.ts';

const files = { disk: { 'a.txt': 'a', 'b.txt': 'b' }, drive: { 'a.txt': 'A' } };
const textsOf = ({ world: { shown } }: RunningPlugin): string[] => shown.map(({ text }) => text);
const denied = { code: 'accessDenied', detail: 'Cannot upload "a.txt": refused' } as const;

test('it shows conflicts, what is held, and failures that do not mend themselves', async () => {
  await using run = await runPlugin(plugin, createWorld(files));
  const kept = { ...(await run.world.disk.disk.stat('a.txt')), name: 'a-mine.txt' };
  await run.happen('DownloadFile', 'a.txt', {
    ...{ rule: 'conflict-remote-keeps-name', facts: { kept: kept as never } },
  });
  const held = { deletionsOnDrive: 40, deletionsOnDisk: 2, replacementsOnDrive: 0 };
  await run.showNotice({ type: 'confirmationWanted', hash: '3f9c', ...held });
  await run.happen('UploadFile', 'a.txt', { failure: denied });
  await run.happen('ReadRemote', '', { failure: { code: 'loginRequired', detail: 'The login has expired' } });
  await run.happen('UploadFile', 'a.txt');
  assert.deepEqual(
    run.world.shown,
    [
      { text: 'Both sides changed a.txt: tidemark conflicts', isUrgent: false },
      { text: '42 deletions and replacements wait for you: tidemark apply 3f9c', isUrgent: true },
      { text: `Cannot upload "a.txt": refused. ${failureGuide.accessDenied.remedy}`, isUrgent: false },
      { text: '1 changes failed: tidemark status', isUrgent: false },
      { text: `The login has expired. ${failureGuide.loginRequired.remedy}`, isUrgent: true },
    ].map((one) => ({ title: 'OneDrive Client for Linux', ...one })),
  );
});

test('it shows what was done where that is wanted, a few of them and then how many more', async () => {
  const world = createWorld({ disk: { a: '', b: '', c: '', d: '', e: '' }, drive: { f: '' } });
  await using run = await runPlugin(plugin, world, { fileActions: true, title: 'Sync' });
  await run.happen('DownloadFile', 'f');
  assert.deepEqual(world.shown, [{ title: 'Sync', text: 'Downloaded: f', isUrgent: false }]);
  const commands = ['a', 'b', 'c', 'd', 'e'].map((path, index) => ({
    type: 'UploadFile',
    id: `9/${index}`,
    path,
    reason: { rule: '' },
  }));
  const events = [
    { type: 'Planned', commands },
    ...commands.map(({ id: command }) => ({ type: 'CommandSucceeded', command })),
  ];
  const lines = events.map((event, at) =>
    JSON.stringify({ schema: 1, seq: 9 + at, at, source: 'a', items: [], event }),
  );
  await run.show(readRecordedLog(lines.join('\n')));
  assert.deepEqual(textsOf(run).slice(1), [
    'Uploaded: a',
    'Uploaded: b',
    'Uploaded: c',
    '2 more changes were made',
  ]);
});

test('what was done is shown as the config of the daemon says, unless the settings of the plugin say otherwise', async () => {
  const world = createWorld({ drive: { f: '' }, wantsFileActions: true });
  await using asWanted = await runPlugin(plugin, world);
  await asWanted.happen('DownloadFile', 'f');
  assert.deepEqual(textsOf(asWanted), ['Downloaded: f']);
  await using silent = await runPlugin(plugin, world, { fileActions: false });
  await silent.happen('DownloadFile', 'f');
  assert.deepEqual(textsOf(silent), ['Downloaded: f']);
});

test('it shows what cannot be synced, and leaves out what is left alone or failed', async () => {
  await using run = await runPlugin(plugin, createWorld());
  await run.showVerdicts([
    { path: 'CON', standing: 'problem', detail: 'the drive takes no such name' },
    { path: 'film.mov', standing: 'ignored', detail: 'not wanted' },
    { path: 'x', standing: 'problem', detail: 'refused', code: 'accessDenied' },
  ]);
  assert.deepEqual(textsOf(run), ['CON: the drive takes no such name']);
});

test('the same is shown once in an hour', async () => {
  await using run = await runPlugin(plugin, createWorld(files));
  for (const _attempt of [1, 2]) await run.happen('UploadFile', 'a.txt', { failure: denied });
  assert.equal(run.world.shown.length, 2);
  await run.world.clock.advance(3_600_000);
  await run.happen('UploadFile', 'a.txt', { failure: denied });
  assert.equal(run.world.shown.length, 4);
});

test('a desktop that is not there is told of once', async () => {
  const world = createWorld(files);
  const detail = 'Cannot show a notification on the desktop: there is no session bus';
  const showOnDesktop = (): Promise<never> => Promise.reject(new Failure({ code: 'notSupported', detail }));
  await using run = await runPlugin(plugin, { ...world, showOnDesktop });
  for (const _attempt of [1, 2]) await run.happen('UploadFile', 'a.txt', { failure: denied });
  assert.deepEqual(run.notices, [{ type: 'said', level: 'warning', text: detail }]);
  assert.deepEqual(run.faults, []);
});
