/** Client CPU and speed of large transfers against the simulator in a process of its own. Run: `node libs/graph/src/content.bench.ts [MiB]` */
import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import * as graph from './index.ts';

type Started = {
  readonly graphUrl: string;
  readonly loginUrl: string;
  readonly caFile: string;
  readonly refreshToken: string;
};
const sizeBytes = Number(process.argv[2] ?? 256) * 1024 * 1024;
const folder = await mkdtemp(join(tmpdir(), 'tidemark-bench-'));
const main = new URL('../../../tools/graph-simulator/src/main.ts', import.meta.url).pathname;
const simulator = spawn(process.execPath, [main, '--flavour', 'business'], {
  stdio: ['ignore', 'pipe', 'inherit'],
});
const line = await new Promise<string>((resolve) => createInterface(simulator.stdout).once('line', resolve));
const service: Started = JSON.parse(line);
await writeFile(join(folder, 'refresh_token'), service.refreshToken, { mode: 0o600 });
const clock = graph.createSystemClock();
const random = graph.createSystemRandom();
const network = graph.createNetwork({ caFile: service.caFile });
const endpoints = graph.resolveEndpoints({
  graphEndpoint: service.graphUrl,
  loginEndpoint: service.loginUrl,
});
const budget = graph.createBudget({ clock });
const tokenStore = graph.createTokenFile({ path: join(folder, 'refresh_token') });
const shared = { endpoints, network, budget, clock, random };
const tokens = graph.createLogin({
  ...shared,
  tokenStore,
  applicationId: null,
  tenant: null,
  access: 'readWrite',
});
const drive = graph.createGraphDrive({ ...shared, tokens });
const { rootId } = await drive.info();

async function measure<Result>(name: string, act: () => Promise<Result>): Promise<Result> {
  const cpu = process.cpuUsage();
  const startedAt = performance.now();
  const result = await act();
  const used = process.cpuUsage(cpu);
  const seconds = (performance.now() - startedAt) / 1000;
  const cpuSeconds = (used.user + used.system) / 1e6;
  process.stdout.write(
    `${name.padEnd(10)} ${(sizeBytes / seconds / 1e6).toFixed(0)} MB/s, ${((cpuSeconds / sizeBytes) * 2 ** 30).toFixed(2)} s CPU per GiB, ${(process.memoryUsage().rss / 1e6).toFixed(0)} MB\n`,
  );
  return result;
}

const chunk = new Uint8Array(1024 * 1024).fill(7);
const source = {
  sizeBytes,
  open: async function* (offset: number) {
    for (let at = offset; at < sizeBytes; at += chunk.length)
      yield chunk.subarray(0, Math.min(chunk.length, sizeBytes - at));
  },
};
for (let round = 0; round < 3; round += 1) {
  const name = `big ${round}`;
  const { row } = await measure('upload', () =>
    drive.upload({ as: 'new', parentId: rootId, name }, source, 1_700_000_000),
  );
  let received = 0;
  const sink = {
    offset: 0,
    write: (bytes: Uint8Array) => void (received += bytes.length),
    restart: async () => {},
  };
  await measure('download', () => drive.download(row.id, sink));
  if (received !== sizeBytes) throw new Error(`${received} of ${sizeBytes} bytes`);
}
await network.close();
simulator.kill();
await rm(folder, { recursive: true });
