/** Errors of the operating system become failures: what was tried, on which path, and what the system said. */
import { Failure, type FailureCode } from '@tidemark/contracts';
import { quoted } from './quoted.ts';

const codes: ReadonlyMap<string, FailureCode> = new Map(
  Object.entries<FailureCode>({
    ENOENT: 'localGone',
    EEXIST: 'nameTaken',
    ENOTDIR: 'changedMeanwhile',
    EISDIR: 'changedMeanwhile',
    ELOOP: 'changedMeanwhile',
    ENOTEMPTY: 'changedMeanwhile',
    EACCES: 'diskDenied',
    EPERM: 'diskDenied',
    EBUSY: 'mountBoundary',
    EXDEV: 'mountBoundary',
    EMLINK: 'diskDenied',
    EOPNOTSUPP: 'diskDenied',
    ENOTSUP: 'diskDenied',
    ENOSYS: 'diskDenied',
    EFBIG: 'diskDenied',
    EROFS: 'diskReadOnly',
    ENOSPC: 'diskFull',
    EDQUOT: 'diskFull',
    ENAMETOOLONG: 'nameTooLong',
    EINVAL: 'invalidName',
    EILSEQ: 'invalidName',
  }),
);

/** The code of a system error (`ENOENT` …), or null when it is none. */
export function errnoOf(error: unknown): string | null {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return null;
  return error.code === overQuota ? 'EDQUOT' : error.code;
}

/** What Node says of EDQUOT, which it has no name for. */
const overQuota = 'Unknown system error -122';

/**
 * @param action what was tried, as in `replace` or `look at`
 * @param path relative to the sync folder
 * @returns a failure for a system error or a failure as it is; anything else is a bug and comes back untouched.
 */
export function asFailure(action: string, path: string, error: unknown): unknown {
  if (error instanceof Failure) return error;
  const errno = errnoOf(error);
  // `ERR_…` are Node's complaints about wrong arguments: bugs, not the world.
  if (errno === null || errno.startsWith('ERR_')) return error;
  const said = errno === 'EDQUOT' ? 'the quota is used up' : saidBy(error, errno);
  return new Failure(
    { code: codes.get(errno) ?? 'diskFault', detail: `Cannot ${action} ${quoted(path)}: ${said}` },
    { cause: error },
  );
}

const saidBy = (error: unknown, errno: string): string =>
  error instanceof Error ? (error.message.split(',')[0] ?? errno) : errno;

/** A failure in our own words. */
export function failure(code: FailureCode, action: string, path: string, why: string): Failure {
  return new Failure({ code, detail: `Cannot ${action} ${quoted(path)}: ${why}` });
}
