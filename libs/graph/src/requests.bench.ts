/** Client CPU per request against the simulator in a process of its own. Run: `node libs/graph/src/requests.bench.ts` */
import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import {
  createBudget,
  createGraphDrive,
  createLogin,
  createNetwork,
  createSystemClock,
  createSystemRandom,
  createTokenFile,
  resolveEndpoints,
} from './index.ts';
import type { DriveItemId } from '@tidemark/contracts';

type Started = {
  readonly graphUrl: string;
  readonly loginUrl: string;
  readonly caFile: string;
  readonly refreshToken: string;
};
const count = Number(process.argv[2] ?? 2_000);
const flavour = process.argv[3] ?? 'personal';

const folder = await mkdtemp(join(tmpdir(), 'tidemark-bench-'));
const simulator = spawn(
  process.execPath,
  [new URL('../../../tools/graph-simulator/src/main.ts', import.meta.url).pathname, '--flavour', flavour],
  { stdio: ['ignore', 'pipe', 'inherit'] },
);
const [line] = await new Promise<string[]>((resolve) =>
  createInterface(simulator.stdout).once('line', (text) => resolve([text])),
);
const service: Started = JSON.parse(line ?? '{}');
await writeFile(join(folder, 'refresh_token'), service.refreshToken, { mode: 0o600 });
const clock = createSystemClock();
const random = createSystemRandom();
const network = createNetwork({ caFile: service.caFile });
const endpoints = resolveEndpoints({ graphEndpoint: service.graphUrl, loginEndpoint: service.loginUrl });
const budget = createBudget({ clock });
const tokenStore = createTokenFile({ path: join(folder, 'refresh_token') });
const tokens = createLogin({
  endpoints,
  applicationId: null,
  tenant: null,
  access: 'readWrite',
  tokenStore,
  network,
  clock,
  random,
});
const shared = { endpoints, network, tokens, budget, clock, random };
const drive = createGraphDrive(shared);
const sessionDrive = createGraphDrive({ ...shared, smallFiles: 'session' });
const { rootId } = await drive.info();

/** Runs `act` for every number below `count`, `width` at a time. */
async function measure(
  name: string,
  requestsEach: number,
  act: (index: number) => Promise<unknown>,
  width = 16,
): Promise<void> {
  for (let index = 0; index < 200; index += 1) await act(-1 - index);
  const cpu = process.cpuUsage();
  const startedAt = performance.now();
  let next = 0;
  await Promise.all(
    Array.from({ length: width }, async () => {
      while (next < count) await act(next++);
    }),
  );
  const used = process.cpuUsage(cpu);
  const seconds = (performance.now() - startedAt) / 1000;
  const cpuMicros = (used.user + used.system) / count;
  process.stdout.write(
    `${name.padEnd(34)} ${(count / seconds).toFixed(0).padStart(6)}/s  ${cpuMicros.toFixed(0).padStart(5)} µs CPU each, ${(cpuMicros / requestsEach).toFixed(0)} a request, ${budget.concurrency} at once\n`,
  );
}

const bytes = new Uint8Array(4096).fill(65);
const source = {
  sizeBytes: bytes.length,
  open: async function* (offset: number) {
    yield bytes.subarray(offset);
  },
};
const ids: DriveItemId[] = [];
await measure('upload 4 KiB, PUT + PATCH', 2, async (index) => {
  const { row } = await drive.upload(
    { as: 'new', parentId: rootId, name: `p${index}` },
    source,
    1_700_000_000,
  );
  if (index >= 0) ids.push(row.id);
});
await measure('upload 4 KiB, session + fragment', 2, (index) =>
  sessionDrive.upload({ as: 'new', parentId: rootId, name: `s${index}` }, source, 1_700_000_000),
);
await measure('read an item', 1, (index) => drive.item(ids[Math.abs(index)] ?? rootId));
await measure('download 4 KiB by /content', 2, (index) =>
  drive.download(ids[Math.abs(index)] ?? rootId, { offset: 0, write: () => {}, restart: async () => {} }),
);
const before = process.cpuUsage();
let rows = 0;
for (let link: string | null = null; ;) {
  const page: Awaited<ReturnType<typeof drive.delta>> = await drive.delta(link);
  rows += page.rows.length;
  if (page.nextLink === null) break;
  link = page.nextLink;
}
const listed = process.cpuUsage(before);
process.stdout.write(
  `delta: ${rows} rows, ${((listed.user + listed.system) / rows).toFixed(1)} µs CPU a row\n`,
);
await measure('download 4 KiB by listed address', 1, (index) =>
  drive.download(ids[index < 0 ? 0 : index] ?? rootId, {
    offset: 0,
    write: () => {},
    restart: async () => {},
  }),
);
await network.close();
simulator.kill();
await rm(folder, { recursive: true });
