/** The way to NATS, loaded when it is wanted: its client is larger than all of ours, and few need it. */
import type { NatsBus, NatsBusOptions } from './connect-nats-bus.ts';

/**
 * Throws BusError when there is no connection now: `disconnected`, `refused`, `badCredentials`. Later it reconnects for as
 * long as it takes.
 */
export async function connectNatsBus(options: NatsBusOptions): Promise<NatsBus> {
  const loaded = await import('./connect-nats-bus.ts');
  return loaded.connectNatsBus(options);
}

/**
 * The public key of the nkey seed in the file, for the configuration of the server. Makes both when there is no file yet.
 * Throws BusError `badCredentials`.
 */
export async function publicNkeyOf(path: string): Promise<string> {
  const loaded = await import('./nkey-file.ts');
  return loaded.publicNkeyOf(path);
}
