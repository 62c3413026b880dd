/** What other programs have noted in files of this machine: SELinux, nginx, certbot. */
import { existsSync, globSync, openSync, closeSync, fstatSync, readFileSync, readSync } from 'node:fs';
import { join } from 'node:path';
import type { Denials, Renewal } from './facts.ts';

const auditTailBytes = 1024 * 1024;
const errorTailBytes = 64 * 1024;

/** `root`: where the files of the system begin. `port`: of our listener; null over a Unix socket. */
export function denialsIn(root: string, port: number | null): Denials {
  const mayConnect = read(join(root, 'sys/fs/selinux/booleans/httpd_can_network_connect'));
  return {
    selinux: read(join(root, 'sys/fs/selinux/enforce'))?.trim() === '1' ? 'enforcing' : 'off',
    // Two digits: what holds now, and what is about to.
    mayConnect: mayConnect === null ? null : mayConnect.startsWith('1'),
    audited: lastLine(
      join(root, 'var/log/audit/audit.log'),
      auditTailBytes,
      (line) =>
        /avc:\s+denied\s+\{ name_connect \}/.test(line) &&
        line.includes('comm="nginx"') &&
        (port === null || line.includes(`dest=${port} `)),
    ),
    logged: reasonIn(
      lastLine(join(root, 'var/log/nginx/error.log'), errorTailBytes, (line) =>
        /connect\(\).* failed \(.*while connecting to upstream/.test(line),
      ),
    ),
  };
}

/** `connect() failed (13: Permission denied) while …` → `13: Permission denied`. */
const reasonIn = (line: string | null): string | null =>
  line === null ? null : (/failed \((\d+: [^)]{1,80})\)/.exec(line)?.[1] ?? null);

const schedules = {
  'certbot.timer': 'etc/systemd/system/timers.target.wants/certbot.timer',
  'certbot-renew.timer': 'etc/systemd/system/timers.target.wants/certbot-renew.timer',
  'snap.certbot.renew.timer': 'etc/systemd/system/timers.target.wants/snap.certbot.renew.timer',
  '/etc/cron.d/certbot': 'etc/cron.d/certbot',
  '/etc/cron.daily/certbot': 'etc/cron.daily/certbot',
};

export function renewalIn(root: string, hostname: string): Renewal {
  const schedule = Object.entries(schedules).find(([, path]) => existsOrLink(join(root, path)));
  return { noted: notedIn(join(root, 'etc/letsencrypt/renewal'), hostname), schedule: schedule?.[0] ?? null };
}

function notedIn(folder: string, hostname: string): Renewal['noted'] {
  if (!existsSync(folder)) return 'no';
  try {
    const files = globSync('*.conf', { cwd: folder });
    const isNoted = files.some(
      (name) =>
        name === `${hostname}.conf` || readFileSync(join(folder, name), 'utf8').includes(`${hostname} =`),
    );
    return isNoted ? 'yes' : 'no';
  } catch {
    // certbot keeps its notes from others on some systems: then nothing is known, and nothing said.
    return 'unknown';
  }
}

/** Links of systemd may lead to where only systemd looks. */
const existsOrLink = (path: string): boolean => globSync(path).length > 0;

/** Null when there is no such file, or we may not read it. */
function read(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error) return null;
    throw error;
  }
}

function lastLine(path: string, tailBytes: number, isMeant: (line: string) => boolean): string | null {
  let fd: number;
  try {
    fd = openSync(path, 'r');
  } catch (error) {
    if (error instanceof Error && 'code' in error) return null;
    throw error;
  }
  try {
    const { size } = fstatSync(fd);
    const tail = Buffer.alloc(Math.min(size, tailBytes));
    readSync(fd, tail, 0, tail.length, size - tail.length);
    return tail.toString('utf8').split('\n').findLast(isMeant) ?? null;
  } finally {
    closeSync(fd);
  }
}
