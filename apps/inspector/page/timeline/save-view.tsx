/** Saves a part of the log as an incident: two files that make a folder of `test/incidents`. */
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { IncidentMade, IncidentRefused } from '../../src/offers.ts';
import { item } from '../address.ts';
import { ask, Refused } from '../session.ts';
import { bytes, plural } from '../words.ts';

type Part = 'until' | 'around';

export const SaveView = ({ seq }: { readonly seq: number }) => {
  const part = useSignal<Part>('until');
  const keepsNames = useSignal(false);
  const made = useSignal<IncidentMade | IncidentRefused | null>(null);
  const isAsking = useSignal(false);
  const id = item.value;
  async function run(): Promise<void> {
    isAsking.value = true;
    made.value = null;
    const around = part.value === 'around' && id !== null ? id : undefined;
    try {
      made.value = await ask<IncidentMade | IncidentRefused>('incident', {
        ...{ seq, around, names: keepsNames.value ? 'kept' : 'redacted' },
      });
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      made.value = { why: error.message };
    }
    isAsking.value = false;
  }
  return (
    <article class="moment">
      <header>
        <h2>Save as an incident test</h2>
        <p class="moment-when">
          A bundle has the events, the state before them and the policy, and no secrets. With a page that
          tells its story it is a regression test: a folder in <code>test/incidents</code>.
        </p>
      </header>
      <form
        class="range-form"
        onSubmit={(event) => {
          event.preventDefault();
          void run();
        }}
      >
        <label>
          Events
          <select
            value={part.value}
            onChange={({ currentTarget }) => {
              part.value = currentTarget.value as Part;
            }}
          >
            <option value="until">from the first one to #{seq}</option>
            {id === null ? null : <option value="around">around item {id}</option>}
          </select>
        </label>
        <label>
          <input
            type="checkbox"
            checked={keepsNames.value}
            onChange={({ currentTarget }) => {
              keepsNames.value = currentTarget.checked;
            }}
          />
          Leave names as they are
        </label>
        <button type="submit" class="primary" disabled={isAsking.value}>
          {isAsking.value ? 'Making it …' : 'Make the bundle'}
        </button>
      </form>
      <div role="status">
        {made.value === null ? null : 'why' in made.value ? (
          <p class="empty">{made.value.why}</p>
        ) : (
          <Made made={made.value} />
        )}
      </div>
    </article>
  );
};

const Made = ({ made }: { readonly made: IncidentMade }) => (
  <>
    <h3>
      {plural(made.events, 'event')}, {bytes(made.bytes)}
    </h3>
    {made.about.map((line) => (
      <p key={line}>
        <bdi>{line}</bdi>
      </p>
    ))}
    <p>
      Put both into a folder <code>test/incidents/NAME</code>, and write the story:
    </p>
    <div class="orders">
      <Save name="incident.gz" type="application/gzip" base64={made.content} />
      <Save name="README.md" type="text/markdown" text={made.readme} />
    </div>
  </>
);

interface SaveProps {
  readonly name: string;
  readonly type: string;
  readonly text?: string;
  readonly base64?: string;
}

const Save = ({ name, type, text = '', base64 }: SaveProps) => {
  const address = useSignal('');
  useEffect(() => {
    const content = base64 === undefined ? text : bytesOf(base64);
    const made = URL.createObjectURL(new Blob([content], { type }));
    address.value = made;
    return () => URL.revokeObjectURL(made);
  }, [text, base64]);
  return address.value === '' ? null : (
    <a class="save" href={address.value} download={name}>
      Save {name}
    </a>
  );
};

const bytesOf = (base64: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
