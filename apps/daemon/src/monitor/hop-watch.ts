/**
 * When the service could not reach the address for notifications, looks for the hop at which the way ends, as `doctor webhook`
 * does, and tells it. Nothing waits for it, and the run is the same without it.
 */
import type { Event, ServiceAnswer } from '@tidemark/contracts';
import type { Finding } from '@tidemark/doctor';
import type { Plugin } from '@tidemark/plugin-sdk';
import { definePlugin } from '@tidemark/plugin-sdk';
import {
  concatAll,
  EMPTY,
  exhaustMap,
  filter,
  ignoreElements,
  map,
  Observable,
  share,
  takeUntil,
  tap,
} from 'rxjs';

/** The first check that fails; null when none does, or when it cannot be looked at now. Ends soon after the signal. */
export type FindHop = (refusal: ServiceAnswer, signal: AbortSignal) => Promise<Finding | null>;

/** As long as the service says the same, one attempt fails after the other, and hardly for another reason. */
const againAfterMs = 300_000;

/** A plugin for one run. */
export function createHopWatch(findHop: FindHop): Plugin {
  return definePlugin({
    name: 'doctor',
    needs: { events: true },
    observe: ({ events, clock, tell }) => {
      let examined: { readonly answer: string; readonly at: number } | null = null;
      let told = '';

      const seen = events.pipe(
        concatAll(),
        map(({ event }) => event),
        tap((event) => {
          if (!isGrant(event)) return;
          examined = null;
          told = '';
        }),
        share(),
      );
      const isDue = (answer: string): boolean =>
        examined?.answer !== answer || clock.monotonic() - examined.at >= againAfterMs;

      return seen.pipe(
        map(refusalIn),
        filter((refusal) => refusal !== null),
        exhaustMap((refusal) => {
          const answer = JSON.stringify(refusal);
          if (!isDue(answer)) return EMPTY;
          return looking(findHop, refusal).pipe(
            tap((found) => {
              examined = { answer, at: clock.monotonic() };
              const { check, detail, remedy = null } = found;
              const news = JSON.stringify([check, detail, remedy]);
              if (news !== told) tell({ type: 'hopFailed', check, detail, remedy });
              told = news;
            }),
            // What was found out before is not what holds now.
            takeUntil(seen.pipe(filter(isGrant))),
          );
        }),
        ignoreElements(),
      );
    },
  });
}

/** Empty when nothing was found. */
function looking(findHop: FindHop, refusal: ServiceAnswer): Observable<Finding> {
  return new Observable((subscriber) => {
    const leaving = new AbortController();
    const look = async (): Promise<void> => {
      const found = await findHop(refusal, leaving.signal);
      if (found !== null) subscriber.next(found);
      subscriber.complete();
    };
    look().catch((error: unknown) => subscriber.error(error));
    return () => leaving.abort();
  });
}

function refusalIn(event: Event): ServiceAnswer | null {
  if (event.type !== 'CommandFailed' || event.failure.code !== 'callbackFailed') return null;
  return event.failure.answer ?? null;
}

const isGrant = (event: Event): boolean =>
  event.type === 'CommandSucceeded' && event.subscription !== undefined && !('gone' in event.subscription);
