/** The control API of a daemon: it reads, and it takes orders. What it says is the schema of status-report.ts, as JSON. */
import type { Answer, Listen } from '@tidemark/contracts';
import type { ControlPlace } from './control-path.ts';
import type { ExplainReport } from './explain-report.ts';
import type { PlanReport } from './plan-report.ts';
import type { EventFeed } from './event-stream.ts';
import { createEventRoute } from './serve-events.ts';
import {
  type Control,
  json,
  metricsAnswer,
  numberOf,
  refusal,
  serveRoutes,
  textOf,
  timeOf,
} from './serve-routes.ts';
import type { Health, OrderAnswer, StatusReport } from './status-report.ts';
import { type MadeChanges, readWantedChanges, type WantedChanges } from './user-changes.ts';

export interface ControlSource {
  /** `itemsMax`: how many items that are not at rest are listed. */
  status(itemsMax: number): StatusReport;
  health(): Promise<Health>;
  /** Prometheus text. */
  metrics(): Promise<string>;
  /** Looks at both sides now. */
  look(): Promise<OrderAnswer>;
  /** Changes nothing on either side until that time, in milliseconds since 1970; null: until `resume`. */
  pause(until: number | null): Promise<OrderAnswer>;
  /** Ends every pause. */
  resume(): Promise<OrderAnswer>;
  /** Reads the settings again. */
  reload(): Promise<OrderAnswer>;
  /** What would be done now, as far as both sides are known. Throws Busy. */
  plan(): Promise<PlanReport>;
  /** Lets the held plan with that hash go on, or what is held in the whole plan with that hash; null: whatever is held. */
  apply(hash: string | null): Promise<OrderAnswer>;
  /** Makes changes that a user decided on, between two runs. Resolves when they are made. Throws Busy, and Failure. */
  change(wanted: WantedChanges): Promise<MadeChanges>;
  /** Ends the daemon in order; answered before it has ended. */
  stop(): Promise<OrderAnswer>;
  /** What the log tells of a path, relative to the sync folder. Null: no run has ever seen it. Throws Failure, and Busy. */
  explain(path: string): Promise<ExplainReport | null>;
  /** The log, for those who follow it. */
  readonly events: EventFeed;
  /** Resolves when the log has gone beyond `seq`, or after `waitMs`. */
  changedSince(seq: number, waitMs: number): Promise<void>;
}

const itemsDefault = 1_000;
const itemsMax = 1_000_000;

/** Throws Failure `listenerFailed`. A socket that a killed daemon left behind is taken over. */
export function openControl(listen: Listen, place: ControlPlace, source: ControlSource): Promise<Control> {
  return serveRoutes(listen, place, {
    reads: {
      '/v1/status': async (query) => {
        const after = numberOf(query, 'after', Number.MAX_SAFE_INTEGER);
        if (after !== null) await source.changedSince(after, (numberOf(query, 'wait', 60) ?? 25) * 1000);
        return json(200, source.status(numberOf(query, 'items', itemsMax) ?? itemsDefault));
      },
      '/v1/health': async () => {
        const health = await source.health();
        return json(health.isAlive ? 200 : 503, health);
      },
      '/v1/metrics': async () => metricsAnswer(await source.metrics()),
      '/v1/explain': async (query) => {
        const path = textOf(query, 'path');
        const report = await source.explain(path);
        return report === null
          ? refusal(404, `No run has ever seen ${JSON.stringify(path)} on either side`)
          : json(200, report);
      },
      '/v1/plan': async () => json(200, await source.plan()),
      '/v1/events': createEventRoute(source.events),
    },
    orders: {
      '/v1/look': async () => ordered(await source.look()),
      '/v1/pause': async (query) => ordered(await source.pause(timeOf(query, 'until'))),
      '/v1/resume': async () => ordered(await source.resume()),
      '/v1/reload': async () => ordered(await source.reload()),
      '/v1/apply': async (query) => ordered(await source.apply(query.get('plan'))),
      '/v1/stop': async () => ordered(await source.stop()),
    },
    taking: {
      '/v1/changes': async (body) => {
        const wanted = readWantedChanges(body);
        return typeof wanted === 'string' ? refusal(400, wanted) : json(200, await source.change(wanted));
      },
    },
  });
}

const ordered = (given: OrderAnswer): Answer => json(given.isAccepted ? 202 : 409, given);
