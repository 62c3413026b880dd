/** Whether the name leads anywhere. */
import ipaddr from 'ipaddr.js';
import { judgementOf, type Finding } from '../finding.ts';
import type { WebhookFacts } from './facts.ts';

const { ok, warning, failed, couldNotTry } = judgementOf('dns');

export function judgeResolution({ url, resolved }: WebhookFacts): readonly Finding[] {
  if (url === null || resolved === null) return [couldNotTry('There is no name to look up')];
  const { hostname } = url;
  if (resolved.type === 'failed')
    return [
      resolved.code === 'EAI_AGAIN'
        ? failed(`No name server told the address of ${hostname}`, 'Check /etc/resolv.conf and the network')
        : failed(
            `There is no address for ${hostname} (${resolved.code})`,
            'Make an A or AAAA record for it, or let a provider of dynamic DNS do that; see the provider for how long it takes to be known',
          ),
    ];
  const inside = resolved.addresses.filter(isInside);
  const list = resolved.addresses.join(', ');
  if (inside.length === resolved.addresses.length)
    return [
      warning(
        `${hostname} is ${list} here, which nobody outside can reach`,
        'Fine if only this network is told so; ask from elsewhere: the internet has to get the public address',
      ),
    ];
  return [ok(`${hostname} is ${list}`)];
}

const insideRanges: ReadonlySet<string> = new Set([
  'private',
  'loopback',
  'linkLocal',
  'uniqueLocal',
  'carrierGradeNat',
]);
const isInside = (address: string): boolean =>
  ipaddr.isValid(address) && insideRanges.has(ipaddr.process(address).range());
