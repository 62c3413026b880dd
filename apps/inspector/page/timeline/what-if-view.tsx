/** What the log would have led to under other settings, or without the event at the cursor, or with it late or twice, beside what was. */
import { signal, useSignal } from '@preact/signals';
import type { PolicyShown, WhatIfRefused, WhatIfShown } from '../../src/offers.ts';
import { useAnswer } from '../parts/use-answer.ts';
import { ask, Refused } from '../session.ts';
import { WhatIfAnswer } from './what-if-answer.tsx';
import { noSettings, settingLines, type Settings, SettingFields } from './what-if-settings.tsx';

const kinds = {
  '': 'came as it did',
  without: 'had not come',
  delay: 'had come later',
  repeat: 'had come twice',
} as const;
type Kind = keyof typeof kinds;

/** They stay while the cursor moves: a person tries them at several events. */
const settings = signal<Settings>(noSettings);

export const WhatIfView = ({ seq }: { readonly seq: number }) => {
  const kind = useSignal<Kind>('without');
  const by = useSignal(5);
  const told = useSignal<{ readonly asked: string; readonly answer: WhatIfShown } | string | null>(null);
  const isAsking = useSignal(false);
  const recorded = useAnswer<PolicyShown | null>('policy', { seq }).answer.value;
  async function run(): Promise<void> {
    const policy = settingLines(settings.value);
    const { syncList } = settings.value;
    const isOther = policy.length > 0 || syncList !== '';
    if (kind.value === '' && !isOther) {
      told.value = 'Say what is to be different: the event, or a setting.';
      return;
    }
    isAsking.value = true;
    told.value = null;
    try {
      const answer = await ask<WhatIfShown | WhatIfRefused>('whatif', {
        ...{ seq, what: kind.value, by: by.value, policy: policy.join('\n') },
        syncList: syncList === '' ? undefined : syncList,
      });
      told.value =
        answer.type === 'refused' ? answer.why : { asked: askedText(seq, kind.value, isOther), answer };
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      told.value = error.message;
    }
    isAsking.value = false;
  }
  return (
    <article class="moment">
      <header>
        <h2>What if …</h2>
        <p class="moment-when">
          The log is folded twice, and every decision that differs is told. Nothing is changed.
        </p>
      </header>
      <form
        class="what-if"
        onSubmit={(event) => {
          event.preventDefault();
          void run();
        }}
      >
        <EventChoice seq={seq} kind={kind} by={by} />
        <SettingFields settings={settings} recorded={recorded} />
        <button type="submit" class="primary" disabled={isAsking.value}>
          {isAsking.value ? 'Folding …' : 'Fold the log again'}
        </button>
      </form>
      <div role="status">
        {told.value === null ? null : typeof told.value === 'string' ? (
          <p class="empty">{told.value}</p>
        ) : (
          <WhatIfAnswer {...told.value} />
        )}
      </div>
    </article>
  );
};

interface EventChoiceProps {
  readonly seq: number;
  readonly kind: { value: Kind };
  readonly by: { value: number };
}

const EventChoice = ({ seq, kind, by }: EventChoiceProps) => (
  <div class="range-form">
    <label>
      Event #{seq}
      <select
        value={kind.value}
        onChange={({ currentTarget }) => {
          kind.value = currentTarget.value as Kind;
        }}
      >
        {Object.entries(kinds).map(([name, text]) => (
          <option key={name} value={name}>
            {text}
          </option>
        ))}
      </select>
    </label>
    {kind.value !== 'delay' ? null : (
      <label>
        by so many events
        <input
          type="number"
          min={1}
          value={by.value}
          onChange={({ currentTarget }) => {
            by.value = Math.max(1, Math.floor(Number(currentTarget.value)) || 1);
          }}
        />
      </label>
    )}
  </div>
);

function askedText(seq: number, kind: Kind, isOther: boolean): string {
  const event = `If event ${seq} ${kinds[kind]}`;
  if (!isOther) return event;
  return kind === '' ? 'With these settings' : `${event}, and with these settings`;
}
