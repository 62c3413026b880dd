/** Counts, and what OpenTelemetry's JSON makes of them: every sum is that since the start. */

export interface Meter {
  /** A sum that only grows. */
  add(name: string, unit: string, value: number, attributes?: Attributes): void;
  /** A value that may go up and down. */
  set(name: string, unit: string, value: number): void;
  /** An `ExportMetricsServiceRequest`. */
  toJson(now: number): string;
}

type Attributes = Readonly<Record<string, string>>;

/** `startAt`: milliseconds since 1970. */
export function createMeter(resource: Attributes, startAt: number): Meter {
  const points = new Map<string, ReturnType<typeof newPoint>>();
  const pointOf = (...[name, unit, isSum, attributes]: Parameters<typeof newPoint>) => {
    const key = JSON.stringify([name, attributes]);
    const point = points.get(key) ?? newPoint(name, unit, isSum, attributes);
    points.set(key, point);
    return point;
  };
  return {
    add(name, unit, value, attributes = {}) {
      pointOf(name, unit, true, attributes).value += value;
    },
    set(name, unit, value) {
      pointOf(name, unit, false, {}).value = value;
    },
    toJson(now) {
      const times = { startTimeUnixNano: nanoseconds(startAt), timeUnixNano: nanoseconds(now) };
      const metrics = [...Map.groupBy(points.values(), ({ name }) => name)].map(([name, same]) => {
        const dataPoints = same.map(({ attributes, value }) => ({
          ...times,
          ...{ attributes: listOf(attributes), asInt: String(value) },
        }));
        const sum = { aggregationTemporality: 2, isMonotonic: true, dataPoints };
        return { name, unit: same[0]?.unit, ...(same[0]?.isSum ? { sum } : { gauge: { dataPoints } }) };
      });
      const scopeMetrics = [{ scope: { name: 'tidemark-metrics' }, metrics }];
      return JSON.stringify({
        resourceMetrics: [{ resource: { attributes: listOf(resource) }, scopeMetrics }],
      });
    },
  };
}

const newPoint = (name: string, unit: string, isSum: boolean, attributes: Attributes) => ({
  ...{ name, unit, isSum, attributes, value: 0 },
});

const listOf = (attributes: Attributes): object[] =>
  Object.entries(attributes).map(([key, stringValue]) => ({ key, value: { stringValue } }));

/** As text: the number has more digits than JSON keeps. */
const nanoseconds = (ms: number): string => `${Math.round(ms)}000000`;
