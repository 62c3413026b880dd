/** With many items not in sync a report takes time: those who ask again and again together get a tenth of the processor. */
import type { Clock } from '@tidemark/contracts';
import type { StatusReport } from '@tidemark/control';

type MakeReport = (itemsMax: number) => StatusReport;

/** Below this a report is made for each who asks. */
const freeMs = 20;
/** So many times as long as it took to make a report it is good. */
const rest = 9;

export function createSharedReport(clock: Pick<Clock, 'monotonic'>, make: MakeReport): MakeReport {
  let shared: { readonly report: StatusReport; readonly itemsMax: number; readonly until: number } | null =
    null;
  return (itemsMax) => {
    const now = clock.monotonic();
    if (shared !== null && shared.itemsMax === itemsMax && now < shared.until) return shared.report;
    const report = make(itemsMax);
    const tookMs = clock.monotonic() - now;
    shared = tookMs > freeMs ? { report, itemsMax, until: clock.monotonic() + tookMs * rest } : null;
    return report;
  };
}
