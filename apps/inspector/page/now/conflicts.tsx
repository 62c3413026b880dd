/** Files that both sides changed: both versions, and a button for each way to settle it. */
import type { ConflictShown, Now } from '../../src/protocol.ts';
import type { Keep } from '../../src/offers.ts';
import { Command, Panel, Path } from '../parts/text.tsx';
import { bytes, count, dayAndTime } from '../words.ts';
import { WishButton } from './changes.tsx';

export const Conflicts = ({ now: { conflicts, makesChanges } }: { readonly now: Now }) =>
  conflicts.length === 0 ? null : (
    <Panel title="Conflicts" aside={count(conflicts.length)}>
      <ul class="conflicts">
        {conflicts.map((conflict) => (
          <li key={conflict.id}>
            <Versions conflict={conflict} />
            {makesChanges ? (
              <KeepButtons conflict={conflict} />
            ) : (
              <Command text={`tidemark conflicts keep newest ${quoted(conflict.named.path)}`} />
            )}
          </li>
        ))}
      </ul>
    </Panel>
  );

const Versions = ({ conflict: { at, named, kept, isEqual } }: { readonly conflict: ConflictShown }) => (
  <>
    <Path path={named.path} />
    <dl>
      {[named, kept].map((one) => (
        <div key={one.path}>
          <dt>{one.from === 'disk' ? 'Saved on disk' : 'Saved online'}</dt>
          <dd>
            {bytes(one.sizeBytes)}, {dayAndTime(one.modifiedAt * 1000)}
            {one === kept ? ', kept beside it' : ', has the name'}
          </dd>
        </div>
      ))}
    </dl>
    <p class="activity-why">
      Met {dayAndTime(at)}
      {isEqual ? '; both versions are equal' : ''}
    </p>
  </>
);

const keeps: readonly (readonly [Keep, string])[] = [
  ['local', "Keep this computer's"],
  ['remote', "Keep the drive's"],
  ['newest', 'Keep the newest'],
  ['both', 'Keep both'],
];

const KeepButtons = ({ conflict: { id, named } }: { readonly conflict: ConflictShown }) => (
  <div class="orders" role="group" aria-label={`Settle ${named.path}`}>
    {keeps.map(([keep, text]) => (
      <WishButton key={keep} wish={{ type: 'keep', keep, conflict: id }} about={named.path}>
        {text}
      </WishButton>
    ))}
  </div>
);

/** For a shell. */
const quoted = (path: string): string => `'${path.replaceAll("'", `'\\''`)}'`;
