/** Ten thousand posts of somebody who does not know the secret, over real connections. */
import { mkdtemp, rm } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { notificationOf } from '@tidemark/testkit';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createGrantingService, startWorld, type SpecWorld } from './spec-world.ts';

let folder: string;
let world: SpecWorld;
const { notifications, asked } = createGrantingService();
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tidemark-flood-'));
  world = await startWorld({ notifications, folder });
  await world.perform({ type: 'CreateSubscription' });
});
afterEach(async () => {
  await world.stop();
  await rm(folder, { recursive: true });
});

/** What is really held, sender included: garbage is collected first. */
function heldBytes(): number {
  setFlagsFromString('--expose-gc');
  runInNewContext('gc')();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

const hints = () => world.observations.filter(({ type }) => type === 'HintReceived').length;

/** Sends the bodies over sixteen connections at once and resolves to how often each status came back. */
async function flood(bodies: readonly string[]): Promise<Readonly<Record<number, number>>> {
  const agent = new Agent({ keepAlive: true, maxSockets: 16 });
  const statuses: Record<number, number> = {};
  const headers = { 'content-type': 'application/json' };
  const send = (body: string): Promise<void> =>
    new Promise((resolve) => {
      const sent = request(world.url, { method: 'POST', agent, headers }, (response) => {
        const status = response.statusCode ?? 0;
        statuses[status] = (statuses[status] ?? 0) + 1;
        response.resume().on('end', resolve);
      });
      // A connection that has carried its hundred requests ends, sometimes under the next one.
      sent.on('error', () => void send(body).then(resolve));
      sent.end(body);
    });
  let next = 0;
  const work = async (): Promise<void> => {
    for (let body = bodies[next++]; body !== undefined; body = bodies[next++]) await send(body);
  };
  await Promise.all(Array.from({ length: 16 }, work));
  agent.destroy();
  return statuses;
}

it(
  'forged ones bring no hint and cost no memory, and a true one gets through',
  { timeout: 60_000 },
  async () => {
    const { clientState = '' } = asked.at(-1) ?? {};
    const wrong = (index: number): string =>
      JSON.stringify({ value: [notificationOf('sub-1', `${index}`.padStart(64, '0'))] });
    await flood(Array.from({ length: 1_000 }, (_, index) => wrong(index)));
    const before = heldBytes();
    const statuses = await flood(Array.from({ length: 10_000 }, (_, index) => wrong(index)));
    const grownBytes = heldBytes() - before;
    expect(statuses).toEqual({ 202: 10_000 });
    expect(hints()).toBe(0);
    expect(grownBytes).toBeLessThan(4 << 20);
    await flood([JSON.stringify({ value: [notificationOf(`sub-${asked.length}`, clientState)] })]);
    await expect.poll(hints).toBe(1);
  },
);

it('true ones become few hints, since one stands for all that wait', { timeout: 60_000 }, async () => {
  const { clientState = '' } = asked.at(-1) ?? {};
  const body = JSON.stringify({ value: [notificationOf(`sub-${asked.length}`, clientState)] });
  expect(await flood(Array.from({ length: 2_000 }, () => body))).toEqual({ 202: 2_000 });
  expect(hints()).toBeGreaterThan(0);
  const told = world.notices.filter(({ type }) => type === 'signalReceived');
  await expect.poll(() => world.notices.at(-1)).toEqual({ type: 'signalReceived', count: 2_000 });
  expect(told.length).toBeLessThan(100);
});
