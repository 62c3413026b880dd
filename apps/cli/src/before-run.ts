/** What is asked and said before a run: the resync question, and settings that changed since the last accepted start. */
import { refuseUnfitRoot } from '@tidemark/daemon';
import { changedSettings } from './accepted-start.ts';
import { startLines } from './start-lines.ts';
import { confirmed } from './confirm.ts';
import type { CommandContext } from './context.ts';
import { asksForJson } from './for-programs.ts';

/** An exit code when the run must not begin; null when it may. Throws Failure `rootUnfit`. */
export async function beforeRun(context: CommandContext): Promise<number | null> {
  const { commandLine, output, profile } = context;
  const { settings } = profile;
  const isJson = asksForJson(commandLine);
  // Before a plugin is loaded: one in the sync folder is what any user of the drive made of it.
  refuseUnfitRoot(profile);
  const say = (line: string): void => {
    if (!isJson) output.line(line);
  };
  if (commandLine.forceSync === 'yes' && !(await confirmed(forceSyncWarning, context))) return 1;
  if (settings.resync && !settings.resync_auth && !(await confirmed(resyncWarning, context))) return 1;

  const changes = settings.resync ? { changed: [], notices: [] } : changedSettings(profile);
  for (const notice of changes.notices) say(notice);
  if (changes.changed.length > 0) {
    const lines = changes.lines ?? [];
    if (settings.compat_strict_resync) {
      for (const line of lines) output.errorLine(line);
      return 78;
    }
    const applied = changes.changed.filter((key) => key !== 'sync_dir');
    if (applied.length > 0)
      say(`${lines[0] ?? ''} (${applied.join(', ')}): applied without it, nothing is deleted because of it`);
    if (applied.length < changes.changed.length)
      say(`${lines[0] ?? ''} (sync_dir), unless it is the folder that was synced before under its new name`);
  }
  if (settings.resync) say('Deleting the saved application sync status ...');
  for (const line of startLines(profile)) say(line);
  return null;
}

const forceSyncWarning = {
  lines: [
    '',
    'WARNING: Overriding application configuration to use application defaults for skip_dir and skip_file due to --sync --single-directory --force-sync being used',
    '',
  ],
  question: 'Are you sure you wish to proceed with --force-sync [Y/N] ',
};

const resyncWarning = {
  lines: [
    '',
    'WARNING: You have asked the client to perform a --resync operation.',
    '         Tidemark will forget what both sides agreed on and compare them by content.',
    '         Nothing is deleted; where both sides differ, both versions are kept.',
    '',
  ],
  question: 'Are you sure you wish to proceed with --resync? [Y/N] ',
};
