/** Each line that scripts and the peer's own tests look for comes from a run of the built command. */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { otherLines } from './other-lines.ts';
import { logLinesPage } from './page.ts';
import { peerCases } from './peer-cases.ts';
import { retriedRuns } from './retried-runs.ts';
import { foundIn, type Row } from './row.ts';
import { type Account, runScenarios, steps } from './scenarios.ts';

const accounts = ['personal', 'business'] as const satisfies readonly Account[];
const rows = [...peerCases, ...retriedRuns, ...otherLines];
const printed = { personal: new Map<string, string>(), business: new Map<string, string>() };

it('each run ends as it should', async () => {
  await Promise.all(accounts.map((account) => runScenarios(account, printed[account])));
  for (const account of accounts)
    expect([...printed[account].keys()].toSorted()).toEqual(Object.keys(steps).toSorted());
});

describe.each(accounts)('%s', (account) => {
  const named = rows.flatMap(({ of, line, proof }) =>
    line !== null && 'step' in proof ? [{ of, line, ...proof }] : [],
  );
  it.each(named.filter(({ type }) => type === 'shown'))(
    '$of: "$line" is printed ($step)',
    ({ line, step }) => {
      const text = printed[account].get(step) ?? '';
      expect(foundIn(text, line, account), text).toBeDefined();
    },
  );
  it.each(named.filter(({ type }) => type === 'never'))(
    '$of: "$line" is not printed ($step)',
    ({ line, step }) => {
      const text = printed[account].get(step);
      expect(text).toBeDefined();
      expect(foundIn(text ?? '', line, account)).toBeUndefined();
    },
  );
});

it('what another test shows stands there, and what does not exist has its reason', () => {
  const src = fileURLToPath(new URL('../', import.meta.url));
  const wrong = rows.flatMap(({ of, line, proof }: Row) => {
    if (proof.type === 'absent') return proof.why.length > 20 ? [] : [`${of} has no reason`];
    if (proof.type !== 'elsewhere' && proof.type !== 'differs') return [];
    const path = src + proof.spec;
    const text = existsSync(path) ? readFileSync(path, 'utf8') : '';
    const isThere = (says: string): boolean =>
      // A line may stand there twice; the words for a test name one, and `it(` or a single word names none.
      line === null ? text.split(says).length === 2 && !/^\w+(?:\.\w+)?\W*$/.test(says) : text.includes(says);
    return proof.says.every(isThere) ? [] : [`${of}: ${proof.spec}`];
  });
  expect(wrong).toEqual([]);
});

it('no case of the peer is left out', () => {
  const told = peerCases.map(({ of }) => of).join(', ');
  const numbers = [...told.matchAll(/tc(\d{4})(?: to tc(\d{4}))?/g)].flatMap(([, from, to = from]) =>
    Array.from({ length: Number(to) - Number(from) + 1 }, (_, index) => Number(from) + index),
  );
  expect([...new Set(numbers)].toSorted((a, b) => a - b)).toEqual(
    Array.from({ length: 76 }, (_, index) => index + 1),
  );
});

it('is the page of the docs', async () => {
  await expect(logLinesPage()).toMatchFileSnapshot('../../docs/log-lines.md');
});
