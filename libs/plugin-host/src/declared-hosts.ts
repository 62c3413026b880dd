/** `connect` and `request`, for the host names that a plugin declared and no others. */
import { Failure } from '@tidemark/contracts';
import type { Connect, HttpRequest, NamedBySetting, Plugin } from '@tidemark/plugin-sdk';
import { SetupError } from './setup-error.ts';

export function connectingTo(hostNames: readonly string[], connect: Connect): Connect {
  return async (url, options) => {
    const address = String(url);
    assertDeclared(hostNames, address, 'connect');
    return connect(address, options);
  };
}

export function requestingFrom(hostNames: readonly string[], request: HttpRequest): HttpRequest {
  return async (url, options) => {
    // What is asked for its text twice may give another one.
    const address = String(url);
    assertDeclared(hostNames, address, 'send a request');
    return request(address, options);
  };
}

/** The host names that `request` stands for with these settings. Throws SetupError when such a setting holds no address. */
export function requestedHosts({ name, needs }: Plugin, config: unknown): readonly string[] {
  return (needs?.request ?? []).flatMap((one) =>
    typeof one === 'string'
      ? [one]
      : addressesIn(config, one).map((address) => hostOf(name, one.setting, address)),
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

/** Throws Failure `accessDenied`, which tells the name of the host and nothing else of the address. */
function assertDeclared(hostNames: readonly string[], url: string, action: string): void {
  const { hostname, username, password } = URL.parse(url) ?? {};
  const cannot = (why: string): Failure =>
    new Failure({ code: 'accessDenied', detail: `Cannot ${action} to "${hostname ?? ''}": ${why}` });
  if (hostname === undefined) throw cannot('its address is none');
  if (username !== '' || password !== '') throw cannot('its address carries credentials');
  if (!hostNames.some((allowed) => covers(allowed, hostname)))
    throw cannot('the plugin did not declare this host name');
}

function covers(allowed: string, hostname: string): boolean {
  return allowed.startsWith('*.') ? hostname.endsWith(allowed.slice(1)) : hostname === allowed;
}
