/**
 * The NATS servers we may talk to: those that know who we are, and beyond this machine prove who they are. A server without keys on
 * this machine serves every user of it, so that it needs a setting of its own.
 */
import type { TidemarkValues } from './options.ts';

/** What is wrong with the settings of the bus and of the relay, or undefined. */
export function refusedServer(values: TidemarkValues): string | undefined {
  const { bus, relay_server, relay_drive } = values;
  if (relay_drive !== '' && !/^[A-Za-z0-9_-]{1,64}$/.test(relay_drive)) {
    return `'relay_drive' must be at most 64 letters, digits, "-" and "_", not '${relay_drive}'`;
  }
  if (bus !== 'in-process') {
    const refused = refusedAddress('bus', bus, values, '"in-process", ');
    if (refused !== undefined) return refused;
  }
  return relay_server === '' ? undefined : refusedAddress('relay_server', relay_server, values, '');
}

/** What is wrong with the address of a bus that was given beside the settings, or undefined. */
export const refusedBus = (address: string, values: TidemarkValues): string | undefined =>
  refusedAddress('bus', address, values, '');

function refusedAddress(
  key: 'bus' | 'relay_server',
  address: string,
  values: TidemarkValues,
  others: string,
): string | undefined {
  const nkeyOption = key === 'bus' ? 'bus_nkey_file' : 'relay_nkey_file';
  const hasKey = values[nkeyOption] !== '';
  const match =
    /^(nats|tls):\/\/([A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?|\[[0-9a-fA-F:]+\]):(\d{1,5})$/.exec(address);
  if (match === null || !isPort(match[3])) {
    return `'${key}' must be ${others}"nats://host:port" or "tls://host:port", not '${address}'`;
  }
  if (/^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/.test(match[2] ?? ''))
    return hasKey || values.nats_without_key
      ? undefined
      : `'${key}' needs '${nkeyOption}': without keys every program on this machine can take part. Where that is wanted, set 'nats_without_key = "true"'`;
  if (match[1] !== 'tls') {
    return `'${key}' must be "tls://${match[2]}:${match[3]}": beyond this machine nothing goes unencrypted`;
  }
  return hasKey
    ? undefined
    : `'${key}' needs '${nkeyOption}': beyond this machine the server must know who we are`;
}

export function isPort(text: string | undefined): boolean {
  return text === undefined || (Number(text) >= 1 && Number(text) <= 65_535);
}
