/** Plays a scenario and lets the system refuse calls, one after the other; then everything works again, and the work is repeated. */
import { Failure } from '@tidemark/contracts';
import { expectSafe, onDisk, prepare, recover } from './disk-play.ts';
import type { DiskScenario, Promised, Way } from './disk-scenarios.ts';
import { buildState } from './build-state.ts';
import { statesAfter } from './page-cache.ts';
import type { Played } from './played.ts';
import { record } from './recording.ts';
import { real } from './watched-calls.ts';

export interface Refusal {
  readonly name: string;
  readonly code: 'EIO' | 'ENOSPC';
  /** Whether the call is refused. @param since calls since the first one that was refused, which is 0 */
  readonly refuses: (call: string, since: number) => boolean;
}

const growing = /^(?:open|write|handle\.write|mkdir|link|symlink|rename)/;
/** By which the place for staging is tried; refused, it would be looked for elsewhere. */
const trial = 'linkat';

export const refusals: readonly Refusal[] = [
  { name: 'one call is refused', code: 'EIO', refuses: (_call, since) => since === 0 },
  { name: 'the disk is full from a call on', code: 'ENOSPC', refuses: (call) => growing.test(call) },
];

/** @throws what says at which call a promise was broken */
export async function playRefusals(
  folder: string,
  scenario: DiskScenario,
  way: Way,
  refusal: Refusal,
): Promise<Played> {
  const known = new Set<string>();
  let calls = 0;
  for (let isRefused = true; isRefused; calls++) {
    isRefused = false;
    real.rmSync(folder, { recursive: true, force: true });
    await prepare(folder, scenario, way);
    let [seen, first, isOver] = [0, Number.NaN, false];
    const fault = (call: string): void => {
      if (call === trial) return;
      const now = seen++;
      if (isOver || now < calls) return;
      if (Number.isNaN(first)) first = now;
      if (!refusal.refuses(call, now - first)) return;
      isRefused = true;
      throw Object.assign(new Error(`${refusal.code}: ${call}`), { code: refusal.code, syscall: call });
    };
    try {
      const { top, steps } = await record<Promised>({
        folder,
        fault,
        work: (note) =>
          onDisk('work', folder, scenario, way, async (disk) => {
            await scenario.run(disk, note).catch((error: unknown) => {
              if (!(error instanceof Failure)) throw error;
            });
            isOver = true;
            await scenario.run(disk, note);
          }),
      });
      await onDisk('recovery', folder, scenario, way, recover);
      expectSafe(folder, scenario, scenario.end);
      // A flush that failed once is not mended by a later one: bytes are whole all the same. Names may be the older ones.
      for (const { seen: left, digest } of statesAfter(top, steps, steps.length, 'extremes')) {
        known.add(`${calls} ${digest}`);
        buildState(folder, left);
        await onDisk('recovery', folder, scenario, way, recover);
        expectSafe(folder, scenario, {});
      }
    } catch (error) {
      throw new Error(`${scenario.name} (${way}), ${refusal.name}: call ${calls}`, { cause: error });
    }
  }
  return { steps: calls, states: known.size, statesInRecovery: 0 };
}
