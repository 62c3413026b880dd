/** The search: the number of an event, a pattern of events, or a part of a path. */
import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import type { Found, ItemName } from '../../src/protocol.ts';
import { chooseCursor, cursor, detail, item, pattern } from '../address.ts';
import { overview } from '../log.ts';
import { Path } from '../parts/text.tsx';
import { useAnswer } from '../parts/use-answer.ts';
import { count } from '../words.ts';

const waitMs = 200;

export const SearchBox = () => {
  const typed = useSignal('');
  const asked = useSignal('');
  const isOpen = useSignal(false);
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    const timer = setTimeout(() => {
      asked.value = typed.value;
    }, waitMs);
    return () => clearTimeout(timer);
  }, [typed.value]);
  const found = useAnswer<Found>(
    'find',
    asked.value.trim() === ''
      ? null
      : { q: asked.value, around: cursor.peek() ?? overview.peek()?.last ?? 0 },
  ).answer.value;
  const close = (): void => {
    isOpen.value = false;
    typed.value = '';
    input.current?.blur();
  };
  const hasAnswer =
    isOpen.value && asked.value.trim() !== '' && typed.value === asked.value && found !== null;
  return (
    <search class="search">
      <input
        ref={input}
        id="search"
        type="search"
        autocomplete="off"
        aria-label="Search: a path, the number of an event, or a pattern"
        placeholder="Search a path, #event, deletion, conflict, plugin:NAME …"
        value={typed.value}
        onFocus={() => {
          isOpen.value = true;
        }}
        onInput={({ currentTarget }) => {
          typed.value = currentTarget.value;
          isOpen.value = true;
        }}
        onKeyDown={(event) => {
          if (event.key === 'Escape') close();
          else if (event.key === 'Enter' && found !== null) {
            takeFirst(found, asked.value.trim());
            close();
          }
        }}
      />
      {pattern.value === '' ? null : (
        <button
          type="button"
          class="chip"
          onClick={() => {
            pattern.value = '';
          }}
          aria-label={`Show all events again, not only ${pattern.value}`}
        >
          only {pattern.value} ✕
        </button>
      )}
      {!hasAnswer || found === null ? null : (
        <div class="found" role="group" aria-label="What was found">
          {found.seq === null ? null : (
            <button
              type="button"
              onClick={() => {
                if (found.seq !== null) chooseCursor(found.seq);
                close();
              }}
            >
              Go to event #{found.seq}
            </button>
          )}
          {found.pattern === null ? null : (
            <button
              type="button"
              onClick={() => {
                pattern.value = asked.value.trim();
                close();
              }}
            >
              List {count(found.pattern.total)} events: {asked.value.trim()}
            </button>
          )}
          {found.items.map((one) => (
            <button
              key={one.item}
              type="button"
              onClick={() => {
                takeItem(one);
                close();
              }}
            >
              <Path path={one.path} />
            </button>
          ))}
          {found.seq === null && found.pattern === null && found.items.length === 0 ? (
            <p class="empty">Nothing has this in its path, and it is no pattern of events.</p>
          ) : null}
        </div>
      )}
    </search>
  );
};

function takeItem({ item: id }: ItemName): void {
  item.value = id;
  detail.value = 'item';
}

function takeFirst({ seq, pattern: found, items }: Found, text: string): void {
  const [first] = items;
  if (seq !== null) chooseCursor(seq);
  else if (found !== null) pattern.value = text;
  else if (first !== undefined) takeItem(first);
}
