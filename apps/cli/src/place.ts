/** Where a user has something changed: the own drive, or a folder that others share, which has a log of its own. */
import { type ConfiguredPlugin, type InSharedPlace, loadSharedFolders, type Profile } from '@tidemark/daemon';
import { Failure } from '@tidemark/contracts';
import { escaped } from '@tidemark/disk';
import type { CommandContext } from './context.ts';
import { exitCodeOf } from './exit-code.ts';
import { clock, type Opened, random } from './open.ts';

export interface Place {
  /** With the profile of the place. */
  readonly context: CommandContext;
  readonly opened: Opened;
  /** Null: it is the own drive. */
  readonly shared: SharedPlace | null;
}

export interface SharedPlace {
  /** Of the sync folder around it. */
  readonly around: Profile;
  /** Where it lies in the sync folder. */
  readonly below: string;
  /** What is in it is on its owner's drive. Otherwise it is only downloaded. */
  readonly isFolder: boolean;
  /** Goes before what deletes on the drive. */
  readonly guard: ConfiguredPlugin;
  /** Its owner lets the account change nothing in it, as far as the service tells. Throws Failure. */
  isForReading(): Promise<boolean>;
}

export const forReadingText =
  "its owner lets you only read in this shared folder: ask for the right to edit. 'tidemark explain' says where earlier content is on disk";

/** `own`: opened in the same mode. Resolves to an exit code. */
export async function inSharedPlace(
  context: CommandContext,
  own: Opened,
  { place, profile }: Omit<InSharedPlace, 'inside'>,
  mode: 'real' | 'rehearse',
  use: (place: Place) => Promise<number>,
): Promise<number> {
  const { output, commandLine, profile: around } = context;
  const refuse = (why: string): number => {
    output.errorLine(`ERROR: ${escaped(why)}`);
    return exitCodeOf('failed', commandLine);
  };
  const { createBorder, keyOfPlace, openPlace, whyUnchangeable } = await loadSharedFolders();
  const why = whyUnchangeable(around, own.info, place);
  if (why !== null) return refuse(why);
  const warn = (line: string): void => output.errorLine(`WARNING: ${line}`);
  const opening = { profile: around, account: own.account, clock, random, mode, warn };
  const opened = await openPlace(opening, place).catch(unlessUnshared);
  if (opened === null)
    return refuse(
      `The shared folder "${place.path}" cannot be reached: its owner may have ended the sharing. Nothing was changed; ask the owner, and try again`,
    );
  try {
    for (const notice of opened.notices) output.errorLine(notice);
    const border = createBorder({ profile: around, clock, monitoring: false });
    border.enter('own', own.state);
    border.enter(keyOfPlace(place), opened.state);
    const { drive } = opened.account;
    return await use({
      context: { ...context, profile },
      opened: { ...opened, patience: own.patience },
      shared: {
        ...{ around, below: place.path, isFolder: 'target' in place },
        guard: border.guard(keyOfPlace(place)),
        isForReading: async () =>
          'target' in place && (await drive.account.access(opened.info.rootId)) === 'read',
      },
    });
  } finally {
    await opened.close();
  }
}

function unlessUnshared(error: unknown): null {
  if (error instanceof Failure && error.code === 'driveNotFound') return null;
  throw error;
}
