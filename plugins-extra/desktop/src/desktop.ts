/** Shows on the desktop what people have to see to, and what was done, where they want that as well. */
import { definePlugin, Failure, failureGuide, z } from '@tidemark/plugin-sdk';
import type { CommandType, ReactContext } from '@tidemark/plugin-sdk';
import { concatMap, ignoreElements } from 'rxjs';

const needs = { events: true, desktop: true } as const;

const config = z.strictObject({
  title: z.string().min(1).max(100).default('OneDrive Client for Linux'),
  /** Each file that was uploaded, downloaded, moved or deleted, too. Unless given, as `notify_file_actions` of the config says. */
  fileActions: z.boolean().optional(),
});

interface State {
  /** When a text was shown, in milliseconds. */
  readonly shownAt: Map<string, number>;
  /** File actions since the last rest. */
  done: number;
  isFailing: boolean;
}

type Context = Pick<
  ReactContext<typeof needs, z.infer<typeof config>, State>,
  'showOnDesktop' | 'wantsFileActions' | 'clock' | 'config' | 'say' | 'state'
>;

/** So many of a kind at once, and then how many more there are. */
const atOnce = 3;
/** The same is not shown again for so long. */
const repeatMs = 3_600_000;
const rememberedMax = 1_000;

const deeds: { readonly [Type in CommandType]?: string } = {
  ...{ UploadFile: 'Uploaded', DownloadFile: 'Downloaded', KeepRemoteCopy: 'Downloaded' },
  ...{ CreateRemoteFolder: 'Created online', CreateLocalFolder: 'Created' },
  ...{ MoveRemote: 'Moved online', MoveLocal: 'Moved', KeepLocalCopy: 'Copied' },
  ...{ DeleteRemote: 'Deleted online', DeleteLocal: 'Deleted' },
};

export default definePlugin({
  name: 'desktop',
  version: '1.0.0',
  sdk: '^1.0.0',
  needs,
  config,
  setup: (): State => ({ shownAt: new Map(), done: 0, isFailing: false }),
  observe: ({ verdicts, ...context }) =>
    verdicts.pipe(
      // What has a code failed, and is told of as a problem.
      concatMap(async (news) => {
        const odd = news.filter(({ standing, code }) => standing === 'problem' && code === undefined);
        for (const { path, detail } of odd.slice(0, atOnce)) await show(context, `${path}: ${detail}`);
        if (odd.length > atOnce)
          await show(context, `${odd.length - atOnce} more cannot be synced: tidemark status`);
      }),
      ignoreElements(),
    ),
  on: {
    conflict: ({ path }, context) => show(context, `Both sides changed ${path}: tidemark conflicts`),
    held: ({ deletionsOnDrive, deletionsOnDisk, replacementsOnDrive, hash }, context) => {
      const count = deletionsOnDrive + deletionsOnDisk + replacementsOnDrive;
      return show(context, `${count} deletions and replacements wait for you: tidemark apply ${hash}`, true);
    },
    problem: ({ failure: { code, detail } }, context) => {
      const { remedy = '', retry = 'never' } = failureGuide[code] ?? {};
      return show(context, `${detail}. ${remedy}`, retry === 'stop');
    },
    finished: async ({ command: { type, path }, outcome }, context) => {
      const deed = deeds[type];
      if (
        !(context.config.fileActions ?? context.wantsFileActions) ||
        outcome.type === 'CommandFailed' ||
        deed === undefined
      )
        return;
      context.state.done += 1;
      if (context.state.done <= atOnce) await show(context, `${deed}: ${path}`);
    },
    rested: async ({ failed }, context) => {
      const more = context.state.done - atOnce;
      context.state.done = 0;
      if (more > 0) await show(context, `${more} more changes were made`);
      if (failed > 0) await show(context, `${failed} changes failed: tidemark status`);
    },
  },
});

async function show(context: Context, text: string, isUrgent = false): Promise<void> {
  const { showOnDesktop, clock, config, say, state } = context;
  const now = clock.monotonic();
  if (now - (state.shownAt.get(text) ?? -Infinity) < repeatMs) return;
  try {
    await showOnDesktop({ title: config.title, text, isUrgent });
    if (state.shownAt.size >= rememberedMax) state.shownAt.clear();
    state.shownAt.set(text, now);
    state.isFailing = false;
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    // Told once until it works again.
    if (!state.isFailing) say(error.message, 'warning');
    state.isFailing = true;
  }
}
