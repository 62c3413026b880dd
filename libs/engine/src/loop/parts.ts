/**
 * The look under way, in numbered parts, and what they have met so far. A part that comes again is dropped. Without one of them
 * the look fails: what is in it would read as gone, and the cursor would go past it for good.
 */
import type { Command, CommandId, Event, ItemId, Seq } from '@tidemark/contracts';
import { plannedAt, rootItem } from '@tidemark/contracts';

export interface Parts<Met> {
  /** A part arrived. Takes it in when it is the next one of `looking`. */
  next(looking: Command | null, command: CommandId, part: number, take: (met: Met) => Event[]): Event[];
  /** The look came to its end, and had that many parts. */
  end(looking: Command, parts: number, conclude: (met: Met) => Event): Event[];
}

export function createParts<Met>(nothing: () => Met): Parts<Met> {
  let look: { readonly command: CommandId; readonly met: Met; parts: number } | null = null;
  const lookOf = (command: CommandId) =>
    look?.command === command ? look : (look = { command, met: nothing(), parts: 0 });

  return {
    next(looking, command, part, take) {
      if (looking?.id !== command) return [];
      const begun = lookOf(command);
      if (part < begun.parts) return [];
      if (part > begun.parts) return [partMissing(looking, begun.parts)];
      begun.parts += 1;
      return take(begun.met);
    },
    end(looking, parts, conclude) {
      const { met, parts: arrived } = lookOf(looking.id);
      look = null;
      return [arrived === parts ? conclude(met) : partMissing(looking, arrived)];
    },
  };
}

/** Known on a side before the look began, and not met by it. `entryOf`: what the side shows of the item; null when the look could not tell. */
export function missedBy<Id>(
  looking: Command,
  known: ReadonlyMap<Id, ItemId>,
  seen: ReadonlySet<Id>,
  entryOf: (item: ItemId) => { readonly seq: Seq } | null,
): Id[] {
  const startedAt = plannedAt(looking.id);
  const missed: Id[] = [];
  for (const [id, item] of known)
    if (item !== rootItem && !seen.has(id) && (entryOf(item)?.seq ?? Infinity) <= startedAt) missed.push(id);
  return missed;
}

export const withoutEnd = (looking: Command): Event =>
  broken(looking, `Cannot use a look: the handler of ${looking.type} did not say how it ended`);

function partMissing(looking: Command, part: number): Event {
  const what = looking.type === 'ReadRemote' ? 'read the drive' : 'scan';
  return broken(looking, `Cannot ${what}: part ${part + 1} of what was found never arrived`);
}

const broken = ({ id }: Command, detail: string): Event => ({
  type: 'CommandFailed',
  command: id,
  failure: { code: 'pluginFault', detail },
});
