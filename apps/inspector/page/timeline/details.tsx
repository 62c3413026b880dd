/** The details of the event at the cursor, from seven sides. */
import type { FunctionComponent } from 'preact';
import { detail, rested } from '../address.ts';
import { overview } from '../log.ts';
import { CauseView } from './cause-view.tsx';
import { ChartView } from './chart-view.tsx';
import { DiffView } from './diff-view.tsx';
import { ItemView } from './item-view.tsx';
import { MomentView } from './moment.tsx';
import { SaveView } from './save-view.tsx';
import { WhatIfView } from './what-if-view.tsx';

const sides: readonly (readonly [string, string, FunctionComponent<{ readonly seq: number }>])[] = [
  ['event', 'Event', MomentView],
  ['item', 'Item', ItemView],
  ['causes', 'Causes', CauseView],
  ['diff', 'Diff', DiffView],
  ['charts', 'Charts', ChartView],
  ['whatif', 'What if', WhatIfView],
  ['save', 'Save', SaveView],
];

export const Details = () => {
  const seq = rested.value ?? overview.value?.last ?? null;
  const [open, , View] = sides.find(([name]) => name === detail.value) ?? ['event', 'Event', MomentView];
  return (
    <section class="details-box" aria-label="Details">
      <div class="tabs" role="tablist" aria-label="Details of the event at the cursor">
        {sides.map(([name, title]) => (
          <button
            key={name}
            id={`tab-${name}`}
            type="button"
            role="tab"
            aria-selected={name === open}
            aria-controls="details"
            onClick={() => {
              detail.value = name;
            }}
          >
            {title}
          </button>
        ))}
      </div>
      <div id="details" class="details" role="tabpanel" tabIndex={0} aria-labelledby={`tab-${open}`}>
        {seq === null ? null : <View seq={seq} />}
      </div>
    </section>
  );
};
