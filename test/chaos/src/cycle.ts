/** One cycle: users edit and faults come and go; then the faults end, the client comes to rest, and all is checked. */
import { setTimeout as pause } from 'node:timers/promises';
import type { SeededRandom } from '@tidemark/testkit';
import { differences, treesOf, troubles } from './checks.ts';
import { createDiskUser } from './disk-user.ts';
import { createDriveUser } from './drive-user.ts';
import { faultNames, faults, type FaultName } from './faults.ts';
import type { Rig } from './rig.ts';

export type CycleReport = {
  readonly story: readonly string[];
  /** Empty when all is well. */
  readonly troubles: readonly string[];
  readonly faults: readonly FaultName[];
  readonly restAfterMs: number;
};

const restLimitMs = 180_000;

export async function playCycle(rig: Rig, random: SeededRandom): Promise<CycleReport> {
  const story: string[] = [];
  const startedAt = performance.now();
  const tell = (line: string): void =>
    void story.push(`${((performance.now() - startedAt) / 1000).toFixed(2)} ${line}`);
  const users = [
    createDiskUser(rig.sync.folder, random.fork('disk'), rig.ledger),
    createDriveUser(rig.drive, random.fork('drive'), rig.ledger),
  ];
  const drawn = random.shuffled(faultNames).slice(0, 1 + random.below(3));
  const waiting = [...drawn];
  const active: FaultName[] = [];
  const steps = 10 + random.below(20);
  for (let step = 0; step < steps; step += 1) {
    if (waiting.length > 0 && random.happens(0.25)) {
      const name = waiting.shift() as FaultName;
      tell(`fault begins: ${name}`);
      await faults[name].begin(rig);
      active.push(name);
    }
    if (active.length > 0 && random.happens(0.15)) {
      const name = active.shift() as FaultName;
      tell(`fault ends: ${name}`);
      await faults[name].end(rig);
    }
    const user = random.pick(users);
    if (rig.sync.isThere()) tell(user());
    if (random.happens(0.5)) await pause(random.below(250));
  }
  for (const name of active) {
    tell(`fault ends: ${name}`);
    await faults[name].end(rig);
  }
  rig.client.start();
  const restedAt = performance.now();
  const isAtRest = await comesToRest(rig);
  tell(isAtRest ? 'at rest' : 'does not come to rest');
  const found = [
    ...(isAtRest ? [] : [`no rest: ${JSON.stringify(await rig.client.status())}`]),
    ...troubles(rig),
    ...rig.client.unasked(),
  ];
  return { story, troubles: found, faults: drawn, restAfterMs: performance.now() - restedAt };
}

/** Both trees are the same and the client says so, twice in a row. */
async function comesToRest(rig: Rig): Promise<boolean> {
  const limit = performance.now() + restLimitMs;
  let calm = 0;
  for (let turn = 0; performance.now() < limit; turn += 1) {
    if (!rig.client.isUp()) return false;
    const status = await rig.client.status();
    const isCalm = status?.state === 'idle' && status.inSync && differences(treesOf(rig)).length === 0;
    calm = isCalm ? calm + 1 : 0;
    if (calm >= 3) return true;
    // Hints may have been lost with the connection; no interval is short enough to wait for.
    if (!isCalm && turn % 8 === 4) await rig.client.look();
    await pause(200);
  }
  return false;
}
