/** The list of events, of which only what is in view is drawn. The event at the cursor stays in view. */
import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import type { EventRow } from '../../src/protocol.ts';
import { chooseCursor, rested } from '../address.ts';
import { overview } from '../log.ts';
import { clockTime, dayAndTime, span } from '../words.ts';
import { arrived, forgetFrom, rowAt, wantRows } from './rows.ts';

const rowPx = 34;
/** A browser cannot scroll any height: beyond this many rows the list shows a part around the cursor. */
const rowsMax = 200_000;
const spareRows = 12;

export const EventList = () => {
  const box = useRef<HTMLDivElement>(null);
  const top = useSignal(0);
  const height = useSignal(600);
  const { first = 1, last = 0 } = overview.value ?? {};
  const at = rested.value ?? last;
  const base = useSignal(first);
  const total = Math.min(last - first + 1, rowsMax);
  if (at < base.value || at >= base.value + total)
    base.value = clamp(at - total / 2, first, last - total + 1);

  useEffect(() => {
    const element = box.current;
    if (element === null) return;
    const watch = new ResizeObserver(() => {
      height.value = element.clientHeight;
    });
    watch.observe(element);
    return () => watch.disconnect();
  }, []);

  useEffect(() => forgetFrom(last), [last]);

  useEffect(() => {
    const element = box.current;
    if (element === null) return;
    const y = (at - base.value) * rowPx;
    if (y >= element.scrollTop && y <= element.scrollTop + element.clientHeight - rowPx) return;
    element.scrollTop = y - element.clientHeight / 2 + rowPx / 2;
    top.value = element.scrollTop;
  }, [at, base.value, height.value]);

  const from = base.value + Math.max(Math.floor(top.value / rowPx) - spareRows, 0);
  const to = Math.min(from + Math.ceil(height.value / rowPx) + 2 * spareRows, base.value + total - 1);
  useEffect(() => {
    if (last > 0) wantRows(from, to);
  }, [from, to, last]);
  void arrived.value;

  const drawn: number[] = [];
  for (let seq = from; seq <= to; seq += 1) drawn.push(seq);
  return (
    <div
      ref={box}
      class="event-list"
      role="listbox"
      tabIndex={0}
      aria-label="Events"
      aria-activedescendant={`event-${at}`}
      onScroll={(event) => {
        top.value = event.currentTarget.scrollTop;
      }}
    >
      <div class="event-list-inner" style={{ height: `${total * rowPx}px` }} role="presentation">
        {drawn.map((seq) => (
          <Row key={seq} seq={seq} row={rowAt(seq)} y={(seq - base.value) * rowPx} isChosen={seq === at} />
        ))}
      </div>
    </div>
  );
};

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
        <bdi class="event-text">{row.item === null ? row.text : `${row.item.path} · ${row.text}`}</bdi>
      </>
    )}
  </div>
);
