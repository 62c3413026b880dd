/** Changes that the user decides on in the page: it shows their plan first, and then asks for exactly that plan. */
import type { ChangesMade, ChangesPlanned, Keep, Wish } from './offers.ts';
import { BadQuestion, numberIn } from './server/serve.ts';

/** Makes the changes that were wished for. */
export interface MakesChanges {
  /** Changes nothing. Throws Failure when log or disk cannot be read. */
  plan(wish: Wish): Promise<ChangesPlanned>;
  /** `hash`: of the plan that was shown; another one is refused. Throws Failure as well when the daemon does not answer. */
  make(wish: Wish, hash: string): Promise<ChangesMade>;
}

interface Given {
  readonly changes: MakesChanges | null;
}

/** Throws BadQuestion. */
export function makerOf({ changes }: Given): MakesChanges {
  if (changes === null) throw new BadQuestion('This log is not of a client that runs here');
  return changes;
}

/** Throws BadQuestion. */
export function makeChanges(given: Given, query: URLSearchParams): Promise<ChangesMade> {
  const hash = query.get('plan') ?? '';
  if (hash === '') throw new BadQuestion('plan is missing: look at the plan first');
  return makerOf(given).make(wishIn(query), hash);
}

const keeps: readonly Keep[] = ['local', 'remote', 'newest', 'both'];

/** `undo=SEQ`, or `keep=WHICH` with `conflict=ID`. Throws BadQuestion. */
export function wishIn(query: URLSearchParams): Wish {
  if (query.has('undo')) return { type: 'undo', seq: numberIn(query, 'undo') };
  const keep = keeps.find((one) => one === query.get('keep'));
  const conflict = query.get('conflict') ?? '';
  if (keep === undefined || conflict === '')
    throw new BadQuestion(
      `undo takes the number of an event, keep one of ${keeps.join(', ')} and a conflict`,
    );
  return { type: 'keep', keep, conflict };
}
