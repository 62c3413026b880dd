/** What a plugin can rely on wherever it runs: in the daemon's process over either bus, or in a process of its own. */
import { expect, describe, test } from 'vitest';
import type { Bus, Command, Observation, RecordedEvent } from '@tidemark/contracts';
import { commandId, itemId, localId, seq } from '@tidemark/contracts';
import { subjectsOf } from '@tidemark/plugin-host';
import type { ToldNotice } from '@tidemark/plugin-sdk';

export interface PluginHostingHarness {
  readonly name: string;
  /** Runs the probe of `plugins/probe.ts` with these settings. Resolves when commands and events reach it. */
  readonly start: (driveKey: string, config: object) => Promise<HostedPlugin>;
}

export interface HostedPlugin {
  /** The daemon's. */
  readonly bus: Bus;
  /** What the engine is given, in order. */
  readonly observations: Arrivals<Observation>;
  /** Ends the plugin in order. Resolves when it has ended. */
  readonly stop: () => Promise<void>;
  /** Frees everything. */
  readonly close: () => Promise<void>;
}

/** Things that arrive, and a way to wait for them. */
export interface Arrivals<One> {
  readonly all: readonly One[];
  /** Resolves to the first one that fits, there already or still to come. */
  first(fits: (one: One) => boolean): Promise<One>;
  add(one: One): void;
}

export function createArrivals<One>(): Arrivals<One> {
  const all: One[] = [];
  const waiting = new Set<(one: One) => void>();
  return {
    all,
    first(fits) {
      const there = all.find(fits);
      if (there !== undefined) return Promise.resolve(there);
      return new Promise((resolve) => {
        const look = (one: One): void => {
          if (!fits(one)) return;
          waiting.delete(look);
          resolve(one);
        };
        waiting.add(look);
      });
    },
    add(one) {
      all.push(one);
      for (const look of [...waiting]) look(one);
    },
  };
}

export function pluginHostingConformance({ name, start }: PluginHostingHarness): void {
  let drives = 0;

  describe(`a plugin ${name}`, () => {
    async function world(config: object = {}) {
      drives += 1;
      const driveKey = `d${drives}-${name.replace(/[^a-z]+/g, '-')}`;
      const subjects = subjectsOf(driveKey);
      const plugin = await start(driveKey, config);
      const { bus, observations } = plugin;
      const notices = createArrivals<ToldNotice>();
      await bus.subscribe(subjects.notice, (payload) => {
        for (const one of payload as readonly ToldNotice[]) notices.add(one);
      });
      return {
        ...{ ...plugin, notices },
        send: (command: Command) => bus.publish(subjects.command(command.type), command),
        show: (...batch: readonly RecordedEvent[]) => bus.publish(subjects.event, batch),
        outcome: (command: Command) =>
          observations.first((one) => 'command' in one && one.command === command.id),
        hint: (source: string) =>
          observations.first((one) => one.type === 'HintReceived' && one.source === source),
        async [Symbol.asyncDispose]() {
          await plugin.close();
        },
      };
    }

    test('observes with the settings it was given', async () => {
      await using plugin = await world({ greeting: 'good morning' });
      expect(await plugin.hint('good morning')).toEqual({
        ...{ type: 'HintReceived', side: 'local', source: 'good morning' },
      });
    });

    test('carries out a command and tells what is true now', async () => {
      await using plugin = await world();
      const command = hashFile(1, 'a.txt');
      await plugin.send(command);
      expect(await plugin.outcome(command)).toMatchObject({
        ...{ type: 'CommandSucceeded', command: '7/1' },
        local: { id: 'inode', stamp: 's', name: 'a.txt', hash: 'YRDDGAAAAAAAAAAAAwAAAAAAAAA=' },
      });
    });

    test('fails as it says, or as a fault of its own, with words and without a stack', async () => {
      await using plugin = await world();
      const [failure, fault] = [hashFile(1, 'failure'), hashFile(2, 'fault')];
      await plugin.send(failure);
      await plugin.send(fault);
      expect(await plugin.outcome(failure)).toMatchObject({
        failure: { code: 'changedMeanwhile', detail: 'Cannot hash "failure": it changed' },
      });
      expect(await plugin.outcome(fault)).toMatchObject({
        failure: {
          code: 'pluginFault',
          detail: 'Cannot carry out HashFile "fault": plugin "probe" failed: something broke',
        },
      });
    });

    test('carries out a command once, however often it is delivered', async () => {
      await using plugin = await world();
      const [command, last] = [hashFile(1, 'a.txt'), hashFile(2, 'b.txt')];
      for (let delivery = 0; delivery < 3; delivery += 1) await plugin.send(command);
      const first = await plugin.outcome(command);
      await plugin.send(command);
      await plugin.send(last);
      const second = await plugin.outcome(last);
      const runs = [first, second].map((one) =>
        one.type === 'CommandSucceeded' ? one.transferredBytes : null,
      );
      expect(runs[1]).toBe(Number(runs[0]) + 1);
      expect(plugin.observations.all.filter((one) => 'command' in one)).toHaveLength(2);
    });

    test('may hint while it is at work, and is let go on when the hint was taken over', async () => {
      await using plugin = await world();
      const command = hashFile(1, 'reports');
      await plugin.send(command);
      await plugin.outcome(command);
      const order = plugin.observations.all.map((one) =>
        one.type === 'HintReceived' ? one.source : one.type,
      );
      expect(order.indexOf('halfway')).toBeGreaterThanOrEqual(0);
      expect(order.indexOf('halfway')).toBeLessThan(order.indexOf('CommandSucceeded'));
    });

    test('is not believed about what it was not asked for', async () => {
      await using plugin = await world();
      const command = hashFile(1, 'reports what it must not');
      await plugin.send(command);
      expect(await plugin.outcome(command)).toMatchObject({ type: 'CommandFailed' });
      expect(plugin.observations.all.map(({ type }) => type)).not.toContain('RemotePage');
    });

    test('ends a command whose outcome is too large to tell', async () => {
      await using plugin = await world();
      const command = hashFile(1, 'too large');
      await plugin.send(command);
      expect(await plugin.outcome(command)).toMatchObject({
        type: 'CommandFailed',
        failure: { code: 'pluginFault' },
      });
    });

    test('sees events in the order of the log, and bears to see them twice', async () => {
      await using plugin = await world();
      await plugin.show(event(1), event(2));
      await plugin.show(event(3));
      await plugin.show(event(3));
      await plugin.hint('saw Woke at 3');
      const seen = plugin.observations.all.flatMap((one) =>
        one.type === 'HintReceived' && one.source.startsWith('saw') ? [one.source] : [],
      );
      expect(seen.slice(0, 3)).toEqual(['saw Woke at 1', 'saw Woke at 2', 'saw Woke at 3']);
    });

    test('tells watchers what is no fact, in its own name', async () => {
      await using plugin = await world();
      await plugin.send(hashFile(1, 'tells'));
      const { notice } = await plugin.notices.first(({ notice: { type } }) => type === 'signalReceived');
      expect(notice).toEqual({ type: 'signalReceived', count: 7 });
      expect(plugin.notices.all.every(({ plugin: source }) => source === 'probe')).toBe(true);
    });

    test('finds in its context what it declared, and what grants nothing: words and a state of its own', async () => {
      await using plugin = await world();
      await plugin.send(hashFile(1, 'capabilities'));
      const { notice } = await plugin.notices.first(({ notice: { type } }) => type === 'listenerStarted');
      expect(notice).toMatchObject({ address: 'clock config next progress random say state' });
    });

    test('stops when it is asked to: no word about what it left, and none after', async () => {
      await using plugin = await world();
      const [command, done] = [hashFile(1, 'stays'), hashFile(2, 'a.txt')];
      await plugin.send(command);
      await plugin.send(done);
      await plugin.outcome(done);
      await plugin.stop();
      const before = plugin.observations.all.length;
      await plugin.show(event(9));
      expect(plugin.observations.all.filter((one) => one.type === 'CommandSucceeded')).toHaveLength(1);
      expect(plugin.observations.all).toHaveLength(before);
    });
  });
}

export function hashFile(index: number, path: string): Command {
  return {
    type: 'HashFile',
    id: commandId(seq(7), index),
    item: itemId(index),
    path,
    reason: { rule: 'compare-content', differs: 'remote?local', causes: [] },
    expected: { id: localId('inode'), stamp: 's' },
  };
}

const event = (at: number): RecordedEvent => ({
  ...{ seq: seq(at), at: 1_700_000_000_000, source: 'engine', event: { type: 'Woke' }, items: [] },
});
