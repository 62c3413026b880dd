/** What modification times tell of clocks. */
import type { Command } from '@tidemark/contracts';
import type { LocalEntry, RemoteEntry } from '@tidemark/trees';

const dayMs = 86_400_000;

/** Null when its time is none of the future. `at`: when it was seen, in milliseconds since 1970. */
export function aheadText({ kind, modifiedAt }: LocalEntry | RemoteEntry, at: number): string | null {
  const days = Math.floor((modifiedAt * 1000 - at) / dayMs);
  if (kind !== 'file' || days < 1) return null;
  return `Its modification time is ${days} ${days === 1 ? 'day' : 'days'} ahead of the clock of this machine: that clock is wrong, or the one that set it`;
}

/** How the times of both versions stand, where a conflict is settled by them. */
export function newerText(
  { reason }: Command,
  { remote, local }: { readonly remote: RemoteEntry | null; readonly local: LocalEntry | null },
): string {
  const isByTime =
    reason.plugin === undefined &&
    (reason.rule === 'conflict-local-keeps-name' || reason.rule === 'conflict-remote-keeps-name');
  if (!isByTime || remote === null || local === null || remote.modifiedAt === local.modifiedAt) return '';
  return `; the version ${local.modifiedAt > remote.modifiedAt ? 'on disk' : 'of the drive'} has the later modification time`;
}
