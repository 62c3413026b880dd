/** Bars over the axis: how many events there are in each stretch. */
import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import type { Density } from '../../src/protocol.ts';
import { clockTime, dayAndTime } from '../words.ts';

export interface Layer {
  readonly values: readonly number[];
  /** The name of a custom property of the style sheet. */
  readonly color: string;
}

interface BarsProps {
  readonly density: Density;
  readonly layers: readonly Layer[];
  readonly height: number;
  readonly hasAxis: boolean;
}

export const Bars = ({ density, layers, height, hasAxis }: BarsProps) => {
  const place = useRef<HTMLDivElement>(null);
  const chart = useRef<uPlot | null>(null);
  const shape = `${density.axis} ${layers.length} ${hasAxis} ${height}`;

  useEffect(() => {
    const element = place.current;
    if (element === null) return;
    const made = new uPlot(optionsOf({ density, layers, height, hasAxis }, element), [[], []], element);
    chart.current = made;
    const watch = new ResizeObserver(() => made.setSize({ width: element.clientWidth, height }));
    watch.observe(element);
    const scheme = matchMedia('(prefers-color-scheme: dark)');
    const repaint = (): void => made.redraw();
    scheme.addEventListener('change', repaint);
    return () => {
      scheme.removeEventListener('change', repaint);
      watch.disconnect();
      made.destroy();
    };
  }, [shape]);

  useEffect(() => {
    const { from, to, seqs } = density;
    const count = seqs.length - 1;
    const width = (to - from) / count;
    const xs = Array.from({ length: count }, (_, bucket) => from + (bucket + 0.5) * width);
    const made = chart.current;
    if (made === null) return;
    made.setData([xs, ...layers.map(({ values }) => [...values])], false);
    made.batch(() => {
      made.setScale('x', { min: from, max: to });
      const most = layers[0]?.values.reduce((one, other) => Math.max(one, other), 1) ?? 1;
      made.setScale('y', { min: 0, max: most });
    });
  }, [density, shape]);

  return <div class="bars" ref={place} aria-hidden="true" />;
};

const styleOf = (name: string): string => getComputedStyle(document.documentElement).getPropertyValue(name);

/** As exact as the distance between two of them asks for. */
const timesOf = (
  _chart: uPlot,
  splits: readonly number[],
  _axis: number,
  _space: number,
  step: number,
): string[] =>
  splits.map((at) => {
    if (step >= dayMs) return dayAndTime(at).split(' ').slice(0, 2).join(' ');
    if (step >= 60_000) return clockTime(at).slice(0, 5);
    return step >= 1000 ? clockTime(at) : `${clockTime(at).slice(3)}.${Math.floor((at % 1000) / 100)}`;
  });

const dayMs = 86_400_000;

function optionsOf({ density, layers, height, hasAxis }: BarsProps, element: HTMLElement): uPlot.Options {
  const bars = uPlot.paths.bars?.({ size: [1, 100], gap: 0, align: 0 });
  return {
    width: element.clientWidth,
    height,
    padding: [2, 0, 0, 0],
    cursor: { show: false },
    legend: { show: false },
    select: { show: false, left: 0, top: 0, width: 0, height: 0 },
    scales: { x: { time: density.axis === 'time' }, y: { distr: 1 } },
    ms: 1,
    axes: [
      {
        show: hasAxis,
        size: 24,
        gap: 4,
        ...(density.axis === 'time' ? { values: timesOf } : {}),
        font: '11px system-ui, sans-serif',
        stroke: () => styleOf('--muted'),
        grid: { show: false },
        ticks: { show: true, size: 4, width: 1, stroke: () => styleOf('--line') },
      },
      { show: false },
    ],
    series: [
      {},
      ...layers.map(({ color }) => ({
        ...(bars === undefined ? {} : { paths: bars }),
        width: 0,
        points: { show: false },
        fill: () => styleOf(color),
        stroke: () => styleOf(color),
      })),
    ],
  };
}
