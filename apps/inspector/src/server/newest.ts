/**
 * While a cursor is moved a page asks again and again, and takes its questions back. The server does not see that, so that each question
 * names its tab: of those of one kind that wait, only the newest is answered.
 */
import { BadQuestion, type Question } from './serve.ts';

/** `settled`: resolves when work on earlier questions is done. */
export function createNewest(settled: () => Promise<void>): (name: string, question: Question) => Question {
  const newest = new Map<string, number>();
  return (name, question) => async (query) => {
    const key = `${name} ${query.get('tab') ?? ''}`;
    const mine = (newest.get(key) ?? 0) + 1;
    newest.set(key, mine);
    if (newest.size > keysMax) newest.clear();
    await settled();
    if ((newest.get(key) ?? mine) !== mine)
      throw new BadQuestion('A newer question took the place of this one');
    return question(query);
  };
}

const keysMax = 1000;
