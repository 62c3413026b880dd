/** Faults of one plugin as they are shown: one that does everything wrong must not fill the log of the daemon. Each is counted elsewhere. */
import type { Clock } from '@tidemark/contracts';
import type { PluginFault } from './fault.ts';

const shownMax = 20;
const windowMs = 10_000;

export function createFaultLimit(
  plugin: string,
  {
    clock,
    onFault,
  }: { readonly clock: Pick<Clock, 'monotonic'>; readonly onFault: (fault: PluginFault) => void },
): (details: PluginFault['details']) => void {
  let windowStart = -Infinity;
  let shown = 0;
  return (details) => {
    const now = clock.monotonic();
    if (now - windowStart >= windowMs) {
      windowStart = now;
      shown = 0;
    }
    shown += 1;
    if (shown <= shownMax) onFault({ plugin, details });
    else if (shown === shownMax + 1) {
      const detail = `Plugin "${plugin}" fails all the time: what else it does wrong within ${windowMs / 1_000} s is only counted`;
      onFault({ plugin, details: { code: 'pluginFault', detail } });
    }
  };
}
