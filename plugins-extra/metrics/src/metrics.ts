/** Sends what a run did to an OpenTelemetry collector: OTLP over HTTP, in JSON, every now and then and at the end. */
import { definePlugin, Failure, z } from '@tidemark/plugin-sdk';
import type { HttpRequest, RecordedEvent } from '@tidemark/plugin-sdk';
import { defer, ignoreElements, merge, tap } from 'rxjs';
import { createMeter, type Meter } from './meter.ts';

const config = z.strictObject({
  /** Where the collector takes in metrics. */
  url: z.url().default('http://localhost:4318/v1/metrics'),
  /** Such as `{ "authorization": "Bearer …" }`. */
  headers: z.record(z.string(), z.string()).default({}),
  everySeconds: z.number().min(5).max(86_400).default(60),
  /** Attributes of the resource, which tell one machine from another. */
  attributes: z.record(z.string(), z.string()).default({}),
});

export default definePlugin({
  name: 'metrics',
  version: '1.0.0',
  sdk: '^1.0.0',
  needs: { events: true, request: [{ setting: 'url' }] },
  config,
  setup({ clock, config, request, say }) {
    const meter = createMeter({ 'service.name': 'tidemark', ...config.attributes }, clock.now());
    let isFailing = false;
    const send = async (signal?: AbortSignal): Promise<void> => {
      const trouble = await post(request, config, meter.toJson(clock.now()), signal);
      // Told once until it works again: counts only grow, so that the next one makes up for what was missed.
      if (trouble !== null && !isFailing && signal?.aborted !== true) say(trouble, 'warning');
      isFailing = trouble !== null;
    };
    return { meter, send };
  },
  observe: ({ events, clock, config, signal, state: { meter, send } }) => {
    const sendForEver = async (): Promise<void> => {
      while (!signal.aborted) {
        await clock.sleep(config.everySeconds * 1_000, signal);
        if (!signal.aborted) await send(signal);
      }
    };
    return merge(events.pipe(tap(lookCounter(meter))), defer(sendForEver)).pipe(ignoreElements());
  },
  on: {
    finished({ command: { type }, outcome }, { state: { meter } }) {
      const isDone = outcome.type === 'CommandSucceeded';
      meter.add('tidemark.changes', '{change}', 1, { command: type, result: isDone ? 'done' : 'failed' });
      if (!isDone) return meter.add('tidemark.failures', '{failure}', 1, { code: outcome.failure.code });
      const { transferredBytes = 0 } = outcome;
      const direction = type === 'UploadFile' ? 'up' : 'down';
      if (transferredBytes > 0) meter.add('tidemark.transferred', 'By', transferredBytes, { direction });
    },
    conflict: (_conflict, { state: { meter } }) => meter.add('tidemark.conflicts', '{conflict}', 1),
  },
  // What happened since the last time, or in a run that was shorter than the interval.
  dispose: ({ send }) => send(),
});

/** Counts looks that came to their end. A batch may come twice; the numbers of events go on from `NothingNew`. */
function lookCounter(meter: Meter): (batch: readonly RecordedEvent[]) => void {
  let lastSeq = 0;
  return (batch) => {
    for (const { seq, event } of batch) {
      if (seq <= lastSeq && event.type !== 'NothingNew') continue;
      lastSeq = seq;
      if (event.type === 'LocalScanCompleted') meter.add('tidemark.looks', '{look}', 1, { side: 'local' });
      if (event.type !== 'RemoteRoundCompleted') continue;
      meter.add('tidemark.looks', '{look}', 1, { side: 'remote' });
      if (event.known !== undefined) meter.set('tidemark.items', '{item}', event.known);
    }
  };
}

/** In words what went wrong; null when the collector took it. */
async function post(
  request: HttpRequest,
  { url, headers }: z.infer<typeof config>,
  body: string,
  signal?: AbortSignal,
): Promise<string | null> {
  try {
    const { status } = await request(url, {
      ...{ method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body },
      ...(signal !== undefined && { signal }),
    });
    return status < 300 ? null : `Cannot send metrics: "${new URL(url).hostname}" answered ${status}`;
  } catch (error) {
    if (error instanceof Failure) return `Cannot send metrics: ${error.message}`;
    throw error;
  }
}
