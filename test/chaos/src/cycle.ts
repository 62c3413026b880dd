/** One cycle: users edit and faults come and go; then the faults end, the client comes to rest, and all is checked. */
import { setTimeout as pause } from 'node:timers/promises';
import type { SeededRandom } from '@tidemark/testkit';
import { differences, treesOf, troubles } from './checks.ts';
import { createDiskUser } from './disk-user.ts';
import { createDriveUser } from './drive-user.ts';
import { faultGroups, faultNames, faults, type EndOfFault } from './faults.ts';
import type { Rig } from './rig.ts';

export type CycleReport = {
  readonly story: readonly string[];
  /** Empty when all is well. */
  readonly troubles: readonly string[];
  /** Those that began. */
  readonly faults: readonly string[];
  readonly restAfterMs: number;
};

type Tell = (line: string) => void;

const restLimitMs = 120_000;

/** @param always begins of names of faults: one of them is in the cycle, besides those that are drawn */
export async function playCycle(
  rig: Rig,
  random: SeededRandom,
  always: readonly string[],
  onLine: Tell,
): Promise<CycleReport> {
  const story: string[] = [];
  const startedAt = performance.now();
  const secondsSince = (): string => ((performance.now() - startedAt) / 1000).toFixed(2);
  const tell: Tell = (line) => {
    const told = `${secondsSince()} ${line}`;
    story.push(told);
    onLine(told);
  };
  const drawn = drawFaults(random, always, rig.isOneDisk);
  const begun = await playFaults(rig, random, drawn, tell);
  tell('all faults are over');
  rig.client.start();
  const restedAt = performance.now();
  const isAtRest = await comesToRest(rig);
  const restAfterMs = performance.now() - restedAt;
  tell(isAtRest ? 'at rest' : 'does not come to rest');
  const found = [
    ...(isAtRest ? [] : [`no rest: ${JSON.stringify(await rig.client.status())}`]),
    ...troubles(rig),
    ...rig.client.unasked(),
  ];
  return { story, troubles: found, faults: begun, restAfterMs };
}

function drawFaults(random: SeededRandom, always: readonly string[], isOneDisk: boolean): string[] {
  const named = faultNames(isOneDisk).filter((name) => always.some((begin) => name.startsWith(begin)));
  const groups = random.shuffled(faultGroups(isOneDisk)).slice(0, 1 + random.below(4));
  const drawn = groups.map((group) => random.pick(Object.keys(group)));
  if (named.length === 0 || drawn.some((name) => named.includes(name))) return drawn;
  return random.shuffled([...drawn, random.pick(named)]);
}

async function playFaults(
  rig: Rig,
  random: SeededRandom,
  drawn: readonly string[],
  tell: Tell,
): Promise<string[]> {
  rig.ledger.beginCycle();
  const users = [
    createDiskUser(rig.sync.folder, random.fork('disk'), rig.ledger),
    createDriveUser(rig.drive, random.fork('drive'), rig.ledger),
  ];
  const waiting = [...drawn];
  const begun: string[] = [];
  const active: { readonly name: string; readonly end: EndOfFault }[] = [];
  const endOldest = async (): Promise<void> => {
    const fault = active.shift();
    if (fault === undefined) return;
    tell(`fault ends: ${fault.name}`);
    await fault.end();
  };
  const steps = 10 + random.below(20);
  for (let step = 0; step < steps; step += 1) {
    if (random.happens(0.25)) {
      const name = waiting.shift();
      const begin = name === undefined ? undefined : faults[name];
      if (name !== undefined && begin !== undefined) {
        tell(`fault begins: ${name}`);
        begun.push(name);
        active.push({ name, end: await begin(rig) });
      }
    }
    if (random.happens(0.1)) await endOldest();
    const user = random.pick(users);
    // Nobody works in a bare mount point.
    if (rig.sync.isThere()) tell(user());
    if (random.happens(0.5)) await pause(random.below(250));
  }
  while (active.length > 0) await endOldest();
  return begun;
}

/** Both trees are the same and the client says so, three times in a row. */
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
