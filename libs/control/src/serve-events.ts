/** `GET /v1/events`: a stream for each client, as many as a user's own programs need. */
import type { EventFeed } from './event-stream.ts';
import { eventStream } from './event-stream.ts';
import { BadQuery, numberOf, refusal, type Route } from './serve-routes.ts';

const streamsMax = 16;

export function createEventRoute(feed: EventFeed): Route {
  let streams = 0;
  return async (query, headers) => {
    const after = lastSeen(headers['last-event-id']) ?? numberOf(query, 'after', Number.MAX_SAFE_INTEGER);
    if (streams >= streamsMax)
      return refusal(503, `${streamsMax} programs follow the events already; close one of them`);
    streams += 1;
    return {
      status: 200,
      headers: { 'content-type': 'text/event-stream', 'cache-control': 'no-store' },
      stream: async function* (reader) {
        try {
          yield* eventStream(feed, after, reader);
        } finally {
          streams -= 1;
        }
      },
    };
  };
}

/** A browser sends it when it connects again, and then the address says where it began. */
function lastSeen(id: string | undefined): number | null {
  if (id === undefined || id === '') return null;
  if (!/^\d{1,15}$/.test(id))
    throw new BadQuery(`Last-Event-ID is the id of an event, not ${JSON.stringify(id)}`);
  return Number(id);
}
