/** The list of events, of which only what is in view is drawn. The event at the cursor stays in view. */
import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import type { EventRow } from '../../src/protocol.ts';
import { chooseCursor, pattern, rested } from '../address.ts';
import { overview } from '../log.ts';
import { clockTime, dayAndTime, span } from '../words.ts';
import { matches, patternProblem } from './matches.ts';
import { arrived, rowAt, wantRows } from './rows.ts';

const rowPx = 34;
/** A browser cannot scroll any height: beyond this many rows the list shows a part around the cursor. */
const rowsMax = 200_000;
const spareRows = 12;

export const EventList = () => {
  const box = useRef<HTMLDivElement>(null);
  const top = useSignal(0);
  const height = useSignal(600);
  const base = useSignal(0);
  const { first = 1, last = 0 } = overview.value ?? {};
  const only = matches.value;
  const at = rested.value ?? last;
  const all = only === null ? last - first + 1 : only.seqs.length;
  const seqOf = (place: number): number => (only === null ? first + place : (only.seqs[place] ?? 0));
  const placeOfCursor = only === null ? at - first : nearestPlace(only.seqs, at);
  const total = Math.min(all, rowsMax);
  if (base.value > all - total || placeOfCursor < base.value || placeOfCursor >= base.value + total)
    base.value = clamp(placeOfCursor - total / 2, 0, all - total);

  useEffect(() => {
    const element = box.current;
    if (element === null) return;
    const watch = new ResizeObserver(() => {
      height.value = element.clientHeight;
    });
    watch.observe(element);
    return () => watch.disconnect();
  }, []);

  useEffect(() => {
    const element = box.current;
    if (element === null) return;
    const y = (placeOfCursor - base.value) * rowPx;
    if (y >= element.scrollTop && y <= element.scrollTop + element.clientHeight - rowPx) return;
    element.scrollTop = y - element.clientHeight / 2 + rowPx / 2;
    top.value = element.scrollTop;
  }, [placeOfCursor, base.value, height.value]);

  const from = base.value + Math.max(Math.floor(top.value / rowPx) - spareRows, 0);
  const to = Math.min(from + Math.ceil(height.value / rowPx) + 2 * spareRows, base.value + total) - 1;
  const drawn: { readonly seq: number; readonly y: number }[] = [];
  for (let place = from; place <= to; place += 1)
    drawn.push({ seq: seqOf(place), y: (place - base.value) * rowPx });
  useEffect(() => {
    wantRows(drawn.map(({ seq }) => seq));
  }, [from, to, last, only]);
  void arrived.value;

  return (
    <div
      ref={box}
      class="event-list"
      role="listbox"
      tabIndex={0}
      aria-label={only === null ? 'Events' : `Events, only ${pattern.value}`}
      aria-activedescendant={drawn.some(({ seq }) => seq === at) ? `event-${at}` : undefined}
      onScroll={(event) => {
        top.value = event.currentTarget.scrollTop;
      }}
    >
      {patternProblem.value === '' ? null : <p class="empty list-note">{patternProblem.value}</p>}
      <div class="event-list-inner" style={{ height: `${total * rowPx}px` }} role="presentation">
        {drawn.map(({ seq, y }) => (
          <Row key={seq} seq={seq} row={rowAt(seq)} y={y} isChosen={seq === at} />
        ))}
      </div>
    </div>
  );
};

function nearestPlace(seqs: readonly number[], seq: number): number {
  const place = seqs.findIndex((one) => one >= seq);
  return place === -1 ? Math.max(seqs.length - 1, 0) : place;
}

const clamp = (value: number, least: number, most: number): number =>
  Math.floor(Math.max(Math.min(value, most), least));

interface RowProps {
  readonly seq: number;
  readonly row: EventRow | null;
  readonly y: number;
  readonly isChosen: boolean;
}

const Row = ({ seq, row, y, isChosen }: RowProps) => (
  <div
    id={`event-${seq}`}
    class={`event-row ${row === null ? 'is-coming' : `kind-${row.kind}`}`}
    style={{ transform: `translateY(${y}px)` }}
    role="option"
    aria-selected={isChosen}
    onClick={() => chooseCursor(seq)}
  >
    <span class="event-seq">{seq}</span>
    {row === null ? (
      <span class="event-text">…</span>
    ) : (
      <>
        <time class="event-time" title={dayAndTime(row.at)}>
          {clockTime(row.at)}
        </time>
        <span class="event-gap">
          {row.gap === null || row.gap === 0 ? '' : `+${span(Math.abs(row.gap))}`}
        </span>
        <bdi class="event-source">{row.source}</bdi>
        <span class="event-type">{row.type}</span>
        <bdi class="event-text">{row.text === '' ? row.type : row.text}</bdi>
      </>
    )}
  </div>
);
