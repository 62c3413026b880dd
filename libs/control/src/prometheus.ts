/** Figures as Prometheus text, those of the process among them. The library is loaded with the first request for them. */
import type { Counter, Gauge } from 'prom-client';

/** Sets one figure. Its name gets `tidemark_` before it; one that ends in `_total` only grows. */
export type SetFigure = (
  name: string,
  help: string,
  value: number,
  labels?: Readonly<Record<string, string>>,
) => void;

/** Called once for each reading, to set every figure there is. */
export type RecordFigures = (set: SetFigure) => void;

export function prometheusText(record: RecordFigures): () => Promise<string> {
  let reading: Promise<() => Promise<string>> | null = null;
  return async () => {
    reading ??= open(record);
    return (await reading)();
  };
}

async function open(record: RecordFigures): Promise<() => Promise<string>> {
  const prometheus = await import('prom-client');
  const registry = new prometheus.Registry();
  prometheus.collectDefaultMetrics({ register: registry });
  const metrics = new Map<string, Gauge | Counter>();
  const set: SetFigure = (name, help, value, labels = {}) => {
    let metric = metrics.get(name);
    if (metric === undefined) {
      const Kind = name.endsWith('_total') ? prometheus.Counter : prometheus.Gauge;
      metric = new Kind({
        name: `tidemark_${name}`,
        help,
        labelNames: Object.keys(labels),
        registers: [registry],
      });
      metrics.set(name, metric);
    }
    // Every figure was reset before: adding it sets it.
    metric.inc(labels, value);
  };
  return () => {
    for (const metric of metrics.values()) metric.reset();
    record(set);
    return registry.metrics();
  };
}
