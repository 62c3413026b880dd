import { spawnSync } from 'node:child_process';
import { openNamespace, requireCommand, type Namespace, type NamespaceOptions } from './namespace.ts';

/** Two machines and the router between them, as far as the second can tell: it reaches the first, and nobody reaches it. */
export type BehindNat = {
  /** A host with a public address. */
  readonly outside: Namespace;
  readonly outsideAddress: string;
  /** A machine at home: it opens connections, and whoever opens one to it gets no answer. */
  readonly inside: Namespace;
  readonly insideAddress: string;
  readonly close: () => Promise<void>;
};

const outsideAddress = '192.0.2.1';
const insideAddress = '192.0.2.2';

/** Answers to connections from inside come in, and nothing else. */
const rules = `table inet home {
  chain input {
    type filter hook input priority 0; policy drop;
    iif lo accept
    ct state established,related accept
  }
}
`;

/** The names lead to the outside host. */
export async function openBehindNat({ hostNames, caFile }: NamespaceOptions): Promise<BehindNat> {
  requireCommand('nft', 'nftables');
  const addresses = Object.fromEntries(hostNames.map((name) => [name, outsideAddress]));
  const named = { hostNames: [], addresses, caFile };
  const [outside, inside] = [await openNamespace(named), await openNamespace(named)];
  const close = async (): Promise<void> => {
    await inside.close();
    await outside.close();
  };
  try {
    link(outside, inside);
    await must(outside, 'ip', ['addr', 'add', `${outsideAddress}/24`, 'dev', 'wan']);
    await must(outside, 'ip', ['link', 'set', 'wan', 'up']);
    await must(inside, 'ip', ['addr', 'add', `${insideAddress}/24`, 'dev', 'lan']);
    await must(inside, 'ip', ['link', 'set', 'lan', 'up']);
    await must(inside, 'sh', ['-c', `printf '%s' "$0" | nft -f -`, rules]);
  } catch (error) {
    await close();
    throw error;
  }
  return { outside, outsideAddress, inside, insideAddress, close };
}

/** A cable with one end in each; it is gone with them. */
function link(outside: Namespace, inside: Namespace): void {
  const ends = [
    'wan',
    'netns',
    String(outside.pid),
    'type',
    'veth',
    'peer',
    'name',
    'lan',
    'netns',
    String(inside.pid),
  ];
  const made = spawnSync('ip', ['link', 'add', ...ends], { encoding: 'utf8' });
  if (made.status !== 0) throw new Error(`Cannot connect two namespaces: ${made.stderr}`);
}

async function must(namespace: Namespace, command: string, args: readonly string[]): Promise<void> {
  const { status, stderr } = await namespace.run(command, args, {
    environment: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin' },
  });
  if (status !== 0) throw new Error(`'${command} ${args.join(' ')}' failed: ${stderr}`);
}
