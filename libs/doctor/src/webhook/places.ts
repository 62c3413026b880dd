/** Where a name leads, and whether a server is there. */
import { lookup } from 'node:dns/promises';
import { connect } from 'node:net';
import { networkInterfaces } from 'node:os';
import type { Reach, Resolved } from './facts.ts';

/** As programs of this machine see it, `/etc/hosts` included. */
export async function resolve(hostname: string): Promise<Resolved> {
  try {
    const found = await lookup(hostname, { all: true });
    return { type: 'addresses', addresses: found.map(({ address }) => address) };
  } catch (error) {
    if (!(error instanceof Error) || !('code' in error)) throw error;
    return { type: 'failed', code: String(error.code) };
  }
}

export interface Place {
  readonly address: string;
  readonly port: number;
  readonly waitMs: number;
  /** Aborted when the caller does not wait any more. */
  readonly signal: AbortSignal;
}

export function reachOf({ address, port, waitMs, signal }: Place): Promise<Reach> {
  return new Promise((resolveReach) => {
    const socket = connect({ host: address, port, signal });
    const end = (reach: Reach): void => {
      socket.destroy();
      resolveReach(reach);
    };
    socket.setTimeout(waitMs, () => end('silent'));
    socket.once('connect', () => end('open'));
    socket.once('error', () => end('closed'));
  });
}

/** Whether an address is one of this machine, so that nothing stands before it. */
export const isOwn = (address: string): boolean =>
  Object.values(networkInterfaces()).some((one) => one?.some((each) => each.address === address) === true);
