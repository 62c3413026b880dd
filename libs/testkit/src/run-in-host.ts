/** The inside of `startPluginRun`. */
import { createInProcessBus } from '@tidemark/bus';
import type { Command, Observation } from '@tidemark/contracts';
import { commandId, itemId, seq } from '@tidemark/contracts';
import { createHost, subjectsOf } from '@tidemark/plugin-host';
import type { ToldNotice } from '@tidemark/plugin-sdk';
import type { EndedCommand, PluginRun, PluginRunOptions } from './plugin-run.ts';

const driveKey = 'home';

export async function runInHost(options: PluginRunOptions): Promise<PluginRun> {
  const { plugin, config = {}, clock, random, capabilities, others = [], through } = options;
  const subjects = subjectsOf(driveKey);
  const bus = createInProcessBus();
  const observations: Observation[] = [];
  const notices: ToldNotice['notice'][] = [];
  const faults: string[] = [];
  let heard = '';
  const changed = new Set<() => void>();
  const lookAll = (): void => {
    for (const look of changed) look();
  };
  await bus.subscribe('sync.>', (payload) => {
    heard += JSON.stringify(payload);
  });
  await bus.subscribe(subjects.observations, (payload) => {
    observations.push(...(payload as readonly Observation[]));
    lookAll();
  });
  await bus.subscribe(subjects.notice, (payload) => {
    notices.push(...(payload as readonly ToldNotice[]).map(({ notice }) => notice));
    lookAll();
  });
  const until = <Found>(find: () => Found | undefined): Promise<Found> =>
    new Promise((resolve) => {
      const look = (): void => {
        const found = find();
        if (found === undefined) return;
        changed.delete(look);
        resolve(found);
      };
      changed.add(look);
      look();
    });
  const unused = {} as never;
  const host = createHost({
    ...{ drive: unused, disk: unused, output: unused },
    ...capabilities,
    ...{ clock, random, driveKey },
    bus: through?.(bus) ?? bus,
    plugins: [{ plugin, config }, ...others],
    onFault: ({ details }) => {
      faults.push(details.detail);
      lookAll();
    },
  });
  await host.start();
  let commands = 0;
  return {
    ...{ bus, observations, notices, faults, until, content: host.content },
    heard: () => heard,
    async perform(wanted) {
      commands += 1;
      const id = commandId(seq(7), commands);
      const reason = { rule: 'subscription-wanted', differs: '', causes: [] };
      const command = { id, item: itemId(0), path: '', reason, ...wanted } as unknown as Command;
      await bus.publish(subjects.command(wanted.type), command);
      return until(() => observations.find((one): one is EndedCommand => isEnd(one) && one.command === id));
    },
    async show(events) {
      await bus.publish(subjects.event, events);
      // The bus delivers within one turn.
      await new Promise((resolve) => setImmediate(resolve));
    },
    async showVerdicts(verdicts) {
      await bus.publish(subjects.verdict, verdicts);
      await new Promise((resolve) => setImmediate(resolve));
    },
    async showNotice(notice, from = 'gate') {
      const told: ToldNotice = { plugin: from, at: clock.now(), notice };
      await bus.publish(subjects.notice, [told]);
      await new Promise((resolve) => setImmediate(resolve));
    },
    describe() {
      const [description] = host.describe().plugins;
      if (description === undefined) throw new Error('the host runs one plugin');
      return description;
    },
    async stop() {
      await host.stop();
      await bus.close();
    },
  };
}

const isEnd = (one: Observation): one is EndedCommand =>
  one.type === 'CommandSucceeded' || one.type === 'CommandFailed';
