/** Keeps the settings for the simulator from ever sending a token anywhere else. */
import { isPort, refusedServer } from './nats-servers.ts';
import type { TidemarkValues } from './options.ts';
import { isOwnPlugin, ownPlugins } from './own-plugins.ts';

/** What is wrong with the developer settings or the servers of NATS, or undefined. */
export function refusedTidemarkValue(values: TidemarkValues): string | undefined {
  for (const key of ['graph_endpoint', 'login_endpoint'] as const) {
    if (values[key] !== '' && !isLoopbackHttps(values[key])) {
      return `'${key}' must be an https address on a loopback host, not '${values[key]}'`;
    }
  }
  if (values.ca_file !== '' && values.graph_endpoint === '' && values.login_endpoint === '') {
    return "'ca_file' can only be used with 'graph_endpoint' or 'login_endpoint'";
  }
  if (values.remote_plugins.length > 0 && values.bus === 'in-process') {
    return "'remote_plugins' needs 'bus' to be the address of a NATS server: another process is not reached in-process";
  }
  return refusedProcesses(values) ?? refusedServer(values);
}

/** Our plugins may write and look wherever they run, so that only the holders of their keys may speak for them. */
function refusedProcesses({ plugin_process: names, bus, bus_nkey_file }: TidemarkValues): string | undefined {
  const stranger = names.find((name) => !isOwnPlugin(name));
  if (stranger !== undefined)
    return `'plugin_process' can name ${ownPlugins.join(', ')}, not '${stranger}': other plugins go into 'remote_plugins'`;
  if (names.length === 0 || (bus !== 'in-process' && bus_nkey_file !== '')) return undefined;
  return "'plugin_process' needs 'bus' to be the address of a NATS server and 'bus_nkey_file': without keys every program could delete files in the name of a plugin";
}

/** Parsed by hand and strictly: no user name, no other spelling of an address, no query. */
function isLoopbackHttps(address: string): boolean {
  const match = /^https:\/\/(localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::(\d{1,5}))?(?:\/[\w./-]*)?$/.exec(
    address,
  );
  if (match === null) return false;
  const octets = (match[1] ?? '').startsWith('127.') ? (match[1] ?? '').split('.').map(Number) : [];
  return octets.every((octet) => octet <= 255) && isPort(match[2]);
}
