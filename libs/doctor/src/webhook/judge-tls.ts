/** Which versions of TLS are accepted, and who decides that. */
import { judgementOf, type Finding } from '../finding.ts';
import { blockFor, rulerOf, serverBlocks, type ServerBlock } from '../nginx/server-blocks.ts';
import type { TlsVersion, WebhookFacts } from './facts.ts';
import { portOf } from './judge-proxy.ts';

const { ok, warning, failed, couldNotTry } = judgementOf('tls');
const wanted = 'ssl_protocols TLSv1.2 TLSv1.3;';

export function judgeTls(facts: WebhookFacts): readonly Finding[] {
  const { tls } = facts;
  const ruler = otherRuler(facts);
  if (tls === null) return [couldNotTry('There was no connection to try it on'), ...aboutRuler(ruler)];
  const versions = Object.entries(tls) as readonly [TlsVersion, (typeof tls)[TlsVersion]][];
  const such = (type: string): readonly TlsVersion[] =>
    versions.filter(([, attempt]) => attempt.type === type).map(([version]) => version);
  const [accepted, refused, untried] = [such('accepted'), such('refused'), such('couldNotTry')];
  const list = [
    `accepted: ${accepted.map(numberOf).join(', ') || 'none'}`,
    ...(refused.length > 0 ? [`refused by the server: ${refused.map(numberOf).join(', ')}`] : []),
    ...(untried.length > 0 ? [`could not try: ${untried.map(numberOf).join(', ')}`] : []),
  ].join('; ');
  const where =
    ruler === null
      ? 'in the server block of the webhook'
      : `in ${placeOf(ruler.block)}, the default on this address`;
  const remedy = `Put ${wanted} ${where}, then reload nginx`;
  const modern = accepted.includes('TLSv1.2') || accepted.includes('TLSv1.3');
  if (accepted.length === 0 && refused.length === 0) return [couldNotTry(list), ...aboutRuler(ruler)];
  if (versions.every(([, attempt]) => attempt.type === 'refused' && attempt.code.includes('WRONG_VERSION')))
    return [
      failed(
        'Whoever answers there does not speak TLS',
        'Write "ssl" behind the port: listen 443 ssl; and reload nginx',
      ),
    ];
  if (!modern) return [failed(`${list}; the service needs 1.2 or 1.3`, remedy), ...aboutRuler(ruler)];
  const old = accepted.filter((version) => version === 'TLSv1' || version === 'TLSv1.1');
  if (old.length > 0) return [warning(`${list}: old versions can be broken`, remedy), ...aboutRuler(ruler)];
  return [ok(list), ...aboutRuler(ruler)];
}

interface Ruler {
  readonly block: ServerBlock;
  readonly ours: readonly string[];
  readonly theirs: readonly string[];
}

/** Another block decides on the address, and decides otherwise. */
function otherRuler({ nginx, url }: WebhookFacts): Ruler | null {
  if (nginx.state !== 'read' || url === null) return null;
  const blocks = serverBlocks(nginx.directives);
  const ours = blockFor(blocks, url.hostname, portOf(url));
  const block = ours === null ? null : rulerOf(blocks, ours, portOf(url));
  if (ours === null || block === null) return null;
  const of = (one: ServerBlock): readonly string[] => one.tlsVersions?.versions ?? ['nginx’s own default'];
  const [mine, theirs] = [of(ours), of(block)];
  return mine.toSorted().join() === theirs.toSorted().join() ? null : { block, ours: mine, theirs };
}

function aboutRuler(ruler: Ruler | null): readonly Finding[] {
  if (ruler === null) return [];
  const { block, ours, theirs } = ruler;
  return [
    warning(
      `Another server block is the default on this address (${placeOf(block)}): its ssl_protocols (${theirs.join(' ')}) rule, not ours (${ours.join(' ')})`,
      `Put ${wanted} there, or above all server blocks`,
    ),
  ];
}

const placeOf = ({ file, line }: ServerBlock): string => `${file}:${line}`;
const numberOf = (version: TlsVersion): string => (version === 'TLSv1' ? '1.0' : version.slice(4));
