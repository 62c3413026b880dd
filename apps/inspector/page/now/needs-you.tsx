/** What cannot go on without its owner: held plans, conflicts (of which `conflicts.tsx` tells), and items that are not in sync, each with its reason. */
import type { Now } from '../../src/protocol.ts';
import { Command, Panel, Path } from '../parts/text.tsx';
import { count, plural } from '../words.ts';
import { Order } from './actions.tsx';
import { Conflicts } from './conflicts.tsx';

const shownMax = 30;
const pathsMax = 4;

interface Group {
  readonly standing: string;
  readonly detail: string;
  readonly paths: string[];
}

/** Those with the same reason together. */
function groupsOf(items: Now['status']['notAtRest']): readonly Group[] {
  const groups = new Map<string, Group>();
  for (const { standing, detail, path } of items) {
    const key = `${standing} ${detail}`;
    const group = groups.get(key) ?? { standing, detail, paths: [] };
    group.paths.push(path);
    groups.set(key, group);
  }
  return [...groups.values()].slice(0, shownMax);
}

/** Names in it may be written from right to left. */
const Why = ({ text }: { readonly text: string }) => (
  <p class="why">
    <bdi>{text}</bdi>
  </p>
);

export const NeedsYou = ({ now }: { readonly now: Now }) => {
  const { status, held } = now;
  const open = status.notAtRest.filter(({ standing }) => standing !== 'ignored');
  const left = status.standings.ignored;
  return (
    <>
      {status.held === null ? null : (
        <Panel title="Waits for your confirmation">
          {held.slice(0, -1).map((sentence) => (
            <p key={sentence}>{sentence}.</p>
          ))}
          <p>
            <Command text={`tidemark apply ${status.held.hash}`} />
          </p>
          <Order name="apply" now={now} />
        </Panel>
      )}
      <Conflicts now={now} />
      {open.length === 0 ? null : (
        <Panel title="Not in sync" aside={plural(open.length + status.notShown, 'item')}>
          <ul class="lines">
            {groupsOf(open).map(({ standing, detail, paths }) => (
              <li key={`${standing} ${detail}`}>
                <span class={`tag standing-${standing}`}>{standing}</span>
                <div>
                  {paths.slice(0, pathsMax).map((path) => (
                    <div key={path}>
                      <Path path={path} />
                    </div>
                  ))}
                  {paths.length > pathsMax ? (
                    <p class="why">and {count(paths.length - pathsMax)} more</p>
                  ) : null}
                  <Why text={detail} />
                </div>
              </li>
            ))}
          </ul>
        </Panel>
      )}
      {left === 0 && status.oddities.length === 0 ? null : (
        <details class="panel left-alone">
          <summary>{plural(left + status.oddities.length, 'item')} left alone</summary>
          <ul class="lines">
            {[
              ...status.notAtRest.filter(({ standing }) => standing === 'ignored'),
              ...status.oddities.map(({ path, detail }) => ({ path, detail })),
            ]
              .slice(0, shownMax)
              .map(({ path, detail }) => (
                <li key={path}>
                  <div>
                    <Path path={path} />
                    <Why text={detail} />
                  </div>
                </li>
              ))}
          </ul>
        </details>
      )}
    </>
  );
};
