/** The charts of looks, subscription and one item: where each was at the cursor, and by which events it came there. */
import type { ItemId } from '@tidemark/contracts';
import type { State } from '@tidemark/engine';
import { type Picture, pictures } from '@tidemark/machines';
import type { Moments } from '../log/moments.ts';
import type { ChartName, ChartShown } from '../protocol.ts';

/** So far back the steps are looked for. */
const eventsBack = 1500;
const stepsMax = 40;

interface Followed {
  readonly name: ChartName;
  readonly title: string;
  readonly picture: Picture;
  readonly stateIn: (state: State) => string;
}

/** `item` null: without the chart of an item. */
export async function chartsAt(
  moments: Moments,
  seq: number,
  item: ItemId | null,
): Promise<readonly ChartShown[]> {
  const followed = chartsFor(item);
  const steps = followed.map((): ChartShown['steps'][number][] => []);
  const states = followed.map(({ picture }) => picture.first);
  await moments.fold(Math.max(seq - eventsBack, 1), seq, ({ seq: at, event }, state) => {
    const before = followed.map(({ stateIn }) => stateIn(state));
    return () => {
      for (const [index, { stateIn }] of followed.entries()) {
        const [from = '', to] = [before[index], stateIn(state)];
        states[index] = to;
        if (from !== to) steps[index]?.push({ seq: at, from, to, type: event.type });
      }
    };
  });
  return followed.map(({ name, title, picture: { first, states: all, arrows } }, index) => ({
    ...{ name, title, picture: { first, states: all, arrows } },
    state: states[index] ?? first,
    steps: (steps[index] ?? []).slice(-stepsMax),
  }));
}

function chartsFor(item: ItemId | null): readonly Followed[] {
  const { item: itemPicture, look, subscription } = pictures();
  const looks: readonly Followed[] = [
    {
      ...{ name: 'remote', title: 'Looking at the drive', picture: look },
      stateIn: ({ remote }) => remote.look.state,
    },
    {
      ...{ name: 'local', title: 'Looking at the disk', picture: look },
      stateIn: ({ local }) => local.look.state,
    },
    {
      ...{ name: 'subscription', title: 'The subscription', picture: subscription },
      stateIn: (state) => state.subscription.activity.state,
    },
  ];
  if (item === null) return looks;
  // An item without a history of attempts has no activity, even while a command for it is out.
  const stateIn = ({ activities, inFlight }: State): string =>
    inFlight.has(item) ? 'inFlight' : (activities.get(item)?.state ?? itemPicture.first);
  return [{ name: 'item', title: 'The item', picture: itemPicture, stateIn }, ...looks];
}
