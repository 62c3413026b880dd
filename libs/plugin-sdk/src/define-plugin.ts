/** definePlugin: a plugin is a plain object with a name and what it does. */
import type { CommandCompleted, CommandOf, CommandType } from '@tidemark/contracts';
import type { Observable } from 'rxjs';
import type { ZodType } from 'zod';
import type {
  HandleContext,
  ObserveContext,
  ReactContext,
  SetupContext,
  SpontaneousObservation,
  WholeHandleContext,
  WholeObserveContext,
  WholeReactContext,
  WholeSetupContext,
} from './context.ts';
import type { Needs } from './needs.ts';
import type { Reactions } from './reactions.ts';
import type { Rules } from './rules.ts';

/** What is true after a command was done. Empty when there is nothing to tell beyond "done". */
export type Outcome = Omit<CommandCompleted, 'type' | 'command'>;

/** Does one command. Throws Failure when the world says no; anything else thrown is the plugin's own fault. */
export type Handler<Type extends CommandType, Wanted extends Needs, Config, State = undefined> = (
  command: CommandOf<Type>,
  context: HandleContext<Wanted, Config, State>,
) => Promise<Outcome>;

export interface PluginDefinition<Wanted extends Needs, Config, State = undefined> {
  /** Lower-case letters, digits and dashes; unique in a run. */
  readonly name: string;
  /** Recorded at the start of each run, so that a log explains itself. */
  readonly version?: string;
  /** The versions of this SDK that it fits, as npm writes ranges: `^1.0.0`. A host of another version refuses it. */
  readonly sdk?: string;
  readonly needs?: Wanted;
  /** Describes the settings; its output type is the type of `config` everywhere else. */
  readonly config?: ZodType<Config>;
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
  /** Needs `events`. */
  readonly on?: Wanted extends { readonly events: true }
    ? Reactions<ReactContext<Wanted, Config, State>>
    : never;
  readonly rules?: Rules<Config>;
}

/** Any plugin, as the host sees it: a context with everything satisfies each of them. */
export interface Plugin {
  readonly name: string;
  readonly version?: string;
  readonly sdk?: string;
  readonly needs?: Needs;
  readonly config?: ZodType;
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
  readonly rules?: Rules<never>;
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
export function definePlugin<const Wanted extends Needs = NoNeeds, Config = NoConfig, State = undefined>(
  plugin: PluginDefinition<Wanted, Config, State>,
): PluginDefinition<Wanted, Config, State> {
  return plugin;
}
