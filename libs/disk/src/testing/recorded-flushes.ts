/**
 * What is flushed, in order, each by the path that it has at that moment. To be imported before the library: it stands between it
 * and `node:fs`.
 */
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

type Callback = (error: NodeJS.ErrnoException | null) => void;

const flushed: string[] = [];
let refusal: NodeJS.ErrnoException | null = null;

for (const name of ['fsync', 'fdatasync'] as const) {
  const original = fs[name];
  Reflect.set(fs, name, (fd: number, done: Callback) => {
    const path = fs.readlinkSync(`/proc/self/fd/${fd}`);
    if (refusal !== null && name === 'fdatasync') {
      const error = refusal;
      refusal = null;
      return done(error);
    }
    original(fd, (error) => {
      if (error === null) flushed.push(path);
      done(error);
    });
  });
}
const flushAtOnce = fs.fsyncSync;
fs.fsyncSync = (fd) => {
  flushAtOnce(fd);
  flushed.push(fs.readlinkSync(`/proc/self/fd/${fd}`));
};
syncBuiltinESMExports();

/** What was flushed since the last call. */
export const takeFlushed = (): readonly string[] => flushed.splice(0);

/** The next flush of a file fails, as it does for a disk that lost what was written: once. */
export function refuseNextFlush(): void {
  refusal = Object.assign(new Error('EIO: i/o error, fdatasync'), { code: 'EIO' });
}
