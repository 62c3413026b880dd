/** The settings of a daemon: those of its run, those that were read again for the next one, and those to go back to. */
import type { Output } from '@tidemark/plugin-sdk';
import type { ArrangedPlugins } from '../plugins/arrange-plugins.ts';
import { havePluginsChanged, loadAnew } from '../plugins/plugin-generations.ts';
import type { Profile } from '../profile.ts';
import { isSame, refusalOf } from './reload.ts';

export type ReadAgain =
  | { readonly ok: true; readonly profile: Profile }
  | { readonly ok: false; readonly lines: readonly string[] };

export interface ReloadAnswer {
  readonly isAccepted: boolean;
  readonly lines: readonly string[];
}

export interface SettingsInUse {
  readonly profile: Profile;
  /** For the run that comes next; null when nothing has changed. */
  readonly next: Profile | null;
  /** A run of this daemon has begun. */
  readonly areProven: boolean;
  /** Never rejects: whatever is wrong with the new settings or plugins, those before go on. */
  reload(): Promise<ReloadAnswer>;
  takeNext(): void;
  /** A run with them has begun. */
  begun(): void;
  /** No run can be opened with them: takes those of the run before. False when there are none. */
  goBack(error: unknown): boolean;
}

export interface SettingsInUseOptions {
  readonly profile: Profile;
  readonly readAgain: () => ReadAgain;
  readonly pluginsFor: (profile: Profile) => Promise<ArrangedPlugins>;
  readonly output: Pick<Output, 'errorLine'>;
  readonly say: (line: string) => void;
  /** What was read again is not used, or changes nothing. */
  readonly settled: () => void;
  /** What was read again waits as `next`. */
  readonly accepted: () => void;
}

export function createSettingsInUse(options: SettingsInUseOptions): SettingsInUse {
  const { output, say } = options;
  let { profile } = options;
  let next: Profile | null = null;
  /** Settings that have carried a run. */
  let proven: Profile | null = null;
  let undoPlugins = (): void => undefined;

  async function reload(): Promise<ReloadAnswer> {
    const read = options.readAgain();
    const inUse = next ?? profile;
    const refusal = read.ok ? refusalOf(inUse, read.profile) : read.lines;
    if (!read.ok || refusal !== null) return refuse(refusal ?? []);
    if (havePluginsChanged()) {
      try {
        ({ undo: undoPlugins } = await loadAnew(() => options.pluginsFor(read.profile)));
      } catch (error) {
        return refuse([`ERROR: ${error instanceof Error ? error.message : String(error)}`]);
      }
    } else if (isSame(inUse, read.profile)) {
      const line = 'The settings were read again; nothing in them has changed';
      say(line);
      options.settled();
      return { isAccepted: true, lines: [line] };
    }
    next = read.profile;
    options.accepted();
    return { isAccepted: true, lines: ['The new settings are used as soon as nothing is under way'] };
  }

  function refuse(reasons: readonly string[]): ReloadAnswer {
    const lines = [...reasons, `       ${keptLine}`];
    for (const line of lines) output.errorLine(line);
    options.settled();
    return { isAccepted: false, lines };
  }

  return {
    get profile() {
      return profile;
    },
    get next() {
      return next;
    },
    get areProven() {
      return proven !== null;
    },
    reload,
    takeNext() {
      profile = next ?? profile;
      next = null;
    },
    begun() {
      if (proven !== null && proven !== profile) say('The settings were read again and are in use now');
      proven = profile;
      undoPlugins = () => undefined;
    },
    goBack(error) {
      if (proven === null || proven === profile) return false;
      const detail = error instanceof Error ? error.message : String(error);
      output.errorLine(`ERROR: Cannot go on with the settings that were read again: ${detail}`);
      output.errorLine(`       ${keptLine}`);
      profile = proven;
      undoPlugins();
      return true;
    },
  };
}

const keptLine = 'The settings from before stay in use';
