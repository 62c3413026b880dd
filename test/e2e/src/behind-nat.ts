import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { servedNames } from '@tidemark/graph-simulator';
import { openNamespace, requireCommand, type Namespace } from './namespace.ts';
import { must, type TwoMachines } from './webhook/two-machines.ts';

/** A machine at home: it opens connections to the service and to the public host, and whoever opens one to it gets no answer. */
export type Home = {
  readonly namespace: Namespace;
  /** As the public host would call it. */
  readonly address: string;
  /** As the home calls the public host. */
  readonly publicHost: string;
  readonly close: () => Promise<void>;
};

const serviceAddress = '192.0.2.1';
const toService = { here: '198.51.100.2', there: '198.51.100.1' };
const toPublicHost = { here: '203.0.113.2', there: '203.0.113.1' };

/** Answers to connections that were opened inside come in, and nothing else. */
const rules = `table inet home {
  chain input {
    type filter hook input priority 0; policy drop;
    iif lo accept
    ct state established,related accept
  }
}
`;

/** `names` lead to the public host, those of the service to the service. */
export async function openHome(machines: TwoMachines, names: readonly string[]): Promise<Home> {
  requireCommand('nft', 'nftables');
  const serviceNames = servedNames.filter((name) => !name.includes('*') && name !== 'localhost');
  const namespace = await openNamespace({
    hostNames: [],
    addresses: {
      ...Object.fromEntries([...serviceNames, 'bn1301.up.1drv.com'].map((name) => [name, serviceAddress])),
      ...Object.fromEntries(names.map((name) => [name, toPublicHost.there])),
    },
    caFile: join(machines.folder, 'state/ca.pem'),
  });
  try {
    await link(namespace, machines.outside, 'service', toService);
    await link(namespace, machines.machine.namespace, 'relay', toPublicHost);
    await must(namespace, ['ip', 'route', 'add', `${serviceAddress}/32`, 'via', toService.there]);
    await must(namespace, ['sh', '-c', `printf '%s' "$0" | PATH=/usr/sbin:/usr/bin:/bin nft -f -`, rules]);
  } catch (error) {
    await namespace.close();
    throw error;
  }
  return { namespace, address: toPublicHost.here, publicHost: toPublicHost.there, close: namespace.close };
}

/** A cable with one end in each; it is gone with them. */
async function link(
  here: Namespace,
  there: Namespace,
  name: string,
  addresses: { readonly here: string; readonly there: string },
): Promise<void> {
  const ends = [
    'home',
    'netns',
    `${there.pid}`,
    'type',
    'veth',
    'peer',
    'name',
    name,
    'netns',
    `${here.pid}`,
  ];
  const made = spawnSync('ip', ['link', 'add', ...ends], { encoding: 'utf8' });
  if (made.status !== 0) throw new Error(`Cannot connect two namespaces: ${made.stderr}`);
  await must(here, ['ip', 'address', 'add', `${addresses.here}/24`, 'dev', name]);
  await must(there, ['ip', 'address', 'add', `${addresses.there}/24`, 'dev', 'home']);
  await must(here, ['ip', 'link', 'set', name, 'up']);
  await must(there, ['ip', 'link', 'set', 'home', 'up']);
}
