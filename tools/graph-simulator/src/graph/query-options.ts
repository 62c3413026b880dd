import { invalidRequest } from '../model/refusal.ts';
import { headerOf, queryOption, type Exchange } from '../server/exchange.ts';

/** Names from `$select`; undefined when everything is wanted. */
export function selection(exchange: Exchange): ReadonlySet<string> | undefined {
  const text = queryOption(exchange, 'select');
  return text === undefined || text === '' ? undefined : new Set(text.split(',').map((name) => name.trim()));
}

const pageSizeMax = 5000;

export function pageSize(exchange: Exchange, usual: number): number {
  const text = queryOption(exchange, 'top');
  if (text === undefined) return usual;
  const top = Number(text);
  if (!Number.isInteger(top) || top < 1) throw invalidRequest('Invalid value for $top');
  return Math.min(top, pageSizeMax);
}

const conflictNames = ['fail', 'replace', 'rename'] as const;

/** `@microsoft.graph.conflictBehavior`, from a query or a body. */
export function nameConflict(
  text: string | undefined,
  usual: (typeof conflictNames)[number],
): (typeof conflictNames)[number] {
  if (text === undefined) return usual;
  const known = conflictNames.find((name) => name === text.toLowerCase());
  if (known === undefined) throw invalidRequest('Invalid value for conflictBehavior');
  return known;
}

/** Personal shortcuts to shared folders are shown only to clients that ask (onedrive-api-docs issue 1891). */
export function asksForPointers(exchange: Exchange): boolean {
  return /Include-Feature=AddToOneDrive/i.test(headerOf(exchange.request, 'prefer') ?? '');
}
