/** With a plugin that changes content, whatever carries content has to ask it: past it, a file would go up as it is. */
import type { CommandType, Spool } from '@tidemark/contracts';
import { withoutSpool } from './content.ts';
import type { LoadedPlugin } from './loaded-plugin.ts';
import { SetupError } from './setup-error.ts';

/** Commands whose handlers carry content. */
export const carryingContent: ReadonlySet<CommandType> = new Set([
  'UploadFile',
  'DownloadFile',
  'KeepRemoteCopy',
]);

/** Throws SetupError. */
export function assertCarried(all: readonly LoadedPlugin[], spool: Spool | undefined): void {
  const changing = all.find(({ plugin }) => plugin.content !== undefined);
  if (changing === undefined) return;
  if (spool === undefined) throw withoutSpool(changing.name);
  for (const type of carryingContent) {
    const handlers = all.filter(({ handles }) => handles.includes(type));
    const [first] = handlers;
    // One that comes before ours hands on to it.
    if (first === undefined || handlers.some(({ plugin }) => plugin.needs?.content === true)) continue;
    throw new SetupError(
      first.name,
      `it handles ${type} and passes by plugin "${changing.name}", which changes content`,
      'Remove one of the two',
    );
  }
}
