/** `enable_logging`: what is printed goes into a log file as well, named and placed as the peer's. */
import { realpathSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join, resolve } from 'node:path';
import type { Profile } from '@tidemark/daemon';
import { makeFolders } from '@tidemark/folders';
import type { Output } from '@tidemark/plugin-sdk';
import { oneLine } from '@tidemark/settings';
import { type LogFile, openLogFile, reasonOf, Unwritable } from './log-file.ts';

export interface LoggedOutput {
  readonly output: Output;
  /** Opens, changes or closes the log file as these settings want it. Never throws; what is in the way is printed. */
  follow(profile: Profile): void;
}

export function createLoggedOutput(console: Output, now: () => number): LoggedOutput {
  let file: LogFile | null = null;
  let wanted: string | null = null;
  return {
    output: {
      line(text) {
        console.line(text);
        file?.write(oneLine(text));
      },
      errorLine(text) {
        console.errorLine(text);
        file?.write(oneLine(text));
      },
      status: (text) => console.status(text),
      isTerminal: console.isTerminal,
      get columns() {
        return console.columns;
      },
    },
    follow({ settings, locations }) {
      const folder = settings.enable_logging ? resolve(settings.log_dir) : null;
      if (folder === wanted) return;
      wanted = folder;
      file?.close();
      file = null;
      if (folder === null) return;
      const places = [
        { folder, path: join(folder, `${userName()}.onedrive.log`) },
        { folder: locations.home, path: join(locations.home, 'onedrive.log') },
      ];
      for (const [attempt, place] of places.entries()) {
        try {
          file = open(place, settings.sync_dir);
          return;
        } catch (error) {
          console.errorLine(`ERROR: Cannot write the log file ${place.path}: ${reasonOf(error)}`);
          if (attempt === 0)
            console.errorLine(
              'ERROR: The requested client activity log will instead be located in your users home directory',
            );
        }
      }
      console.errorLine("       Without a log file it goes on; 'log_dir' names another directory for it");
    },
  };

  function open(place: { readonly folder: string; readonly path: string }, syncFolder: string): LogFile {
    makeFolders(place.folder, 0o755);
    if (isInside(place.folder, syncFolder))
      throw new Unwritable('it is in the sync folder, where each line would be one more change to sync');
    return openLogFile({
      path: place.path,
      now,
      onTrouble: (why) => {
        console.errorLine(`WARNING: Cannot write the log file ${place.path}: ${why}`);
        console.errorLine('         Lines are left out of it until it can be written again');
      },
    });
  }
}

/** Users of containers need not have a name. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return String(process.geteuid?.() ?? 'unknown');
  }
}

function isInside(folder: string, syncFolder: string): boolean {
  return `${real(folder)}/`.startsWith(`${real(syncFolder)}/`);
}

function real(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return resolve(path);
  }
}
