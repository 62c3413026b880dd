/** What the figures were taken on. */
import { readFileSync, statfsSync } from 'node:fs';
import { cpus, loadavg, release, totalmem } from 'node:os';

/** `folder`: where the clients work. */
export function machineFacts(folder: string): readonly string[] {
  const [first] = cpus();
  return [
    `${cpus().length} × ${first?.model ?? 'unknown processor'}, ${Math.round(totalmem() / 2 ** 30)} GiB, Linux ${release()}, ${distribution()}`,
    `files on file system type 0x${statfsSync(folder).type.toString(16)}; Node ${process.version}`,
    `load before the run: ${loadNow()}`,
  ];
}

export const loadNow = (): string =>
  loadavg()
    .map((load) => load.toFixed(1))
    .join(' ');

function distribution(): string {
  const text = readFileSync('/etc/os-release', 'utf8');
  return /^PRETTY_NAME="?([^"\n]*)"?$/m.exec(text)?.[1] ?? 'unknown distribution';
}
