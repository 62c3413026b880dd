import type { Mutant } from '../mutant.ts';

const specs = ['libs/graph/src/http/budget.spec.ts'];

export const budget: readonly Mutant[] = [
  {
    file: 'libs/graph/src/http/budget.ts',
    find: 'if (now + delay > this.#pausedUntil) {',
    replace: 'if (now + delay > 0) {',
    harm: 'A short pause that is asked for later ends a long one, and the service blocks the account.',
    specs,
  },
  {
    file: 'libs/graph/src/http/budget.ts',
    find: 'Math.min(pauseMaxMs, Math.max(0, delayMs))',
    replace: 'Math.max(0, delayMs)',
    harm: 'One senseless header stops all requests for years.',
    specs,
  },
  {
    file: 'libs/graph/src/http/budget.ts',
    find: 'if (this.#running >= limit) return false;',
    replace: 'if (this.#running > limit) return false;',
    harm: 'More requests run at once than are allowed.',
    specs,
  },
  {
    file: 'libs/graph/src/http/budget.ts',
    find: 'Math.max(1, limit - 1)',
    replace: 'Math.max(1, limit)',
    harm: 'Large transfers keep the change feed from being read.',
    specs,
  },
  {
    file: 'libs/graph/src/http/budget.ts',
    find: 'this.#limit = Math.max(this.#min, this.#limit / 2);',
    replace: 'this.#limit = Math.max(this.#min, this.#limit);',
    harm: 'After each pause as many requests as before run into the next one.',
    specs,
  },
  {
    file: 'libs/graph/src/http/budget.ts',
    find: "    if (share === 'content') this.#runningContent -= 1;\n",
    replace: '',
    harm: 'After some transfers no other one ever begins.',
    specs,
  },
  {
    file: 'libs/graph/src/http/retry-after.ts',
    find: 'Math.ceil(Number(text) * 1000)',
    replace: 'Math.ceil(Number(text))',
    harm: 'The client comes back after milliseconds where the service asked for seconds.',
    specs,
  },
  {
    file: 'libs/graph/src/http/graph-client.ts',
    find: '      this.budget.pause(delayMs);\n',
    replace: '',
    harm: 'A 429 to one request stops none of the others.',
    specs: ['libs/graph/src/http/graph-client.spec.ts'],
  },
  {
    file: 'libs/graph/src/drive/rate-limit.ts',
    find: 'if (dueAt - now >= shortestWaitMs) return clock.sleep(dueAt - now, signal);',
    replace: '',
    harm: 'A transfer takes the whole line, whatever rate_limit says.',
    specs: ['libs/graph/src/drive/rate-limit.spec.ts'],
  },
  {
    file: 'libs/graph/src/drive/rate-limit.ts',
    find: 'Math.max(dueAt, now - longestCreditMs)',
    replace: 'dueAt',
    harm: 'After a silence a transfer goes on at full speed for as long as the silence was.',
    specs: ['libs/graph/src/drive/rate-limit.spec.ts'],
  },
];
