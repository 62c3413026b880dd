/** The NATS servers we may talk to: on this machine any, elsewhere only those that prove who they are and know who we are. */
import type { TidemarkValues } from './options.ts';

/** What is wrong with the settings of the bus and of the relay, or undefined. */
export function refusedServer(values: TidemarkValues): string | undefined {
  const { bus, relay_server, relay_drive } = values;
  if (relay_drive !== '' && !/^[A-Za-z0-9_-]{1,64}$/.test(relay_drive)) {
    return `'relay_drive' must be at most 64 letters, digits, "-" and "_", not '${relay_drive}'`;
  }
  if (bus !== 'in-process') {
    const refused = refusedAddress('bus', bus, values.bus_nkey_file, '"in-process", ');
    if (refused !== undefined) return refused;
  }
  return relay_server === ''
    ? undefined
    : refusedAddress('relay_server', relay_server, values.relay_nkey_file, '');
}

/** What is wrong with the address of a bus that was given beside the settings, or undefined. */
export const refusedBus = (address: string, { bus_nkey_file }: TidemarkValues): string | undefined =>
  refusedAddress('bus', address, bus_nkey_file, '');

function refusedAddress(key: string, address: string, nkeyFile: string, others: string): string | undefined {
  const match =
    /^(nats|tls):\/\/([A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?|\[[0-9a-fA-F:]+\]):(\d{1,5})$/.exec(address);
  if (match === null || !isPort(match[3])) {
    return `'${key}' must be ${others}"nats://host:port" or "tls://host:port", not '${address}'`;
  }
  if (/^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/.test(match[2] ?? '')) return undefined;
  if (match[1] !== 'tls') {
    return `'${key}' must be "tls://${match[2]}:${match[3]}": beyond this machine nothing goes unencrypted`;
  }
  return nkeyFile === ''
    ? `'${key}' needs '${key === 'bus' ? 'bus' : 'relay'}_nkey_file': beyond this machine the server must know who we are`
    : undefined;
}

export function isPort(text: string | undefined): boolean {
  return text === undefined || (Number(text) >= 1 && Number(text) <= 65_535);
}
