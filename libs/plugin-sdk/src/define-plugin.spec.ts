import type {
  AnyPlugin,
  Command,
  CommandOf,
  HandleContext,
  HttpRequest,
  ObserveContext,
  Plugin,
  DiskReader,
  DriveReader,
  DriveWriter,
  NoConfig,
  Output,
  RuleItem,
  Facts,
  Store,
} from './index.ts';
import { definePlugin, z } from './index.ts';
import { EMPTY, of } from 'rxjs';
import { describe, expect, expectTypeOf, it } from 'vitest';

const noFacts: Facts = {
  get: () => undefined,
  has: () => false,
  keys: () => [],
  parsed: () => undefined,
};

describe('definePlugin', () => {
  it('returns the object as it is', () => {
    const definition = { name: 'quiet' };
    expect(definePlugin(definition)).toBe(definition);
  });

  it('infers the command from its key and config from the schema', () => {
    const plugin = definePlugin({
      name: 'typed',
      needs: { drive: 'write', disk: 'read' },
      config: z.strictObject({ quietMs: z.number().default(50) }),
      handle: {
        UploadFile: async (command, context) => {
          expectTypeOf(command).toEqualTypeOf<CommandOf<'UploadFile'>>();
          expectTypeOf(context.config).toEqualTypeOf<{ quietMs: number }>();
          expectTypeOf(context.drive).toEqualTypeOf<DriveWriter>();
          expectTypeOf(context.disk).toEqualTypeOf<DiskReader>();
          return {};
        },
      },
    });
    expectTypeOf(plugin).toExtend<Plugin>();
  });

  it('shows in a context only what was declared', () => {
    type Reading = HandleContext<{ readonly drive: 'read' }, NoConfig>;
    expectTypeOf<Reading['drive']>().toEqualTypeOf<DriveReader>();
    expectTypeOf<Reading>().not.toHaveProperty('disk');
    expectTypeOf<Reading>().not.toHaveProperty('output');
    expectTypeOf<Reading>().not.toHaveProperty('listen');
    expectTypeOf<DriveReader>().not.toHaveProperty('upload');
    expectTypeOf<DriveReader>().not.toHaveProperty('close');
    expectTypeOf<DiskReader>().not.toHaveProperty('remove');
    expectTypeOf<DiskReader>().not.toHaveProperty('root');

    type Watching = ObserveContext<{ readonly events: true; readonly output: true }, NoConfig>;
    expectTypeOf<Watching['output']>().toEqualTypeOf<Output>();
    expectTypeOf<Watching>().toHaveProperty('progress');
    expectTypeOf<ObserveContext<{ readonly disk: 'read' }, NoConfig>>().not.toHaveProperty('events');
  });

  it('rejects unknown commands, undeclared capabilities and rules that wait', () => {
    definePlugin({
      name: 'wrong',
      // @ts-expect-error there is no such command
      handle: { EraseDrive: async () => ({}) },
    });
    definePlugin({
      name: 'wrong',
      handle: {
        DeleteRemote: async (command, context) => {
          // @ts-expect-error the drive was not asked for
          await context.drive.delete(command.driveItemId, command.ifMatch);
          return {};
        },
      },
    });
    definePlugin({
      name: 'wrong',
      // @ts-expect-error a rule answers at once
      rules: { ignore: async () => 'later' },
    });
    definePlugin({
      name: 'wrong',
      // @ts-expect-error an outcome carries facts, not decisions
      handle: { HashFile: async () => ({ next: 'UploadFile' }) },
    });
    expect.assertions(0);
  });

  it('infers the state from setup where nothing but reactions uses it', () => {
    const config = z.strictObject({ from: z.number() });
    definePlugin({
      name: 'counts',
      needs: { events: true },
      config,
      setup: async ({ config: { from } }) => ({ count: from }),
      on: { rested: (_rest, { state }) => expectTypeOf(state).toEqualTypeOf<{ count: number }>() },
    });
    definePlugin({ name: 'counts', needs: { events: true }, config }, ({ from }) => ({
      setup: ({ clock }) => ({ at: clock.now() + from }),
      on: { rested: (_rest, { state }) => expectTypeOf(state).toEqualTypeOf<{ at: number }>() },
    }));
    // @ts-expect-error reactions need events
    definePlugin({ name: 'deaf', on: { rested: () => undefined } });
    expect.assertions(0);
  });

  it('infers the state from setup, and shows it everywhere else', () => {
    const plugin = definePlugin({
      name: 'stateful',
      needs: { events: true, request: ['hooks.example.com'], store: true },
      config: z.strictObject({ from: z.number() }),
      setup: async ({ config }) => ({ count: config.from }),
      observe: ({ state }) => {
        expectTypeOf(state).toEqualTypeOf<{ count: number }>();
        return EMPTY;
      },
      handle: {
        HashFile: async (_command, { state }) => {
          expectTypeOf(state).toEqualTypeOf<{ count: number }>();
          return {};
        },
      },
      on: {
        finished: ({ command, outcome }, { state, signal, request, store }) => {
          expectTypeOf(command).toEqualTypeOf<Command>();
          expectTypeOf(outcome.type).toEqualTypeOf<'CommandSucceeded' | 'CommandFailed'>();
          expectTypeOf(state).toEqualTypeOf<{ count: number }>();
          expectTypeOf(signal).toEqualTypeOf<AbortSignal>();
          expectTypeOf(request).toEqualTypeOf<HttpRequest>();
          expectTypeOf(store).toEqualTypeOf<Store>();
        },
        // @ts-expect-error there is no such reaction
        exploded: () => undefined,
      },
      dispose: (state) => expectTypeOf(state).toEqualTypeOf<{ count: number }>(),
    });
    expectTypeOf(plugin).toExtend<Plugin>();
    expect.assertions(0);
  });

  it('needs no annotation anywhere, without needs and config too', () => {
    const plugin = definePlugin({
      name: 'plain',
      observe: (context) => {
        expectTypeOf(context.config).toEqualTypeOf<NoConfig>();
        expectTypeOf(context).not.toHaveProperty('drive');
        return EMPTY;
      },
      rules: {
        ignore: (item) => {
          expectTypeOf(item).toEqualTypeOf<RuleItem>();
          return item.name.endsWith('.mov') ? 'videos are not synced' : undefined;
        },
      },
    });
    expectTypeOf(plugin).toExtend<Plugin>();
    expect(
      plugin.rules?.ignore?.(
        {
          path: 'a.mov',
          name: 'a.mov',
          kind: 'file',
          sizeBytes: 1,
          side: 'local',
          known: false,
          markers: [],
        },
        {},
        noFacts,
      ),
    ).toBe('videos are not synced');
  });

  it('takes a function of the settings, and infers in it as much as in an object', () => {
    const plugin = definePlugin(
      {
        name: 'of-settings',
        config: z.strictObject({ host: z.string(), every: z.number().default(5) }),
        needs: { events: true, disk: 'read', request: [{ setting: 'host' }] },
      },
      ({ host, every }) => {
        expectTypeOf(host).toEqualTypeOf<string>();
        return {
          setup: async ({ config }) => ({ count: config.every }),
          handle: {
            HashFile: async (command, { disk, state, config, next }) => {
              expectTypeOf(command).toEqualTypeOf<CommandOf<'HashFile'>>();
              expectTypeOf(disk).toEqualTypeOf<DiskReader>();
              expectTypeOf(state).toEqualTypeOf<{ count: number }>();
              expectTypeOf(config).toEqualTypeOf<{ host: string; every: number }>();
              return every > 0 ? next() : { transferredBytes: 1 };
            },
          },
          on: {
            finished: (_happened, { request }) => expectTypeOf(request).toEqualTypeOf<HttpRequest>(),
          },
        };
      },
    );
    expectTypeOf(plugin).toExtend<AnyPlugin>();
    expect(Object.keys(plugin.work({ host: 'a.example', every: 5 }))).toEqual(['setup', 'handle', 'on']);
  });

  it('rejects in a function what it rejects in an object', () => {
    definePlugin({ name: 'wrong' }, () => ({
      // @ts-expect-error there is no such command
      handle: { EraseDrive: async () => ({}) },
    }));
    definePlugin({ name: 'wrong' }, () => ({
      handle: {
        DeleteRemote: async (command, context) => {
          // @ts-expect-error the drive was not asked for
          await context.drive.delete(command.driveItemId, command.ifMatch);
          return {};
        },
      },
    }));
    expect.assertions(0);
  });

  it('gives rules the settings that they name, and no others', () => {
    const plugin = definePlugin({
      name: 'named',
      config: z.object({ endings: z.array(z.string()), token: z.string() }),
      rules: {
        settings: ['endings'],
        facts: true,
        ignore: (item, settings, facts) => {
          expectTypeOf(settings).toEqualTypeOf<Readonly<{ endings: string[] }>>();
          expectTypeOf(facts).toEqualTypeOf<Facts>();
          return settings.endings.some((ending) => item.name.endsWith(ending)) ? 'its ending' : undefined;
        },
      },
      observe: () =>
        of({ type: 'FactsReported', facts: [{ key: 'a', value: 'b' }], complete: true } as const),
    });
    expectTypeOf(plugin).toExtend<Plugin>();
    expect(plugin.rules?.settings).toEqual(['endings']);
    definePlugin({
      name: 'wrong',
      config: z.object({ token: z.string() }),
      // @ts-expect-error there is no such setting
      rules: { settings: ['tokens'], ignore: () => undefined },
    });
  });
});
