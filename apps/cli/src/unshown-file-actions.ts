/** `notify_file_actions` does nothing by itself: a plugin has to show what was done. */
import type { ArrangedPlugins, Profile } from '@tidemark/daemon';

/** In a line for people; null where a plugin shows it, or may: what one in another process needs is not known here. */
export function unshownFileActions(
  { here }: Pick<ArrangedPlugins, 'here'>,
  {
    notify_file_actions: isWanted,
    disable_notifications: isOff,
    remote_plugins: remote,
  }: Profile['settings'],
): string | null {
  if (!isWanted || isOff || remote.length > 0) return null;
  if (here.some(({ plugin }) => plugin.needs?.desktop === true)) return null;
  return (
    "WARNING: 'notify_file_actions' shows nothing, because no plugin of this run shows notifications on the desktop: " +
    "name one in 'plugins' of tidemark.conf, such as plugins-extra/desktop"
  );
}
