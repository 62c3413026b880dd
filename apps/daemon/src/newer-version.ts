/** Whether a newer version of Tidemark has used a profile: the log names the version of each run. No server is asked. */
import type { EventOf } from '@tidemark/contracts';
import isGreater from 'semver/functions/gt.js';
import isValid from 'semver/functions/valid.js';

/**
 * The version of the last run when it is newer than `version`; null otherwise, and where one of both is no version. A log that only a
 * newer version can read does not come this far: `logTooNew`.
 */
export function newerVersionOf(
  last: Pick<EventOf<'Started'>, 'version'> | null,
  version: string,
): string | null {
  if (last === null || isValid(last.version) === null || isValid(version) === null) return null;
  return isGreater(last.version, version) ? last.version : null;
}
