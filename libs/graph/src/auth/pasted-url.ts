/** The address that a browser ended on, pasted by a person. */
import { timingSafeEqual } from 'node:crypto';
import { Failure } from '@tidemark/contracts';
import { readRefusal, refusalFailure } from './refusals.ts';

/** Which of the logins that were begun it answers, and the authorization code in it, percent-decoded exactly once. Throws Failure `loginRefused`. */
export function pastedAnswer<Attempt extends { readonly state: string }>(
  action: string,
  pasted: string,
  attempts: readonly [Attempt, ...Attempt[]],
): { readonly attempt: Attempt; readonly code: string } {
  const query =
    pasted
      .trim()
      .replace(/^["'<]+|["'>]+$/g, '')
      .split('?')
      .slice(1)
      .join('?')
      .split('#')[0] ?? '';
  const parameters = new Map<string, string>();
  for (const pair of query.split('&')) {
    const equals = pair.indexOf('=');
    if (equals > 0) parameters.set(pair.slice(0, equals), decoded(pair.slice(equals + 1)));
  }
  const state = parameters.get('state') ?? '';
  const attempt = attempts.find((one) => isSame(state, one.state)) ?? attempts[0];
  return { attempt, code: codeOf(action, parameters, attempt.state) };
}

export function codeOf(action: string, parameters: ReadonlyMap<string, string>, state: string): string {
  if (!isSame(parameters.get('state') ?? '', state)) {
    throw new Failure({
      code: 'loginRefused',
      detail: `${action}: the address does not belong to this login; open the address shown and paste the one the browser ends on, complete`,
    });
  }
  const error = parameters.get('error');
  if (error !== undefined) {
    const description = (parameters.get('error_description') ?? '').replaceAll('+', ' ');
    const refusal = readRefusal({ error, error_description: description });
    if (refusal !== null) throw refusalFailure(action, refusal);
  }
  const code = parameters.get('code');
  if (code === undefined || code === '') {
    throw new Failure({ code: 'loginRefused', detail: `${action}: the address holds no code` });
  }
  return code;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function isSame(given: string, wanted: string): boolean {
  const a = Buffer.from(given);
  const b = Buffer.from(wanted);
  return a.length === b.length && timingSafeEqual(a, b);
}
