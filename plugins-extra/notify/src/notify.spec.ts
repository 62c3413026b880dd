import { createWorld, runPlugin, type RunningPlugin, type World } from '@tidemark/plugin-testkit';
import { Failure } from '@tidemark/plugin-sdk';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import plugin from './notify.ts';

const url = 'https://hooks.example.com/services/s3cret';
const files = { disk: { 'a.txt': 'me', 'b.txt': 'me' }, drive: { 'a.txt': 'they' } };
const bodies = ({ requests }: World): (string | undefined)[] => requests.map(({ body }) => body);

const fail = (run: RunningPlugin, path = 'b.txt'): Promise<void> =>
  run.happen('UploadFile', path, { failure: { code: 'accessDenied', detail: `Cannot upload "${path}"` } });

async function conflict(run: RunningPlugin, name = 'a-mine.txt'): Promise<void> {
  const row = await run.world.disk.disk.stat('a.txt');
  assert.ok(row);
  const kept = { ...row, name };
  await run.happen('DownloadFile', 'a.txt', { rule: 'conflict-remote-keeps-name', facts: { kept } });
}

test('it tells of conflicts, of what is held, and of failures that do not mend themselves', async () => {
  const world = createWorld(files);
  await using run = await runPlugin(plugin, world, { url });
  await conflict(run);
  const held = { deletionsOnDrive: 40, deletionsOnDisk: 2, replacementsOnDrive: 0 };
  await run.showNotice({ type: 'confirmationWanted', hash: '3f9c', ...held });
  await fail(run);
  await run.happen('UploadFile', 'b.txt', { failure: { code: 'offline', detail: 'mends itself' } });
  assert.deepEqual(bodies(world), [
    '{"text":"Both sides changed a.txt. The one of the drive has the name, the other is a-mine.txt."}',
    '{"text":"42 deletions and 0 replacements wait for you: tidemark apply 3f9c"}',
    '{"text":"Cannot upload \\"b.txt\\". Check your permissions on the item online."}',
  ]);
  const [first] = world.requests;
  assert.equal(first?.url, url);
  assert.equal(first.method, 'POST');
  assert.deepEqual(first.headers, { 'content-type': 'application/json' });
});

test('templates fit it to other hooks: plain text for ntfy, an id for Matrix, an entry for mail', async () => {
  const world = createWorld(files);
  await using run = await runPlugin(plugin, world, {
    url: 'https://matrix.example.org/send/{id}',
    method: 'PUT',
    headers: { authorization: 'Bearer s3cret' },
    contentType: 'text/plain',
    body: '[{kind}] {text}\n',
    texts: { conflict: '', problem: '{path}: {code} {unknown}' },
  });
  await conflict(run);
  await fail(run);
  assert.deepEqual(bodies(world), ['[problem] b.txt: accessDenied {unknown}\n']);
  const [{ url: sentTo, method, headers } = { url: '' }] = world.requests;
  assert.match(sentTo, /^https:\/\/matrix\.example\.org\/send\/[0-9a-f-]{36}$/);
  assert.equal(method, 'PUT');
  assert.equal(headers?.['authorization'], 'Bearer s3cret');
});

test('a name from the drive turns no text around, ends none, is no template and no mention', async () => {
  const world = createWorld(files);
  const texts = { conflict: '{other}' };
  const name = '\u202Etxt.\n"},{code}<!channel>';
  for (const markup of [false, true]) {
    await using run = await runPlugin(plugin, world, { url, texts, markup, repeatHours: 0 });
    await conflict(run, name);
  }
  assert.deepEqual(bodies(world), [
    '{"text":"?txt.?\\"},{code}<!channel>"}',
    '{"text":"?txt.?\\"},{code}&lt;!channel&gt;"}',
  ]);
});

test('the same is not told again for a day, over the end of the run, and no more than so many in an hour', async () => {
  const world = createWorld({ ...files, disk: { ...files.disk, 'c.txt': 'me', 'd.txt': 'me' } });
  const settings = { url, atMostPerHour: 2, texts: { problem: '{path}' } };
  for (const _run of [1, 2]) {
    await using run = await runPlugin(plugin, world, settings);
    await fail(run, 'a.txt');
  }
  await using run = await runPlugin(plugin, world, settings);
  for (const path of ['b.txt', 'c.txt', 'd.txt']) await fail(run, path);
  assert.deepEqual(bodies(world), ['{"text":"a.txt"}', '{"text":"b.txt"}']);
  await world.clock.advance(3_600_000);
  await fail(run, 'c.txt');
  assert.equal(bodies(world).at(-1), '{"text":"c.txt (and 2 more: tidemark log)"}');
  await world.clock.advance(24 * 3_600_000);
  await fail(run, 'a.txt');
  assert.equal(bodies(world).at(-1), '{"text":"a.txt"}');
});

test('a hook that is away is tried three times, one that refuses once; the address stays secret', async () => {
  let answer = (): { status: number } => ({ status: 503 });
  const world = createWorld({ ...files, answer: () => answer() });
  await using run = await runPlugin(plugin, world, { url });
  await fail(run);
  await world.clock.advance(60_000);
  assert.equal(world.requests.length, 3);
  answer = () => ({ status: 404 });
  await fail(run);
  assert.equal(world.requests.length, 4);
  answer = () => {
    throw new Failure({ code: 'accessDenied', detail: 'Cannot send a request: this is a dry run' });
  };
  await fail(run);
  assert.equal(world.requests.length, 5);
  assert.deepEqual(run.notices, [
    { type: 'said', level: 'warning', text: 'Cannot notify: "hooks.example.com" answered 503' },
  ]);
  // What was not told is told when it comes again.
  answer = () => ({ status: 204 });
  await fail(run);
  assert.equal(world.requests.length, 6);
  assert.deepEqual(run.faults, []);
  assert.ok(!run.heard().includes('s3cret'));
});

test('settings without an address do not start', async () => {
  await assert.rejects(runPlugin(plugin, createWorld()), /its settings are not valid: "url"/);
});
