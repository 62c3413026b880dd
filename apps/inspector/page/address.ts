/** Where the page is: which view, and the one cursor that all views share. Both stand in the address, so that any screen can be sent on. */
import { effect, signal } from '@preact/signals';

export const views = ['now', 'timeline', 'plugins'] as const;
export type View = (typeof views)[number];

export const view = signal<View>('now');
/** The number of an event; null: the last one. */
export const cursor = signal<number | null>(null);
/** The cursor as it was when it came to rest: what costs something follows this one. */
export const rested = signal<number | null>(null);
/** The item whose history is shown. */
export const item = signal<number | null>(null);
/** Which side of the details is open. */
export const detail = signal<string>('event');
/** What the list is reduced to, as it was typed. */
export const pattern = signal<string>('');

const restMs = 120;
let resting: ReturnType<typeof setTimeout> | undefined;

/** While it is moved again and again only the line moves. */
export function moveCursor(seq: number): void {
  cursor.value = seq;
  clearTimeout(resting);
  resting = setTimeout(() => {
    rested.value = cursor.value;
  }, restMs);
}

/** At once, as when a person chose that event. */
export function chooseCursor(seq: number): void {
  clearTimeout(resting);
  cursor.value = seq;
  rested.value = seq;
}

function readAddress(): void {
  const [path = '', query = ''] = location.hash.replace(/^#\/?/, '').split('?');
  const parameters = new URLSearchParams(query);
  const number = (name: string): number | null => {
    const text = parameters.get(name);
    return text !== null && /^\d{1,15}$/.test(text) ? Number(text) : null;
  };
  view.value = views.find((one) => one === path) ?? 'now';
  cursor.value = number('seq');
  rested.value = cursor.value;
  item.value = number('item');
  detail.value = parameters.get('show') ?? 'event';
  pattern.value = parameters.get('only') ?? '';
}

export function addressOf(changes: {
  readonly view?: View;
  readonly seq?: number | null;
  readonly item?: number | null;
  readonly show?: string;
}): string {
  const parameters = new URLSearchParams();
  const seq = changes.seq === undefined ? rested.value : changes.seq;
  const of = changes.item === undefined ? item.value : changes.item;
  const show = changes.show ?? detail.value;
  if (seq !== null) parameters.set('seq', String(seq));
  if (of !== null) parameters.set('item', String(of));
  if (show !== 'event') parameters.set('show', show);
  if (pattern.value !== '') parameters.set('only', pattern.value);
  const query = parameters.toString();
  return `#/${changes.view ?? view.value}${query === '' ? '' : `?${query}`}`;
}

/** Called once there is a session: until then the address may hold its token. */
export function followAddress(): void {
  readAddress();
  addEventListener('hashchange', readAddress);
  effect(() => {
    const now = addressOf({});
    if (now !== location.hash) history.replaceState(null, '', now);
  });
}
