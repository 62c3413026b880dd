/** What a daemon does when it is told to, over its control socket. */
import { heldChangesText } from '@tidemark/contracts';
import type { ControlSource, OrderAnswer, PlanReport } from '@tidemark/control';
import { statusSchemaVersion } from '@tidemark/control';
import { escaped } from '@tidemark/disk';
import { heldPlan, isPaused, planHashDigits } from '@tidemark/engine';
import type { RunHandle } from '../profile-run.ts';
import type { Pauses } from './pauses.ts';
import type { Systemd } from './systemd.ts';

export interface OrdersOptions {
  /** One that can take an order. */
  readonly run: () => RunHandle | null;
  readonly pauses: Pick<Pauses, 'begin' | 'end'>;
  readonly systemd: Pick<Systemd, 'reloading'>;
  readonly reload: () => Promise<{ readonly isAccepted: boolean; readonly lines: readonly string[] }>;
  readonly interrupt: () => void;
  /** Lets what is held in shared folders go on: the plan with that hash, or all. Resolves to the paths of the folders. */
  readonly confirmShared: (hash: string | null) => Promise<readonly string[]>;
  /** Throws Busy. */
  readonly plan: () => Promise<PlanReport>;
}

export type Orders = Pick<ControlSource, 'look' | 'reload' | 'apply' | 'pause' | 'resume' | 'stop'>;

export function createOrders(options: OrdersOptions): Orders {
  const { run, pauses, systemd, reload, interrupt, plan, confirmShared } = options;
  /** What is held goes on; whatever else is in the plan the run does by itself. */
  async function applyWhole(handle: RunHandle, hash: string): Promise<OrderAnswer> {
    const now = await plan();
    if (now.hash !== hash)
      return ordered(false, [
        `The plan is another one by now, so nothing was confirmed: ${now.hash}, not ${hash}`,
      ]);
    if (now.held !== null) {
      if (heldPlan(handle.state)?.hash !== now.held.hash)
        return ordered(false, [
          'The plan has changed a moment ago, so nothing was confirmed; look at it again',
        ]);
      await handle.confirm(now.held.hash);
    }
    await handle.pulse();
    return ordered(true, [`Confirmed: the plan ${hash} goes on`, ...(isPaused(handle.state) ? [waits] : [])]);
  }

  return {
    async look() {
      const handle = run();
      if (handle === null)
        return ordered(false, ['No run is on at the moment; the next one looks at both sides']);
      await handle.look();
      return ordered(true, ['Looking at both sides']);
    },
    async reload() {
      systemd.reloading();
      const { isAccepted, lines } = await reload();
      return ordered(isAccepted, lines);
    },
    async apply(hash) {
      const handle = run();
      if (handle === null) return ordered(false, ['No run is on at the moment; try again in a moment']);
      if (hash?.length === planHashDigits) return applyWhole(handle, hash);
      const held = heldPlan(handle.state);
      const isOwn = held !== null && (hash === null || held.hash === hash);
      const places = isOwn && hash !== null ? [] : await confirmShared(hash);
      if (isOwn) {
        await handle.confirm(held.hash);
        await handle.pulse();
      } else if (places.length === 0) {
        if (held === null) return ordered(false, ['Nothing waits for a confirmation']);
        return ordered(false, [
          `The plan that waits is not ${hash}: it has changed since, or never had this hash`,
          ...heldChangesText(held),
        ]);
      }
      return ordered(true, [
        ...(isOwn ? [`Confirmed: the plan ${held.hash} goes on`] : []),
        ...places.map((path) => `Confirmed: what waits in the shared folder "${escaped(path)}" goes on`),
        ...(isPaused(handle.state) ? [waits] : []),
      ]);
    },
    pause: async (until) => ordered(true, await pauses.begin(until)),
    resume: async () => ordered(true, await pauses.end()),
    async stop() {
      // The answer goes out first.
      setImmediate(interrupt);
      return ordered(true, ['Stopping']);
    },
  };
}

const waits = 'Syncing is paused, so it is done after the pause; to go on now: tidemark resume';

const ordered = (isAccepted: boolean, lines: readonly string[]): OrderAnswer => ({
  schema: statusSchemaVersion,
  isAccepted,
  lines: [...lines],
});
