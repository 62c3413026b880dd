/** Says what would become of one shared folder, and does none of it. */
import { escaped } from '@tidemark/disk';
import type { KnownFolder } from './known-folders.ts';
import { folderThere } from './make-place.ts';
import type { Step } from './next-step.ts';
import { leftText } from './take-step.ts';
import type { StepOptions } from './take-step.ts';

/** The folder as it would be noted, if what is in it would be synced: what is to be rehearsed lies at its path, or nowhere yet. Throws Failure. */
export async function rehearseStep(options: StepOptions, step: Step): Promise<KnownFolder | null> {
  const { profile, state, known, shortcut, say, warn } = options;
  const dryRun = (line: string): void => say(`DRY-RUN: ${line}`);
  switch (step.type) {
    case 'sync':
      return known && { ...known, path: step.at };
    case 'add': {
      if (shortcut === null) return null;
      const { path } = step;
      const folder = folderThere(profile, state, path);
      dryRun(
        `Would ${folder === null ? 'add' : 'take over the folder of this name as'} the shared folder: ${escaped(path)}`,
      );
      const { id, target } = shortcut;
      const place = { shortcut: id, target, path, shownAt: path, folder: folder ?? '' };
      return { ...place, standing: 'synced', isNew: true };
    }
    case 'moveFolder':
      dryRun(`Would move the shared folder ${escaped(step.from)} to ${escaped(step.to)}`);
      return known && { ...known, path: step.from };
    case 'moveShortcut':
      dryRun(
        `Would move the shortcut of the shared folder ${escaped(known?.path ?? '')} to ${escaped(step.to)}`,
      );
      return known && { ...known, path: step.to };
    case 'removeShortcut':
      dryRun(
        `Would remove the shortcut of the shared folder ${escaped(known?.path ?? '')} online, since the folder was removed on disk. Nothing of its owner would be deleted`,
      );
      return null;
    case 'leave':
      warn(leftText(step.at));
      return null;
    case 'forget':
    case 'wait':
      return null;
  }
}
