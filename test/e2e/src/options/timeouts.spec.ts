/** How long the service is waited for, through the built command. Each begins with one answer that never comes, or not in time. */
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import type { FaultEffect } from '@tidemark/graph-simulator';
import { expect, it, onTestFinished } from 'vitest';
import { asLines, openProfile } from '../profile.ts';

const tree = [{ path: '/a.txt', content: 'a'.repeat(100) }];

async function downloadsWith(config: Readonly<Record<string, string>>, effect: FaultEffect): Promise<number> {
  const profile = await openProfile({ tree, config });
  profile.simulator.addFault({ kind: 'contentDownload', times: 1, effect });
  const { counters } = await profile.sync();
  expect(await profile.read('a.txt')).toBe('a'.repeat(100));
  return counters.byKind.contentDownload;
}

// The time that is allowed is part of the test: without the option it would take a minute.
it('data_timeout: a transfer without any data is given up, and begun again', async () => {
  expect(await downloadsWith({ data_timeout: '2' }, { type: 'hang' })).toBe(2);
}, 45_000);

it.each([
  ['0', 1],
  ['2', 2],
])('operation_timeout = %j: data that trickles takes %d requests', async (value, requests) => {
  const trickle = { type: 'slowBody', bytesPerSecond: 20 } as const;
  expect(await downloadsWith({ operation_timeout: value }, trickle)).toBe(requests);
});

it('connect_timeout: a service that takes connections and does not speak is named, with the time', async () => {
  const silent = createServer().listen(0, '127.0.0.1');
  onTestFinished(() => void silent.close());
  await once(silent, 'listening');
  const { port } = silent.address() as AddressInfo;
  const profile = await openProfile({ config: { connect_timeout: '1' } });
  const { loginUrl, caFile } = profile.simulator;
  const lines = {
    graph_endpoint: `https://127.0.0.1:${port}/v1.0`,
    login_endpoint: loginUrl,
    ca_file: caFile,
  };
  await writeFile(join(profile.configFolder, 'tidemark.conf'), asLines(lines));
  const { exitCode, stderr } = await profile.onedrive(['--sync']);
  expect(exitCode).toBe(1);
  expect(stderr).toContain(`Connect Timeout Error (attempted address: 127.0.0.1:${port}, timeout: 1000ms)`);
  expect(stderr).toContain('see connect_timeout');
});
