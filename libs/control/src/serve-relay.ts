/** The control API of a relay: it only reads. What it says is the schema of relay-report.ts, as JSON. */
import type { Listen } from '@tidemark/contracts';
import type { ControlPlace } from './control-path.ts';
import { prometheusText, type RecordFigures } from './prometheus.ts';
import type { RelayReport } from './relay-report.ts';
import { type Control, json, metricsAnswer, serveRoutes } from './serve-routes.ts';
import { statusSchemaVersion } from './status-report.ts';

export interface RelayControlSource {
  status(): RelayReport;
  /** Gives every figure of the moment. */
  readonly figures: RecordFigures;
}

/** Throws Failure `listenerFailed`. A socket that a killed relay left behind is taken over. */
export function openRelayControl(
  listen: Listen,
  place: ControlPlace,
  { status, figures }: RelayControlSource,
): Promise<Control> {
  const metrics = prometheusText(figures);
  return serveRoutes(listen, place, {
    reads: {
      '/v1/status': async () => json(200, status()),
      '/v1/health': async () => {
        // Who answers is alive; a server that is away comes back without a restart.
        const { state, relay } = status();
        return json(200, {
          schema: statusSchemaVersion,
          isAlive: true,
          state,
          detail: relay?.detail ?? null,
        });
      },
      '/v1/metrics': async () => metricsAnswer(await metrics()),
    },
    orders: {},
  });
}
