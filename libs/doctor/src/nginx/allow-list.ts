/**
 * A list of addresses as rules for nginx. The addresses come from a file of the user, because Microsoft publishes the senders of
 * notifications on a page for people only and changes them without notice.
 *
 * @see https://learn.microsoft.com/microsoft-365/enterprise/additional-office365-ip-addresses-and-urls
 */
import ipaddr from 'ipaddr.js';

export type AllowList =
  | { readonly ok: true; readonly addresses: readonly string[] }
  /** One line each: where, what is wrong. */
  | { readonly ok: false; readonly problems: readonly string[] };

const problemsMax = 10;

/** One address or range in each line, or several between commas; what follows `#` counts for nothing. */
export function parseAllowList(text: string, file: string): AllowList {
  const problems: string[] = [];
  const addresses = new Set<string>();
  text.split('\n').forEach((line, index) => {
    for (const word of (line.split('#')[0] ?? '').split(/[\s,;]+/).filter((part) => part !== '')) {
      const read = addressOf(word);
      if ('problem' in read) problems.push(`${file}:${index + 1}: "${word.slice(0, 60)}" ${read.problem}`);
      else addresses.add(read.address);
    }
  });
  if (problems.length > problemsMax) problems.splice(problemsMax, Infinity, 'and more');
  if (problems.length === 0 && addresses.size === 0) problems.push(`${file}: there is no address in it`);
  return problems.length > 0 ? { ok: false, problems } : { ok: true, addresses: [...addresses] };
}

function addressOf(word: string): { readonly address: string } | { readonly problem: string } {
  const [base = '', length, ...more] = word.split('/');
  const isAddress = ipaddr.IPv4.isValidFourPartDecimal(base) || ipaddr.IPv6.isValid(base);
  if (
    !isAddress ||
    base.includes('%') ||
    more.length > 0 ||
    (length !== undefined && !/^\d{1,3}$/.test(length))
  )
    return { problem: 'is neither an address nor a range as 192.0.2.0/24' };
  const parsed = ipaddr.parse(base);
  const bitsMax = parsed.kind() === 'ipv4' ? 32 : 128;
  const bits = length === undefined ? bitsMax : Number(length);
  if (bits > bitsMax) return { problem: `has more than ${bitsMax} bits` };
  if (bits < 8) return { problem: 'would let in a great part of the internet' };
  const range = parsed.range();
  if (notOfTheService.has(range)) return { problem: `is no public address (${range})` };
  if (length === undefined) return { address: parsed.toString() };
  // nginx leaves the low bits aside and only warns; a range that says one thing and does another is a mistake.
  const network =
    parsed.kind() === 'ipv4'
      ? ipaddr.IPv4.networkAddressFromCIDR(word)
      : ipaddr.IPv6.networkAddressFromCIDR(word);
  if (network.toString() !== parsed.toString())
    return { problem: `has bits beyond its length: ${network.toString()}/${bits} is meant?` };
  return { address: `${parsed.toString()}/${bits}` };
}

const notOfTheService: ReadonlySet<string> = new Set([
  'unspecified',
  'broadcast',
  'multicast',
  'linkLocal',
  'loopback',
  'private',
  'uniqueLocal',
  'carrierGradeNat',
]);
