/** Tells people what they have to see to: one HTTP request for each conflict, plan that is held, and failure that does not mend itself. */
import { definePlugin, failureGuide, z } from '@tidemark/plugin-sdk';
import type { ReactContext } from '@tidemark/plugin-sdk';
import { createMemory } from './memory.ts';
import { asMarkup, fill, harmless, inJson, post, type Values } from './message.ts';

const needs = { events: true, request: [{ setting: 'url' }], store: true } as const;

const config = z.strictObject({
  /** `{id}` stands for something new each time, as Matrix wants it. */
  url: z.url(),
  method: z.enum(['POST', 'PUT']).default('POST'),
  headers: z.record(z.string(), z.string()).default({}),
  contentType: z.string().default('application/json'),
  /** `{text}` stands for the text, `{kind}` for `conflict`, `held` or `problem`. In JSON both are escaped. */
  body: z.string().default('{"text":"{text}"}'),
  /** An empty one is not sent. */
  texts: z
    .strictObject({
      conflict: z.string().default('Both sides changed {path}. {kept} has the name, the other is {other}.'),
      held: z
        .string()
        .default('{deletions} deletions and {replacements} replacements wait for you: tidemark apply {hash}'),
      problem: z.string().default('{detail}. {remedy}.'),
    })
    .prefault({}),
  /** Names and messages have `&`, `<` and `>` written as Slack and HTML want them. */
  markup: z.boolean().default(false),
  atMostPerHour: z.number().int().min(1).max(100).default(20),
  /** The same text is not sent again for so long. */
  repeatHours: z.number().min(0).max(10_000).default(24),
});

type Settings = z.infer<typeof config>;
type State = { readonly memory: Awaited<ReturnType<typeof createMemory>>; isFailing: boolean };
export type Context = ReactContext<typeof needs, Settings, State>;

export default definePlugin({
  name: 'notify',
  version: '1.0.0',
  sdk: '^1.0.0',
  needs,
  config,
  setup: async ({ store, config }) => ({ memory: await createMemory(store, config), isFailing: false }),
  on: {
    conflict: ({ path, keptName, other }, context) => {
      const kept = keptName === 'local' ? 'The one of this machine' : 'The one of the drive';
      return notify('conflict', context, {
        path,
        kept,
        other: other.in === 'trash' ? 'in the trash' : other.path,
      });
    },
    held: ({ hash, deletionsOnDrive, deletionsOnDisk, replacementsOnDrive: replacements }, context) =>
      notify('held', context, { hash, deletions: deletionsOnDrive + deletionsOnDisk, replacements }),
    problem: ({ path, failure: { code, detail } }, context) =>
      notify('problem', context, { path, code, detail, remedy: failureGuide[code]?.remedy ?? null }),
  },
});

async function notify(kind: keyof Settings['texts'], context: Context, values: Values): Promise<void> {
  const { config, state, clock, say } = context;
  const about = fill(config.texts[kind], values, config.markup ? asMarkup : harmless);
  const more = about === '' ? null : state.memory.admit(about, clock.now());
  if (more === null) return;
  const text = more === 0 ? about : `${about} (and ${more} more: tidemark log)`;
  const write = config.contentType.includes('json') ? inJson : String;
  const trouble = await post(context, fill(config.body, { text, kind }, write));
  if (trouble === null) await state.memory.keep(about, clock.now());
  // Told once until it works again.
  else if (!state.isFailing) say(`Cannot notify: ${trouble}`, 'warning');
  state.isFailing = trouble !== null;
}
