/** The picture of the whole log: density, a lane for each plugin, and the cursor that is moved along it. */
import { useEffect, useRef } from 'preact/hooks';
import { effect } from '@preact/signals';
import type { Density } from '../../src/protocol.ts';
import { cursor, moveCursor } from '../address.ts';
import { overview } from '../log.ts';
import { count, dayAndTime } from '../words.ts';
import { Bars } from './bars.tsx';
import { SearchBox } from './search-box.tsx';
import { axis, chosen, density, followRange, pan, placeOf, seqAt, useAxis, zoom } from './range.ts';

export const Scrubber = () => {
  useEffect(followRange, []);
  const known = density.value;
  return (
    <section class="scrubber" aria-label="Timeline of all events">
      <Tools />
      {known === null ? (
        <div class="scrubber-empty" />
      ) : (
        <div class="scrubber-grid">
          <div class="lane-names" aria-hidden="true">
            <span class="lane-all">events</span>
            {known.lanes.map(({ name }) => (
              <bdi key={name}>{name}</bdi>
            ))}
          </div>
          <div class="lanes">
            <Bars density={known} height={92} hasAxis layers={layersOf(known)} />
            {known.lanes.map(({ name, counts }) => (
              <Bars
                key={name}
                density={known}
                height={18}
                hasAxis={false}
                layers={[{ values: counts.map(Math.sqrt), color: '--lane' }]}
              />
            ))}
            <Handle />
          </div>
        </div>
      )}
    </section>
  );
};

function layersOf({ lanes, failed, decided }: Density): { values: number[]; color: string }[] {
  const all = failed.map((_, bucket) => lanes.reduce((sum, { counts }) => sum + (counts[bucket] ?? 0), 0));
  return [
    { values: all.map(Math.sqrt), color: '--bar' },
    { values: decided.map(Math.sqrt), color: '--amber' },
    { values: failed.map(Math.sqrt), color: '--red' },
  ];
}

const Tools = () => (
  <div class="scrubber-tools">
    <SearchBox />
    <ul class="key" aria-label="Colours">
      <li>
        <i class="swatch bar" /> events
      </li>
      <li>
        <i class="swatch amber" /> deletion or conflict decided
      </li>
      <li>
        <i class="swatch red" /> attempt failed
      </li>
    </ul>
    <div class="buttons" role="group" aria-label="Axis">
      {(['time', 'seq'] as const).map((one) => (
        <button key={one} type="button" aria-pressed={axis.value === one} onClick={() => useAxis(one)}>
          {one === 'time' ? 'By time' : 'By number'}
        </button>
      ))}
    </div>
    <div class="buttons" role="group" aria-label="Zoom">
      <button type="button" aria-label="Earlier" disabled={chosen.value === null} onClick={() => pan(-0.5)}>
        ‹
      </button>
      <button type="button" aria-label="Zoom in" onClick={() => zoom(0.4, placeOfCursor())}>
        +
      </button>
      <button
        type="button"
        aria-label="Zoom out"
        disabled={chosen.value === null}
        onClick={() => zoom(2.5, placeOfCursor())}
      >
        −
      </button>
      <button type="button" aria-label="Later" disabled={chosen.value === null} onClick={() => pan(0.5)}>
        ›
      </button>
      <button
        type="button"
        disabled={chosen.value === null}
        onClick={() => {
          chosen.value = null;
        }}
      >
        All
      </button>
    </div>
  </div>
);

function placeOfCursor(): number {
  const known = density.value;
  if (known === null || cursor.value === null) return 0.5;
  return Math.min(Math.max(placeOf(cursor.value, known), 0), 1);
}

/** Moved by style alone: a step of the cursor costs no rendering. */
const Handle = () => {
  const area = useRef<HTMLDivElement>(null);
  const line = useRef<HTMLDivElement>(null);
  useEffect(
    () =>
      effect(() => {
        const [known, seq] = [density.value, cursor.value ?? overview.value?.last ?? null];
        if (known === null || seq === null || line.current === null || area.current === null) return;
        const place = placeOf(seq, known);
        line.current.hidden = place < 0 || place > 1;
        line.current.style.transform = `translateX(${place * area.current.clientWidth}px)`;
        line.current.dataset['label'] = `#${seq}`;
        line.current.classList.toggle('is-late', place > 0.85);
        area.current.setAttribute('aria-valuenow', String(seq));
        area.current.setAttribute('aria-valuetext', `Event ${seq}`);
      }),
    [],
  );
  const moveTo = (event: PointerEvent): void => {
    const known = density.value;
    const box = area.current?.getBoundingClientRect();
    if (known === null || box === undefined) return;
    moveCursor(seqAt((event.clientX - box.left) / box.width, known));
  };
  const { first = 1, last = 1, lastAt = 0 } = overview.value ?? {};
  return (
    <div
      ref={area}
      class="handle"
      role="slider"
      tabIndex={0}
      aria-label={`Cursor in ${count(last - first + 1)} events, the last one of ${dayAndTime(lastAt)}`}
      aria-valuemin={first}
      aria-valuemax={last}
      aria-valuenow={last}
      onPointerDown={(event) => {
        area.current?.setPointerCapture(event.pointerId);
        moveTo(event);
      }}
      onPointerMove={(event) => {
        if (event.buttons !== 0) moveTo(event);
      }}
      onWheel={(event) => {
        event.preventDefault();
        const box = area.current?.getBoundingClientRect();
        if (box === undefined) return;
        if (Math.abs(event.deltaX) > Math.abs(event.deltaY)) pan(event.deltaX / box.width);
        else zoom(event.deltaY > 0 ? 1.25 : 0.8, (event.clientX - box.left) / box.width);
      }}
    >
      <div ref={line} class="cursor-line" />
    </div>
  );
};
