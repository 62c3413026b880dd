/** The event log as programs follow it: over the control socket, and over NATS. */
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { type IncomingMessage, request } from 'node:http';
import { join } from 'node:path';
import { connectNatsBus } from '@tidemark/bus';
import { expect, it, onTestFinished } from 'vitest';
import { socketOf, startDaemon, tree } from './daemon.ts';
import { startNatsServer, withoutKeys } from './nats-server.ts';
import { openProfile, type TestProfile } from './profile.ts';

/** Everything that the stream has sent so far, as the lines behind `data: `. */
async function follow(profile: TestProfile, path: string) {
  const asking = request({ socketPath: await socketOf(profile), path, agent: false }).end();
  const [response] = (await once(asking, 'response')) as [IncomingMessage];
  onTestFinished(() => void response.destroy());
  let text = '';
  response.setEncoding('utf8').on('data', (piece: string) => (text += piece));
  const ended = once(response, 'end');
  return {
    ended,
    lines: () => [...text.matchAll(/^data: (.*)$/gm)].map(([, line]) => line ?? ''),
    ids: () => [...text.matchAll(/^id: (\d+)$/gm)].map(([, id]) => Number(id)),
  };
}

const logLines = async (profile: TestProfile): Promise<string[]> => {
  const { stdout } = await profile.tidemark(['log', '--json']);
  return stdout.trim().split('\n');
};

it('over the control socket come the lines of the log, from before and as they are written, across a reload', async () => {
  const profile = await openProfile({ tree });
  const daemon = await startDaemon(profile);
  const all = await follow(profile, '/v1/events?after=0');
  await profile.write('folder/mine.txt', 'mine');
  await daemon.says('Uploading new file: folder/mine.txt ... done');
  await writeFile(join(profile.configFolder, 'config'), '\nskip_dotfiles = "true"\n', { flag: 'a' });
  daemon.signal('SIGHUP');
  await daemon.says('The settings were read again and are in use now');
  await daemon.atRest();
  await daemon.stop();
  await all.ended;
  const lines = all.lines();
  expect(JSON.parse(lines.pop() ?? '')).toMatchObject({ schema: 1, why: 'stopping' });
  const written = await logLines(profile);
  // What is written at the very end may come after the last words.
  expect(lines.length).toBeGreaterThan(20);
  expect(lines).toEqual(written.slice(0, lines.length));
  expect(all.ids()).toEqual(lines.map((_, index) => index + 1));
  expect(lines.filter((line) => line.includes('"type":"Started"'))).toHaveLength(2);
  expect(lines.join('\n')).toContain('folder/mine.txt');
});

it('over NATS come the same events, in the same shape', async () => {
  const server = await startNatsServer();
  onTestFinished(server.close);
  const bus = await connectNatsBus({
    ...{ servers: [server.address], name: 'watcher', access: {} },
    ...{ onError: () => undefined, onStatus: () => undefined },
  });
  onTestFinished(() => bus.close());
  const seen: Record<string, unknown>[] = [];
  await bus.subscribe('sync.*.event', (events) => {
    seen.push(...(events as Record<string, unknown>[]));
  });
  const profile = await openProfile({ tree, tidemarkConfig: { ...withoutKeys, bus: server.address } });
  const daemon = await startDaemon(profile);
  await profile.write('folder/mine.txt', 'mine');
  await daemon.says('Uploading new file: folder/mine.txt ... done');
  await daemon.atRest();
  await daemon.stop();
  const written = await logLines(profile);
  await expect.poll(() => seen.at(-1)?.['event']).toMatchObject({ type: 'Stopped' });
  for (const line of written) expect(seen).toContainEqual(JSON.parse(line));
  // The simulated service marks its links so.
  const text = JSON.stringify(seen);
  expect(text).toContain('"cursor":"(hidden)"');
  for (const secret of [profile.simulator.graphUrl, profile.simulator.refreshToken, 'token='])
    expect(text).not.toContain(secret);
});
