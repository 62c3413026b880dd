/** Searches in all pages. The index is loaded when the reader begins to search. */
import MiniSearch from 'minisearch';
import { searchOptions } from '../src/search-options.ts';

declare global {
  var tidemarkIndex: string | undefined;
}

const root = document.documentElement.dataset['root'] ?? '';
const input = document.querySelector<HTMLInputElement>('#search');
const list = document.querySelector<HTMLOListElement>('#found');
if (input !== null && list !== null) listen(input, list);

function listen(field: HTMLInputElement, found: HTMLOListElement): void {
  const show = (): void => {
    void loadIndex().then((index) => {
      const results = field.value.trim() === '' ? [] : index.search(field.value).slice(0, 12);
      found.replaceChildren(
        ...results.map((result) => line(String(result.id), result['heading'], result['page'])),
      );
    });
  };
  field.addEventListener('input', show);
  field.addEventListener('keydown', (event) => {
    if (event.key === 'Enter') found.querySelector('a')?.click();
    if (event.key === 'Escape') found.replaceChildren();
  });
  document.addEventListener('keydown', (event) => {
    if (event.key !== '/' || document.activeElement === field) return;
    event.preventDefault();
    field.focus();
  });
}

function line(place: string, heading: string, page: string): HTMLLIElement {
  const link = document.createElement('a');
  link.href = `${root}${place}`;
  link.textContent = heading;
  const item = document.createElement('li');
  item.append(link, heading === page ? '' : ` ${page}`);
  return item;
}

let index: Promise<MiniSearch> | undefined;

function loadIndex(): Promise<MiniSearch> {
  index ??= new Promise((resolve, reject) => {
    const script = document.createElement('script');
    script.src = `${root}search-index.js`;
    script.onload = () => resolve(MiniSearch.loadJSON(globalThis.tidemarkIndex ?? '{}', searchOptions));
    script.onerror = () => reject(new Error('The index of the search could not be loaded'));
    document.head.append(script);
  });
  return index;
}
