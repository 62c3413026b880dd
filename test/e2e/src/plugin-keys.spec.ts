/** What a key of one plugin lets a program read and say on a real server: its own subjects, and no others. */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { connectNatsBus, publicNkeyOf } from '@tidemark/bus';
import type { Bus } from '@tidemark/contracts';
import { expect, it, onTestFinished } from 'vitest';
import { webhookSettings } from './daemon.ts';
import { startNatsServer } from './nats-server.ts';
import { openProfile } from './profile.ts';

const plugins = ['delta', 'watcher', 'uploader', 'downloader', 'webhook', 'reporter'] as const;
const drive = 'home';
const own = (plugin: string, ...parts: readonly string[]): string[] =>
  parts.map((part) => `sync.${drive}.plugin.${plugin}.${part}`);
const shown = ['event', 'verdict', 'notice', 'progress'].map((part) => `sync.${drive}.${part}`);
const wirePart = ['hello', 'observation', 'command', 'notice', 'progress', 'notifications'];
const others = [
  ...[`sync.${drive}.command.DeleteLocal`, `sync.${drive}.observation.watcher`, 'sync.other.event'],
  ...['_INBOX.abc', '_INBOX_watcher.abc', '$JS.API.INFO', '$SYS.REQ.SERVER.PING', 'anything'],
];
const subjects = [...plugins.flatMap((plugin) => own(plugin, ...wirePart)), ...shown, ...others];

/** What each may say, and what each may read, beside what is answered to itself. */
const may: Readonly<Record<string, { readonly say: readonly string[]; readonly read: readonly string[] }>> = {
  ...Object.fromEntries(
    ['delta', 'watcher', 'uploader', 'downloader'].map((name) => [
      name,
      { say: own(name, 'hello', 'observation', 'notice', 'progress'), read: own(name, 'command') },
    ]),
  ),
  // It has no login, and asks the service through the daemon.
  webhook: {
    say: own('webhook', 'hello', 'observation', 'notice', 'progress', 'notifications'),
    read: own('webhook', 'command'),
  },
  // It watches and brings nothing.
  reporter: { say: own('reporter', 'hello', 'observation', 'notice'), read: shown },
  engine: {
    say: [...plugins.flatMap((name) => own(name, 'command')), ...shown],
    read: [
      ...plugins.flatMap((name) => own(name, 'hello', 'observation', 'notice', 'progress', 'notifications')),
      '_INBOX.abc',
    ],
  },
};

it('each key opens the subjects of its plugin, and no key opens none', async () => {
  const profile = await openProfile({ config: await webhookSettings() });
  let authorization = '';
  for (const name of plugins)
    authorization = (await profile.tidemark(['plugin', 'key', name, '--drive', drive])).stdout;
  const keyOf = (name: string): string => join(profile.configFolder, 'plugins', `${name}.nkey`);
  for (const name of ['engine', ...plugins]) expect((await stat(keyOf(name))).mode & 0o777).toBe(0o600);
  // One more user, who hears and says everything.
  const witnessKey = join(profile.folder, 'witness.nkey');
  const everything = `{ nkey: ${await publicNkeyOf(witnessKey)} }`;
  const server = await startNatsServer(
    authorization.replace(/users = \[/, (start) => `${start}\n    ${everything}`),
  );
  onTestFinished(server.close);
  const enter = async (nkeyFile: string | null, name: string, refused: string[] = []): Promise<Bus> => {
    const bus = await connectNatsBus({
      ...{ servers: [server.address], name },
      access: { ...(nkeyFile !== null && { nkeyFile }), inboxPrefix: `_INBOX_${name}` },
      onError: (error) => refused.push(String(error)),
    });
    onTestFinished(() => bus.close());
    return bus;
  };

  await expect(enter(null, 'stranger')).rejects.toMatchObject({ code: 'refused' });
  await publicNkeyOf(keyOf('stranger'));
  await expect(enter(keyOf('stranger'), 'stranger')).rejects.toMatchObject({ code: 'refused' });

  const witness = await enter(witnessKey, 'witness');
  const heard: [string, string][] = [];
  await witness.subscribe('>', (payload, subject) => {
    if (typeof payload === 'object' && payload !== null && 'by' in payload)
      heard.push([String(payload.by), subject]);
  });
  for (const [name, { say, read }] of Object.entries(may)) {
    const refused: string[] = [];
    const bus = await enter(keyOf(name), name, refused);
    const got: string[] = [];
    for (const subject of [
      ...subjects,
      '>',
      'sync.>',
      `sync.${drive}.plugin.>`,
      '_INBOX.>',
      `_INBOX_watcher.>`,
    ])
      await bus.subscribe(subject, (payload, at) => {
        if (typeof payload === 'object' && payload !== null && 'by' in payload && payload.by === 'witness')
          got.push(at);
      });
    for (const subject of subjects) {
      await bus.publish(subject, { by: name });
      await witness.publish(subject, { by: 'witness' });
    }
    // What follows on the same connection has arrived behind all of it.
    await expect(bus.request(own(name, 'nothing')[0] ?? '', {}, 2_000)).rejects.toThrow();
    const said = heard.filter(([by]) => by === name).map(([, subject]) => subject);
    expect(new Set(said), `${name} says`).toEqual(new Set(say));
    const inbox = name === 'watcher' ? ['_INBOX_watcher.abc'] : [];
    expect(new Set(got), `${name} reads`).toEqual(new Set([...read, ...inbox]));
    for (const subject of subjects.filter((one) => !say.includes(one)))
      expect(refused.join('\n')).toContain(`a publish of "${subject}"`);
  }
});
