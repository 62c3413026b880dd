/** The three entries of an item side by side. What differs from what both sides agreed on, or was changed, stands out. */
import type { EntriesShown, Entry, EntryOf } from '../../src/protocol.ts';
import { Seq } from '../parts/text.tsx';
import { bytes, dayAndTime } from '../words.ts';

const sides: readonly (readonly [EntryOf, string])[] = [
  ['remote', 'Drive'],
  ['local', 'Disk'],
  ['synced', 'Agreed'],
];

interface Field {
  readonly name: string;
  readonly of: (entry: Entry) => string;
}

const fields: readonly Field[] = [
  { name: 'Name', of: ({ name }) => name },
  { name: 'Kind', of: ({ kind }) => kind },
  { name: 'Size', of: ({ kind, sizeBytes }) => (kind === 'file' ? bytes(sizeBytes) : '–') },
  { name: 'Modified', of: ({ modifiedAt }) => dayAndTime(modifiedAt) },
  { name: 'Hash', of: ({ hash, kind }) => hash ?? (kind === 'file' ? 'not known' : '–') },
];

/** `before`: with it, fields that the event changed are shown as they were, too. */
export const Entries = ({
  entries,
  before,
}: {
  readonly entries: EntriesShown | null;
  readonly before?: EntriesShown | null;
}) => {
  const has = (side: EntryOf): boolean => (entries?.[side] ?? before?.[side] ?? null) !== null;
  if (!sides.some(([side]) => has(side))) return <p class="empty">Known on neither side.</p>;
  return (
    <div class="table-box">
      <table class="entries">
        <thead>
          <tr>
            <td />
            {sides.map(([side, title]) => (
              <th key={side} scope="col">
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {fields.map((field) => (
            <tr key={field.name}>
              <th scope="row">{field.name}</th>
              {sides.map(([side]) => (
                <Cell
                  key={side}
                  field={field}
                  now={entries?.[side] ?? null}
                  before={before === undefined ? undefined : (before?.[side] ?? null)}
                />
              ))}
            </tr>
          ))}
          <tr>
            <th scope="row">Set by</th>
            {sides.map(([side]) => {
              const setBy = entries?.[side]?.setBy;
              return <td key={side}>{setBy === undefined ? '' : <Seq seq={setBy} />}</td>;
            })}
          </tr>
        </tbody>
      </table>
    </div>
  );
};

const Cell = ({
  field,
  now,
  before,
}: {
  readonly field: Field;
  readonly now: Entry | null;
  readonly before: Entry | null | undefined;
}) => {
  const text = now === null ? null : field.of(now);
  const was = before === undefined || before === null ? null : field.of(before);
  const isChanged = before !== undefined && was !== text;
  return (
    <td class={isChanged ? 'is-changed' : ''}>
      {isChanged && was !== null ? (
        <del>
          <bdi>{was}</bdi>
        </del>
      ) : null}
      {text === null ? (
        field.name === 'Name' ? (
          <span class="nothing">nothing</span>
        ) : null
      ) : (
        <bdi>{text}</bdi>
      )}
    </td>
  );
};
