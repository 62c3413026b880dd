/**
 * Who is at the other end of a connection on the loopback interface. Every user of a machine reaches every port of it; the
 * kernel knows the owner of each end.
 *
 * @see https://docs.kernel.org/networking/proc_net_tcp.html
 */
import { readFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { endianness } from 'node:os';

/** Our own user, or root, to whom nothing here is closed. What cannot be shown counts as another user. */
export function isOurs(socket: Socket): boolean {
  const user = userAtOtherEnd(socket);
  return user !== null && (user === 0 || user === process.getuid?.());
}

function userAtOtherEnd({ remoteAddress, remotePort, localAddress, localPort }: Socket): number | null {
  if (remoteAddress === undefined || remotePort === undefined) return null;
  if (localAddress === undefined || localPort === undefined) return null;
  // Their end is ours with the two sides exchanged.
  const ends = {
    from: { address: remoteAddress, port: remotePort },
    to: { address: localAddress, port: localPort },
  };
  for (const path of ['/proc/net/tcp', '/proc/net/tcp6']) {
    let table: string;
    try {
      table = readFileSync(path, 'latin1');
    } catch {
      continue;
    }
    const user = ownerOf(table, ends);
    if (user !== null) return user;
  }
  return null;
}

export interface Ends {
  readonly from: End;
  readonly to: End;
}

interface End {
  /** 127.0.0.1 or ::1; no others are looked for. */
  readonly address: string;
  readonly port: number;
}

/**
 * The user id that owns an established connection, of a table in the form of `/proc/net/tcp`; null when it is not in it. A
 * connection whose owner has closed it is listed under root, so it counts as none.
 */
export function ownerOf(table: string, { from, to }: Ends, order: 'LE' | 'BE' = endianness()): number | null {
  const [froms, tos] = [from, to].map((end) => written(end, order)) as [readonly string[], readonly string[]];
  for (const line of table.split('\n')) {
    const [, local = '', remote = '', state, , , , user] = line.trim().split(/\s+/);
    if (state === established && froms.includes(local) && tos.includes(remote) && /^\d+$/.test(user ?? ''))
      return Number(user);
  }
  return null;
}

const established = '01';

/** As the kernel writes it: words of four bytes in the order of the machine. A socket for both families has IPv4 addresses as `::ffff:…`. */
function written({ address, port }: End, order: 'LE' | 'BE'): readonly string[] {
  const words =
    address === '::1'
      ? [['00000000', '00000000', '00000000', '00000001']]
      : [['7F000001'], ['00000000', '00000000', '0000FFFF', '7F000001']];
  const portText = port.toString(16).toUpperCase().padStart(4, '0');
  return words.map(
    (form) => `${form.map((word) => (order === 'LE' ? swapped(word) : word)).join('')}:${portText}`,
  );
}

const swapped = (word: string): string => (word.match(/../g) ?? []).toReversed().join('');
