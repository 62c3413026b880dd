/** definePlugin: a plugin is a plain object with a name and what it does, or a name with a function of its settings that says what it does. */
import type { CommandOf, CommandType } from '@tidemark/contracts';
import type { Observable } from 'rxjs';
import type { ZodType } from 'zod';
import type { Content } from './content.ts';
import type {
  ContentContext,
  HandleContext,
  ObserveContext,
  Outcome,
  ReactContext,
  SetupContext,
  SpontaneousObservation,
  WholeContentContext,
  WholeHandleContext,
  WholeObserveContext,
  WholeReactContext,
  WholeSetupContext,
} from './context.ts';
import type { Needs } from './needs.ts';
import type { Reactions } from './reactions.ts';
import type { Rules, WholeRules } from './rules.ts';

/** Does one command. Throws Failure when the world says no; anything else thrown is the plugin's own fault. */
export type Handler<Type extends CommandType, Wanted extends Needs, Config, State = undefined> = (
  command: CommandOf<Type>,
  context: HandleContext<Wanted, Config, State>,
) => Promise<Outcome>;

/** Who a plugin is, how it is set, and what it may touch: what is known of it before its settings are. */
export interface PluginHead<Wanted extends Needs, Config, Seen extends keyof Config & string = never> {
  /** Lower-case letters, digits and dashes; unique in a run. */
  readonly name: string;
  /** Recorded at the start of each run, so that a log explains itself. */
  readonly version?: string;
  /** The versions of this SDK that it fits, as npm writes ranges: `^1.0.0`. A host of another version refuses it. */
  readonly sdk?: string;
  readonly needs?: Wanted;
  /** Describes the settings; its output type is the type of `config` everywhere else. */
  readonly config?: ZodType<Config>;
  /** Beside the settings, not made of them: a replay gives the rules the settings of the run that it replays. */
  readonly rules?: Rules<Config, Seen>;
}

/** What a plugin does. */
export interface PluginWork<Wanted extends Needs, Config, State = undefined> {
  /**
   * Makes what lives as long as the run; the others get it as `state`. Write it before them, and their types follow from it. What it
   * throws keeps the run from starting.
   */
  readonly setup?: (context: SetupContext<Wanted, Config>) => State | Promise<State>;
  /** Called once, when nothing else of the plugin is called any more. A promise is waited for. */
  readonly dispose?: (state: State) => unknown;
  /** Watches the world or the log. The host subscribes once, and unsubscribes to stop it. */
  readonly observe?: (context: ObserveContext<Wanted, Config, State>) => Observable<SpontaneousObservation>;
  readonly handle?: { readonly [Type in CommandType]?: Handler<Type, Wanted, Config, State> };
  /**
   * Where several plugins handle the same command, the one that the settings name first is called first, and those after it when it
   * calls `next`. `first` goes before all of these, `last` after them; Tidemark's own come at the end.
   */
  readonly order?: 'first' | 'last';
  /** Needs `events`. */
  // The reactions stand outside the condition: inside it, the compiler would take `State` for its default before it has read `setup`.
  readonly on?: Reactions<ReactContext<Wanted, Config, State>> &
    (Wanted extends { readonly events: true } ? unknown : never);
  readonly content?: Content<ContentContext<Wanted, Config, State>>;
}

export interface PluginDefinition<
  Wanted extends Needs,
  Config,
  State = undefined,
  Seen extends keyof Config & string = never,
>
  extends PluginHead<Wanted, Config, Seen>, PluginWork<Wanted, Config, State> {}

/** A plugin whose handlers or reactions follow from its settings. */
export interface PluginOfSettings<
  Wanted extends Needs,
  Config,
  State = undefined,
  Seen extends keyof Config & string = never,
> extends PluginHead<Wanted, Config, Seen> {
  readonly work: (config: Config) => PluginWork<Wanted, Config, State>;
}

/** Any plugin, as its file has it: with all that it does, or with `work`, which says that once the settings are known. */
export interface AnyPlugin extends Plugin {
  readonly work?: (config: never) => Omit<Plugin, 'name' | 'rules'>;
}

/** Any plugin, as the host sees it: a context with everything satisfies each of them. */
export interface Plugin {
  readonly name: string;
  readonly version?: string;
  readonly sdk?: string;
  readonly config?: ZodType;
  readonly needs?: Needs;
  readonly setup?: (context: WholeSetupContext) => unknown;
  readonly dispose?: (state: never) => unknown;
  readonly on?: Reactions<WholeReactContext>;
  readonly observe?: (context: WholeObserveContext) => Observable<SpontaneousObservation>;
  readonly handle?: {
    readonly [Type in CommandType]?: (
      command: CommandOf<Type>,
      context: WholeHandleContext,
    ) => Promise<Outcome>;
  };
  readonly order?: 'first' | 'last';
  readonly rules?: WholeRules;
  readonly content?: Content<WholeContentContext>;
}

/** Settings of a plugin without a schema. */
export type NoConfig = Readonly<Record<string, never>>;

/** Needs of a plugin that declares none. */
export type NoNeeds = Record<never, never>;

/**
 * Gives the object its types and returns it as it is. `config` is inferred from the schema, each command from its key,
 * and the contexts from `needs`.
 *
 * @example
 * export default definePlugin({
 *   name: 'skip-videos',
 *   rules: { ignore: (item) => (item.name.endsWith('.mov') ? 'videos are not synced' : undefined) },
 * });
 */
export function definePlugin<
  const Wanted extends Needs = NoNeeds,
  Config = NoConfig,
  State = undefined,
  const Seen extends keyof Config & string = never,
>(plugin: PluginDefinition<Wanted, Config, State, Seen>): PluginDefinition<Wanted, Config, State, Seen>;
/**
 * For a plugin whose handlers or reactions follow from its settings: the function gets them, checked, at the start of each run.
 *
 * @example
 * export default definePlugin({ name: 'greeter', needs: { events: true }, config: z.strictObject({ loud: z.boolean() }) }, ({ loud }) => ({
 *   on: loud ? { rested: (_rest, { say }) => say('DONE') } : {},
 * }));
 */
export function definePlugin<
  const Wanted extends Needs = NoNeeds,
  Config = NoConfig,
  State = undefined,
  const Seen extends keyof Config & string = never,
>(
  head: PluginHead<Wanted, Config, Seen>,
  work: (config: Config) => PluginWork<Wanted, Config, State>,
): PluginOfSettings<Wanted, Config, State, Seen>;
export function definePlugin(plugin: object, work?: unknown): object {
  return work === undefined ? plugin : { ...plugin, work };
}
