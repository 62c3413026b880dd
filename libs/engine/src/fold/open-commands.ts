/** Commands that were never answered, by the item that they were for: what they did is for later looks to tell. */
import type { Command, ItemId } from '@tidemark/contracts';
import { plannedAt } from '@tidemark/contracts';

/** Beyond what can be under way the oldest is forgotten. */
export function leaveOpen<Of extends Command>(open: Map<ItemId, Of>, command: Of): void {
  open.set(command.item, command);
  if (open.size <= openMax) return;
  const [oldest] = [...open.values()].toSorted(
    (one, other) => plannedAt(one.id) - plannedAt(other.id) || one.item - other.item,
  );
  if (oldest !== undefined) open.delete(oldest.item);
}

/** More than are ever under way. What looks show is compared with all of them. */
const openMax = 256;
