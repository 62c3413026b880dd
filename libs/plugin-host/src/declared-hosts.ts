/** `connect` and `request`, for the host names that a plugin declared and no others. */
import { Failure, type FailureDetails } from '@tidemark/contracts';
import type { Connect, HttpRequest, NamedBySetting, Plugin } from '@tidemark/plugin-sdk';
import { SetupError } from './setup-error.ts';

type OnRefused = (details: FailureDetails) => void;

export function connectingTo(hostNames: readonly string[], connect: Connect, onRefused: OnRefused): Connect {
  return async (url, options) => {
    const address = String(url);
    assertDeclared(hostNames, address, 'connect', onRefused);
    return connect(address, options);
  };
}

export function requestingFrom(
  hostNames: readonly string[],
  request: HttpRequest,
  onRefused: OnRefused,
): HttpRequest {
  return async (url, options) => {
    // What is asked for its text twice may give another one.
    const address = String(url);
    assertDeclared(hostNames, address, 'send a request', onRefused);
    return request(address, options);
  };
}

/** The host names that `connect` declares, as addresses have them. Throws SetupError: one is none. */
export const connectedHosts = ({ name, needs }: Plugin): readonly string[] =>
  (needs?.connect ?? []).map((one) => declaredHost(name, one));

/** The host names that `request` stands for with these settings. Throws SetupError: one is none, or such a setting holds no address. */
export function requestedHosts({ name, needs }: Plugin, config: unknown): readonly string[] {
  return (needs?.request ?? []).flatMap((one) =>
    typeof one === 'string'
      ? [declaredHost(name, one)]
      : addressesIn(config, one).map((address) => hostOf(name, one.setting, address)),
  );
}

/** In small letters and ASCII, as in an address that was parsed. */
function declaredHost(plugin: string, declared: string): string {
  const [, wildcard = '', host = ''] = /^(\*\.)?(.*)$/s.exec(declared) ?? [];
  const parsed = /^(?:\[[^\]]*\]|[^\s/:@?#*\\]+)$/.test(host) ? URL.parse(`https://${host}/`) : null;
  if (parsed !== null) return wildcard + parsed.hostname;
  throw new SetupError(
    plugin,
    `it declares ${JSON.stringify(declared.slice(0, 100))} in its needs, which is no name of a host`,
    'Write the name alone there, such as hooks.example.com or *.example.com',
  );
}

/** One address, several, or none. */
function addressesIn(config: unknown, { setting }: NamedBySetting): readonly unknown[] {
  const value = new Map(Object.entries(config ?? {})).get(setting) ?? [];
  return Array.isArray(value) ? value : [value];
}

function hostOf(plugin: string, setting: string, address: unknown): string {
  const hostname = typeof address === 'string' ? URL.parse(address)?.hostname : undefined;
  if (hostname !== undefined && hostname !== '') return hostname;
  throw new SetupError(
    plugin,
    `its setting "${setting}" names a host that it may send requests to, and holds no address`,
    `Write an address such as https://hooks.example.com/ there, in plugins/${plugin}.json`,
  );
}

/**
 * Throws Failure `accessDenied`, which tells the name of the host and nothing else of the address. To ask for another host than those that
 * were declared is a fault, also of a plugin that does not mind the failure.
 */
function assertDeclared(
  hostNames: readonly string[],
  url: string,
  action: string,
  onRefused: OnRefused,
): void {
  const { hostname, username, password } = URL.parse(url) ?? {};
  const cannot = (why: string): Failure =>
    new Failure({ code: 'accessDenied', detail: `Cannot ${action} to "${hostname ?? ''}": ${why}` });
  if (hostname === undefined) throw cannot('its address is none');
  if (username !== '' || password !== '') throw cannot('its address carries credentials');
  if (hostNames.some((allowed) => covers(allowed, hostname))) return;
  const refused = cannot('the plugin did not declare this host name');
  onRefused(refused.details);
  throw refused;
}

function covers(allowed: string, hostname: string): boolean {
  return allowed.startsWith('*.') ? hostname.endsWith(allowed.slice(1)) : hostname === allowed;
}
