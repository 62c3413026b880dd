/** Options on how content travels and how the service is reached, through the built command. */
import type { LoggedRequest } from '@tidemark/graph-simulator';
import { expect, it } from 'vitest';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { asLines, openProfile, type SyncEnded } from '../profile.ts';

const mebibyte = 2 ** 20;
const fragments = ({ counters }: SyncEnded): number => counters.byKind.fragment;

it.each([
  [{}, [], 3],
  [{ file_fragment_size: '20' }, [], 2],
  [{}, ['--file-fragment-size', '30'], 1],
])('file_fragment_size and --file-fragment-size (%j %j) make %d fragments', async (config, args, count) => {
  const profile = await openProfile({ config });
  await profile.write('large.bin', Buffer.alloc(30 * mebibyte - 1, 7));
  expect(fragments(await profile.sync(...args))).toBe(count);
});

it('threads and --threads say how many requests run at once when a run begins', async () => {
  const mostAtOnce = async (config: Readonly<Record<string, string>>, ...args: string[]): Promise<number> => {
    const names = Array.from({ length: 12 }, (_, index) => ({ path: `/${index}.txt`, content: `${index}` }));
    const profile = await openProfile({ tree: names, config });
    const { simulator } = profile;
    simulator.addFault({ kind: 'contentDownload', effect: { type: 'latency', delayMs: 1_000 } });
    const begun: LoggedRequest[] = [];
    let most = 0;
    simulator.onRequest((request) => {
      if (request.kind !== 'contentDownload') return;
      begun.push(request);
      most = Math.max(most, begun.filter(({ status }) => status === 0).length);
    });
    await profile.sync(...args);
    return most;
  };
  const few = await mostAtOnce({ threads: '1' });
  const many = await mostAtOnce({ threads: '16' });
  const again = await mostAtOnce({ threads: '16' }, '--threads', '1');
  expect(Math.max(few, again)).toBeLessThan(many);
});

it.each([
  ['false', 0],
  ['true', 1],
])('force_session_upload = %j: of a small file there are %d sessions', async (value, sessions) => {
  const profile = await openProfile({ flavour: 'personal', config: { force_session_upload: value } });
  await profile.write('small.txt', 'small');
  const { counters } = await profile.sync();
  expect(counters.byKind.sessionCreate).toBe(sessions);
});

it('display_transfer_metrics prints size, time and speed of each transfer', async () => {
  const profile = await openProfile({
    tree: [{ path: '/down.bin', content: { sizeBytes: 100_000, seed: 1 } }],
    config: { display_transfer_metrics: 'true' },
  });
  await profile.write('up.bin', Buffer.alloc(200_000));
  await profile.write('empty.txt', '');
  const { stdout } = await profile.sync();
  const metrics =
    /^Transfer Metrics - File: (.+?) \| Size: (\d+) Bytes \| Transfer: \d+\.\d\d Seconds \| End-to-End: \d+\.\d\d Seconds \| Speed: \d+\.\d\d Mbps \(approx\)$/gm;
  const found = [...stdout.matchAll(metrics)].map(([, file, size]) => `${file} ${size}`);
  expect(found.toSorted()).toEqual([
    expect.stringContaining('down.bin 100000'),
    expect.stringContaining('up.bin 200000'),
  ]);
  expect(stdout).toContain('Transfer Metrics - N/A (Zero Byte File)');
});

it('user_agent is the one of every request', async () => {
  const profile = await openProfile({ config: { user_agent: 'Another program/1.0' } });
  const { requests } = await profile.sync();
  expect(requests.length).toBeGreaterThan(2);
  expect(new Set(requests.map(({ userAgent }) => userAgent))).toEqual(new Set(['Another program/1.0']));
});

it.each([
  ['0', 0],
  ['1', 0],
  ['2', 1],
])(
  'ip_protocol_version = %j: a service with IPv4 alone ends a sync with %d',
  async (value, code) => {
    const profile = await openProfile({
      config: { ip_protocol_version: value, connect_timeout: '2', data_timeout: '2' },
    });
    const { graphUrl, loginUrl, caFile } = profile.simulator;
    const byName = (url: string): string => url.replace('127.0.0.1', 'localhost');
    const lines = { graph_endpoint: byName(graphUrl), login_endpoint: byName(loginUrl), ca_file: caFile };
    await writeFile(join(profile.configFolder, 'tidemark.conf'), asLines(lines));
    const { exitCode, text } = await profile.onedrive(['--sync']);
    expect(exitCode, text).toBe(code);
  },
  120_000,
);

it.each([
  ['60', 1, 1],
  ['0', 3, 100],
])(
  'dns_timeout = %j: for many connections the addresses of the service are asked for %d to %d times',
  async (value, least, most) => {
    const tree = Array.from({ length: 12 }, (_, index) => ({ path: `/${index}.txt`, content: `${index}` }));
    const profile = await openProfile({ tree, config: { dns_timeout: value, debug_https: 'true' } });
    profile.simulator.addFault({ kind: 'contentDownload', effect: { type: 'latency', delayMs: 500 } });
    const { graphUrl, loginUrl, caFile } = profile.simulator;
    const byName = (url: string): string => url.replace('127.0.0.1', 'localhost');
    const lines = { graph_endpoint: byName(graphUrl), login_endpoint: byName(loginUrl), ca_file: caFile };
    await writeFile(join(profile.configFolder, 'tidemark.conf'), asLines(lines));
    const { stderr } = await profile.sync();
    const asked = stderr.match(/^DEBUG: HTTPS addresses of localhost are asked for$/gm)?.length ?? 0;
    expect(asked).toBeGreaterThanOrEqual(least);
    expect(asked).toBeLessThanOrEqual(most);
  },
);

it('space_reservation and --space-reservation leave so much of the disk free', async () => {
  const profile = await openProfile({
    tree: [{ path: '/a.bin', content: { sizeBytes: 1000, seed: 1 } }],
    config: { space_reservation: '1000000000' },
  });
  const refused = await profile.onedrive(['--sync']);
  expect(refused.exitCode).toBe(1);
  expect(refused.text).toContain('Insufficient local disk space to download file');
  await profile.sync('--space-reservation', '1');
  expect(await profile.local()).toHaveProperty(['/a.bin']);
});

it.each([
  [{ debug_https: 'true' }, []],
  [{}, ['--debug-https']],
])(
  'debug_https and --debug-https print requests and answers, and no secret (%j %j)',
  async (config, args) => {
    const profile = await openProfile({ tree: [{ path: '/a.txt', content: 'a' }], config });
    await profile.write('large.bin', Buffer.alloc(5_000_000, 1));
    const { stderr, text, requests } = await profile.sync(...args);
    expect(stderr.match(/^DEBUG: HTTPS request \d+: > [A-Z]+ https:/gm)).toHaveLength(requests.length);
    expect(stderr).toMatch(/: > GET https:\S+\/root\?\$select=id,parentReference$/m);
    expect(stderr).toMatch(/: < 200 after \d+ ms$/m);
    expect(stderr).toMatch(/: > authorization: …$/im);
    expect(text).not.toMatch(/Bearer|tempauth=[^…]|[?&](?:token|code)=[^…]|eyJ/);
    const token = await profile.onedrive(['--print-access-token', '--force']);
    expect(text).not.toContain(token.stdout.trim().split('\n').at(-1));
    const off = await profile.sync('--resync', '--resync-auth', '--debug-https=false');
    expect(off.stderr.includes('DEBUG: HTTPS')).toBe(false);
  },
);
