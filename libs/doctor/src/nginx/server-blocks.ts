/** Which server block of nginx answers for a name, which one rules its TLS, and where a path goes. */
import type { Directive } from './parse.ts';

export interface Place {
  readonly file: string;
  readonly line: number;
}

export interface Listen {
  /** As nginx tells them apart: `*`, `[::]`, or one address. */
  readonly address: string;
  readonly port: number;
  readonly isTls: boolean;
  readonly isDefault: boolean;
}

export interface ServerBlock extends Place {
  readonly names: readonly string[];
  readonly listens: readonly Listen[];
  /** In force here, whether written here or above. Null: nginx's own default. */
  readonly tlsVersions: (Place & { readonly versions: readonly string[] }) | null;
  readonly directives: readonly Directive[];
  /** The block that it stands in. */
  readonly above: readonly Directive[];
}

export interface Route extends Place {
  /** Of `proxy_pass`; null: not proxied. An upstream with one server stands for it. */
  readonly target: string | null;
  /** The rules that hold, in order: the first that matches an address decides. */
  readonly access: readonly (Place & { readonly rule: 'allow' | 'deny'; readonly of: string })[];
}

export function serverBlocks(directives: readonly Directive[]): readonly ServerBlock[] {
  return directives.flatMap(({ name, block }) =>
    name === 'http' && block !== null
      ? block.filter((one) => one.name === 'server').map((one) => serverBlock(one, block))
      : [],
  );
}

function serverBlock({ block, file, line }: Directive, above: readonly Directive[]): ServerBlock {
  const own = block ?? [];
  const listens = own.filter(({ name }) => name === 'listen').flatMap(({ args }) => listenOf(args));
  const versions =
    own.find(({ name }) => name === 'ssl_protocols') ?? above.find(({ name }) => name === 'ssl_protocols');
  return {
    ...{ file, line, above, directives: own },
    names: own.filter(({ name }) => name === 'server_name').flatMap(({ args }) => args),
    listens: listens.length > 0 ? listens : [{ address: '*', port: 80, isTls: false, isDefault: false }],
    tlsVersions:
      versions === undefined ? null : { file: versions.file, line: versions.line, versions: versions.args },
  };
}

function listenOf([where = '', ...flags]: readonly string[]): readonly Listen[] {
  if (where.startsWith('unix:')) return [];
  const [, address, port] = /^(?:(\[[^\]]+\]|[^:]+?)(?::(\d+))?)$/.exec(where) ?? [];
  const isPortAlone = address !== undefined && /^\d+$/.test(address);
  return [
    {
      address: isPortAlone || address === undefined || address === '0.0.0.0' ? '*' : address,
      port: Number(isPortAlone ? address : (port ?? 80)),
      isTls: flags.includes('ssl'),
      isDefault: flags.includes('default_server') || flags.includes('default'),
    },
  ];
}

/** The block that answers for a name on a port; null when there is none that says so. */
export function blockFor(blocks: readonly ServerBlock[], host: string, port: number): ServerBlock | null {
  const listening = blocks.filter(({ listens }) => listens.some((listen) => listen.port === port));
  const byName = (matches: (name: string) => boolean): ServerBlock | undefined =>
    listening.find(({ names }) => names.some((name) => matches(name.toLowerCase())));
  const wanted = host.toLowerCase();
  return (
    byName((name) => name === wanted) ??
    byName((name) => name.startsWith('*.') && wanted.endsWith(name.slice(1))) ??
    byName((name) => name.startsWith('.') && (wanted === name.slice(1) || wanted.endsWith(name))) ??
    null
  );
}

/**
 * The block that is the default on an address of `ours`, and is another one. TLS versions are agreed on before the name counts,
 * so its `ssl_protocols` hold for all names there.
 */
export function rulerOf(blocks: readonly ServerBlock[], ours: ServerBlock, port: number): ServerBlock | null {
  for (const { address } of ours.listens.filter((listen) => listen.port === port)) {
    const sharing = blocks.filter(({ listens }) =>
      listens.some((listen) => listen.port === port && listen.address === address),
    );
    const ruler =
      sharing.find(({ listens }) =>
        listens.some((listen) => listen.isDefault && listen.port === port && listen.address === address),
      ) ?? sharing[0];
    if (ruler !== undefined && ruler !== ours) return ruler;
  }
  return null;
}

/** Where nginx takes a path; null when no location matches. */
export function routeOf(server: ServerBlock, path: string): Route | null {
  const location = locationOf(server.directives, path);
  if (location === null) return null;
  const own = location.block ?? [];
  const pass = own.find(({ name }) => name === 'proxy_pass');
  const levels = [own, server.directives, server.above];
  const rules = levels
    .map((level) => level.filter(({ name }) => name === 'allow' || name === 'deny'))
    .find((level) => level.length > 0);
  return {
    file: pass?.file ?? location.file,
    line: pass?.line ?? location.line,
    target: pass === undefined ? null : throughUpstream(pass.args[0] ?? '', server.above),
    access: (rules ?? []).map(({ name, args, file, line }) => ({
      ...{ file, line, of: args[0] ?? '' },
      rule: name === 'allow' ? ('allow' as const) : ('deny' as const),
    })),
  };
}

function locationOf(directives: readonly Directive[], path: string): Directive | null {
  const locations = directives.filter(({ name }) => name === 'location');
  const exact = locations.find(({ args }) => args[0] === '=' && args[1] === path);
  if (exact !== undefined) return exact;
  const prefixOf = ({ args }: Directive): string | null =>
    args.length === 1 ? (args[0] ?? '') : args[0] === '^~' ? (args[1] ?? '') : null;
  const [longest] = locations
    .filter((one) => {
      const prefix = prefixOf(one);
      return prefix !== null && path.startsWith(prefix);
    })
    .toSorted((one, other) => (prefixOf(other)?.length ?? 0) - (prefixOf(one)?.length ?? 0));
  if (longest?.args[0] === '^~') return longest;
  const byPattern = locations.find(
    ({ args: [kind = '', pattern = ''] }) => kind.startsWith('~') && matches(pattern, kind, path),
  );
  return byPattern ?? longest ?? null;
}

function matches(pattern: string, kind: string, path: string): boolean {
  try {
    return new RegExp(pattern, kind === '~*' ? 'i' : '').test(path);
  } catch {
    // PCRE knows more than this engine; what cannot be read is taken for no match.
    return false;
  }
}

function throughUpstream(target: string, above: readonly Directive[]): string {
  const [, name] = /^https?:\/\/([\w.-]+)(?:\/|$)/.exec(target) ?? [];
  const upstream = above.find((one) => one.name === 'upstream' && one.args[0] === name);
  const servers = (upstream?.block ?? []).filter((one) => one.name === 'server');
  const only = servers.length === 1 ? servers[0]?.args[0] : undefined;
  return only === undefined ? target : `http://${only}`;
}

/** Whether `proxy_pass` leads to the address at which we listen; null when it cannot be told. */
export function leadsTo(
  target: string,
  listener: { readonly host: string; readonly port: number } | { readonly socketPath: string },
): boolean | null {
  if (target.includes('$')) return null;
  const [, socketPath] = /^http:\/\/unix:([^:]+)/.exec(target) ?? [];
  if ('socketPath' in listener) return socketPath === listener.socketPath;
  if (socketPath !== undefined) return false;
  const url = URL.parse(target);
  if (url === null) return null;
  if (Number(url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : url.port) !== listener.port)
    return false;
  const host = url.hostname;
  const isEverywhere = listener.host === '' || listener.host === '0.0.0.0';
  if (isEverywhere) return true;
  return host === listener.host || (host === 'localhost' && listener.host === '127.0.0.1');
}
