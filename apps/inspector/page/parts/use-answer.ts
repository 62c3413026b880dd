/** An answer of the server for as long as its question stands. An older answer stays until the next one is there. */
import { type Signal, useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { ask, Refused } from '../session.ts';

export interface Answered<Answer> {
  readonly answer: Signal<Answer | null>;
  /** What the server said in place of an answer; empty while all is well. */
  readonly problem: Signal<string>;
  readonly isAsking: Signal<boolean>;
}

/** `query` null: nothing is asked. */
export function useAnswer<Answer>(
  name: string,
  query: Readonly<Record<string, string | number | undefined>> | null,
): Answered<Answer> {
  const answer = useSignal<Answer | null>(null);
  const problem = useSignal('');
  const isAsking = useSignal(false);
  const question = query === null ? null : JSON.stringify([name, query]);
  useEffect(() => {
    if (query === null) return;
    const asking = new AbortController();
    isAsking.value = true;
    ask<Answer>(name, query, asking.signal)
      .then((told) => {
        answer.value = told;
        problem.value = '';
        isAsking.value = false;
      })
      .catch((error: unknown) => {
        if (asking.signal.aborted) return;
        if (!(error instanceof Refused)) throw error;
        problem.value = error.message;
        isAsking.value = false;
      });
    return () => asking.abort();
  }, [question]);
  return { answer, problem, isAsking };
}
