/** Programs that the tests drive and npm cannot install. */
import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Command → Debian package. */
export const requirements = {
  'nats-server': 'nats-server',
  rclone: 'rclone',
  onedrive: 'onedrive',
  ip: 'iproute2',
  nft: 'nftables',
  openssl: 'openssl',
  curl: 'curl',
  git: 'git',
  nginx: 'nginx',
  'systemd-notify': 'systemd',
  python3: 'python3-minimal',
  faketime: 'faketime',
  man: 'man-db',
} as const satisfies Record<string, string>;

/** Command → Debian package: tests that need one of these are skipped without it, and say so. */
export const welcome = {
  chromium: 'chromium',
  shellcheck: 'shellcheck',
  fish: 'fish',
  zsh: 'zsh',
} as const satisfies Record<string, string>;

/** Folders in which servers and network tools live, also when the PATH of a plain user leaves them out. */
const searchPath = `${process.env['PATH'] ?? ''}${delimiter}/usr/sbin${delimiter}/sbin`;

export function missingPackages(
  path = searchPath,
  wanted: Readonly<Record<string, string>> = requirements,
): string[] {
  return Object.entries(wanted)
    .filter(
      ([command]) =>
        !path.split(delimiter).some((folder) => folder !== '' && isProgram(join(folder, command))),
    )
    .map(([, name]) => name);
}

/** Installs what is missing where that is possible. Says what to do and returns false where it is not. */
export function provideRequirements(): boolean {
  const needed = missingPackages();
  const missing = [...needed, ...missingPackages(searchPath, welcome)];
  if (missing.length === 0) return true;
  if (process.getuid?.() === 0 && existsSync('/etc/debian_version')) {
    process.stdout.write(`Installing ${missing.join(', ')}\n`);
    const options = { stdio: 'inherit', env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } } as const;
    spawnSync('apt-get', ['update', '--quiet'], options);
    spawnSync('apt-get', ['--quiet', ...installing(missing)], options);
    // One package that cannot be had must not keep the others out.
    if (missingPackages().length > 0) spawnSync('apt-get', ['--quiet', ...installing(needed)], options);
  }
  if (missingPackages().length === 0) return true;
  process.stderr.write(
    `The tests drive real programs that are not installed here: ${needed.join(', ')}.\nOn Debian or Ubuntu: sudo apt-get ${installing(needed).join(' ')}\n`,
  );
  return false;
}

const installing = (packages: readonly string[]): readonly string[] => [
  'install',
  '--yes',
  '--no-install-recommends',
  ...packages,
];

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
