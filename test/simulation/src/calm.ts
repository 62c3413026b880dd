/** The whole client in a world without chance: what users do, then a run from its start to its end. For single stories. */
import type { SimulatedFileSystem } from '@tidemark/testkit';
import { changes } from './checks.ts';
import { startClient, type ClientEnd } from './client.ts';
import { settled } from './schedule.ts';
import { createWorld, type World } from './world.ts';

export function createCalmWorld(fileSystem: SimulatedFileSystem = {}): World {
  const world = createWorld(
    1,
    {
      driveKind: 'business',
      pace: 'once',
      rates: {},
      fileSystem,
      localFirst: false,
      deletesForGood: false,
      rewritesDocuments: false,
      commandsInFlightMax: 20,
      snapshots: 'never',
      habits: { ancestors: 'included', order: 'asChanged', tombstones: 'all' },
    },
    undefined,
  );
  world.heal();
  world.endsLeft = 0;
  return world;
}

let runs = 0;

/**
 * One `--sync`. Returns how it ended and how many calls changed something on either side.
 *
 * @param whenItWaits called once, when nothing goes on before time passes
 */
export async function syncOnce(
  world: World,
  whenItWaits: () => void = () => undefined,
): Promise<ClientEnd & { readonly changes: number; readonly moments: number }> {
  const before = changes(world);
  const client = startClient(world, `run${++runs}`);
  let end: ClientEnd | null = null;
  let fault: unknown = null;
  let hasWaited = false;
  client.ended.then(
    (value) => (end = value),
    (error: unknown) => (fault = error),
  );
  for (let moments = 0; moments < momentsMax; moments++) {
    await settled();
    if (fault !== null) throw fault;
    if (end !== null) return { ...(end as ClientEnd), changes: changes(world) - before, moments };
    if (world.schedule.waiting > 0) world.schedule.next();
    else {
      if (!hasWaited) whenItWaits();
      hasWaited = true;
      await world.clock.advance(world.clock.sleeping[0] ?? 0);
    }
  }
  throw new Error('the client does not come to rest');
}

const momentsMax = 20_000;
