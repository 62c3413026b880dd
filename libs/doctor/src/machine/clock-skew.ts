/** Whether this machine and the service agree on what time it is. */
import { judgementOf, type Finding } from '../finding.ts';

const { ok, warning, failed, couldNotTry } = judgementOf('clock');
/** Certificates and tokens are refused from about five minutes on; times of files are off from a few seconds on. */
const warnFromMs = 10_000;
const failFromMs = 300_000;

/** `serviceAt`: from the `Date` header, in whole seconds. Null: the service was not reached, `why` says so. */
export function judgeClock(here: number, serviceAt: number | null, why = ''): Finding {
  if (serviceAt === null) return couldNotTry(`The service did not tell its time: ${why}`);
  const offMs = here - serviceAt;
  const size = Math.abs(offMs);
  const remedy = 'Have the clock set by the network: sudo timedatectl set-ntp true';
  const detail = `This clock is ${Math.round(size / 1000)} s ${offMs < 0 ? 'behind' : 'ahead of'} the service's`;
  if (size >= failFromMs) return failed(detail, remedy);
  if (size >= warnFromMs) return warning(detail, remedy);
  return ok('Agrees with the clock of the service within seconds');
}
