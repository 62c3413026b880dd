/** How the search finds, for the builder of the index and for the page that asks it. */
import type { Options } from 'minisearch';

/** A part of a page, from one heading to the next. */
export interface Section {
  /** Where it is: path of the page relative to the site, and its heading. */
  readonly id: string;
  readonly heading: string;
  readonly page: string;
  readonly text: string;
}

export const searchOptions: Options<Section> = {
  fields: ['page', 'heading', 'text'],
  storeFields: ['page', 'heading'],
  searchOptions: { boost: { page: 4, heading: 3 }, prefix: true, fuzzy: 0.15, combineWith: 'AND' },
};
