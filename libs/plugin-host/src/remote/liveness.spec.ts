/** A plugin in another process comes, goes and comes back; its commands wait, fail or go on. */
import { createInProcessBus } from '@tidemark/bus';
import { definePlugin, type Plugin } from '@tidemark/plugin-sdk';
import { concat, NEVER, of } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { createSpecClock, hashFile, output, random, turn } from '../spec-world.ts';
import { helloShape, pluginSubjectsOf } from './protocol.ts';
import { runRemotePlugin, type RemoteStanding } from './run-remote-plugin.ts';
import { createSpecRemote } from './spec-remote.ts';

const row = {
  ...{ id: 'inode-0', parentId: 'p', name: 'a', kind: 'file', sizeBytes: 1, modifiedAt: 1, stamp: 's1' },
  hash: 'YRDDGAAAAAAAAAAAAwAAAAAAAAA=',
};

describe('the daemon', () => {
  it('says who is missing at the start, who came, and who went', async () => {
    const far = await createSpecRemote();
    await far.hello();
    await far.advance(2_000);
    await far.hello();
    await far.advance(2_000);
    expect(far.describe()).toMatchObject([{ state: 'present', absence: null, version: '1.0.0' }]);
    await far.advance(4_000);
    expect(far.describe()).toMatchObject([
      { state: 'absent', absence: 'it does not answer any more', version: '1.0.0' },
    ]);
    await far.hello();
    await far.hello({ leaving: true });
    expect(far.notices).toEqual([
      { type: 'pluginAbsent', detail: 'it has not said hello yet' },
      { type: 'pluginPresent', version: '1.0.0' },
      { type: 'pluginAbsent', detail: 'it does not answer any more' },
      { type: 'pluginPresent', version: '1.0.0' },
      { type: 'pluginAbsent', detail: 'it was stopped' },
    ]);
  });

  it('keeps a command for a plugin that is on its way', async () => {
    const far = await createSpecRemote({ handles: ['HashFile'] });
    await far.give(hashFile(0));
    await far.advance(5_000);
    expect(far.received).toEqual([]);
    await far.hello();
    expect(far.received).toMatchObject([{ id: '7/0' }]);
    expect(far.taken).toEqual([]);
  });

  it('does not keep it for ever', async () => {
    const far = await createSpecRemote({ handles: ['HashFile'] });
    await far.give(hashFile(0));
    await far.advance(9_000);
    expect(far.taken).toEqual([]);
    await far.advance(2_000);
    expect(far.taken).toMatchObject([
      {
        ...{ type: 'CommandFailed', command: '7/0' },
        failure: {
          code: 'pluginAbsent',
          detail: expect.stringMatching(/^Cannot carry out HashFile "file-0\.txt": plugin "far"/),
        },
      },
    ]);
    await far.hello();
    expect(far.received).toEqual([]);
  });

  it('takes what a plugin was doing when it went for failed, so that it is planned again', async () => {
    const far = await createSpecRemote({ handles: ['HashFile'] });
    await far.hello();
    await far.give(hashFile(0));
    await far.advance(4_000);
    expect(far.taken).toMatchObject([
      { type: 'CommandFailed', command: '7/0', failure: { code: 'pluginAbsent' } },
    ]);
    await far.hello();
    await far.give(hashFile(1));
    expect(far.received.map(({ id }) => id)).toEqual(['7/0', '7/1']);
    // Its word about the first one comes too late.
    await far.report({ type: 'CommandSucceeded', command: '7/0', local: row });
    expect(far.taken).toHaveLength(1);
  });

  it('sends a command again until it was accepted, and not after that', async () => {
    let deaf = true;
    const far = await createSpecRemote({
      handles: ['HashFile'],
      answer: () => (deaf ? 'what?' : { accepted: true }),
    });
    await far.hello();
    await far.give(hashFile(0));
    await far.advance(1_000);
    deaf = false;
    await far.hello();
    const sent = far.received.length;
    expect(sent).toBeGreaterThan(1);
    await far.advance(1_500);
    await far.hello();
    expect(far.received).toHaveLength(sent);
  });

  it('gives the next instance, as it is, what the one before received and did not accept before it was gone', async () => {
    let answer: unknown = 'it was killed before it answered';
    const far = await createSpecRemote({ handles: ['HashFile'], answer: () => answer });
    await far.hello();
    await far.give(hashFile(0));
    await far.advance(4_000);
    expect(far.describe()).toMatchObject([{ state: 'absent', commands: 1 }]);
    const before = far.received.length;
    answer = { accepted: true };
    await far.hello({ instance: 'instance-2' });
    expect(far.received.slice(before)).toEqual([hashFile(0)]);
    expect(far.taken).toEqual([]);
  });

  it('gives a plugin of ours what was planned together as one message, and each has an end of its own', async () => {
    const answers = [{ accepted: true }, { refused: 'no idea' }, 'what?'];
    const far = await createSpecRemote({
      ...{ handles: ['HashFile'], isOurs: true },
      answer: () => answers.shift() ?? { accepted: true },
    });
    await far.hello();
    await far.give(hashFile(0), hashFile(1));
    expect(far.lists).toEqual([2]);
    expect(far.taken).toMatchObject([{ command: '7/1', failure: { code: 'pluginFault' } }]);
    await far.give(...Array.from({ length: 100 }, (_, index) => hashFile(index + 2)));
    expect(far.lists).toEqual([2, 64, 36]);
    // One answer in the first list of them could not be read: that list is sent again.
    await far.advance(1_000);
    expect(far.lists).toEqual([2, 64, 36, 64]);
    expect(far.describe()).toMatchObject([{ commands: 101 }]);
  });

  it('ends a command that the plugin refuses', async () => {
    const far = await createSpecRemote({ handles: ['HashFile'], answer: () => ({ refused: 'no idea' }) });
    await far.hello();
    await far.give(hashFile(0));
    expect(far.taken).toMatchObject([
      { failure: { code: 'pluginFault', detail: expect.stringMatching(/no idea$/) } },
    ]);
  });
});

const refuse = (): never => {
  throw new Error('not part of the spec');
};
const place = { read: refuse, write: refuse, remove: refuse };
/** What the process of a plugin has to lend. */
const offered = {
  ...{ listen: refuse, connect: refuse, request: refuse, showOnDesktop: refuse },
  ...{ secrets: () => ({ ...place, digest: refuse, matches: refuse }), store: () => place },
};

describe('the plugin', () => {
  const observer = (started: string[]) =>
    definePlugin({
      name: 'far',
      observe: () => {
        started.push('started');
        return concat(of({ type: 'HintReceived', side: 'local', source: 'far' } as const), NEVER);
      },
    });

  async function world(plugin?: Plugin) {
    const clock = createSpecClock();
    const bus = createInProcessBus({ clock });
    const wire = pluginSubjectsOf('home', 'far');
    const [started, standings, hellos, reported]: [string[], RemoteStanding[], unknown[], unknown[]] = [
      [],
      [],
      [],
      [],
    ];
    const asked = new AbortController();
    let greeting: object = { welcome: { run: 'run-1', helloEveryMs: 1_000 } };
    let daemon = [{ unsubscribe: async () => undefined as void }];
    const ended = runRemotePlugin({
      ...{ plugin: plugin ?? observer(started), bus, clock, random, output },
      ...{ driveKey: 'home', signal: asked.signal, ...offered },
      onStanding: (standing) => standings.push(standing),
    });
    ended.catch(() => undefined);
    const advance = async (byMs: number): Promise<void> => {
      for (let round = 0; round < 10; round += 1) await turn();
      await clock.advance(byMs);
      for (let round = 0; round < 10; round += 1) await turn();
    };
    return {
      ...{ started, standings, hellos, reported, ended, advance, asked },
      greet: (next: object) => void (greeting = next),
      async daemonComes() {
        daemon = [
          await bus.respond(wire.hello, (payload) => {
            hellos.push(payload);
            return greeting;
          }),
          await bus.respond(wire.observation, (payload) => {
            reported.push(payload);
            return { taken: 1 };
          }),
        ];
      },
      async daemonGoes() {
        for (const one of daemon) await one.unsubscribe();
      },
    };
  }

  it('waits for a daemon, works, waits again, and goes on without starting anew when it is the same run', async () => {
    const far = await world();
    await far.advance(1_000);
    expect(far.started).toEqual([]);
    await far.daemonComes();
    await far.advance(1_000);
    expect(far.started).toEqual(['started']);
    expect(far.reported).toMatchObject([{ observations: [{ type: 'HintReceived' }] }]);
    await far.daemonGoes();
    await far.advance(1_000);
    await far.daemonComes();
    await far.advance(1_000);
    expect(far.standings.map(({ state }) => state)).toEqual(['waiting', 'working', 'waiting', 'working']);
    expect(far.started).toEqual(['started']);
  });

  it('begins anew for another run of the daemon', async () => {
    const far = await world();
    await far.daemonComes();
    await far.advance(1_000);
    far.greet({ welcome: { run: 'run-2', helloEveryMs: 1_000 } });
    await far.advance(1_000);
    await far.advance(1_000);
    expect(far.started).toEqual(['started', 'started']);
  });

  it('is lent all that its process has and it declared', async () => {
    let context: object = {};
    const far = await world(
      definePlugin({
        name: 'far',
        needs: { ...{ desktop: true, listen: 'http', request: ['a.example'], store: true }, secrets: true },
        setup: (given) => void (context = given),
      }),
    );
    await far.daemonComes();
    await far.advance(1_000);
    expect(Object.keys(context)).toEqual(
      expect.arrayContaining(['showOnDesktop', 'listen', 'request', 'store', 'secrets']),
    );
  });

  it('says what it has done so far, whatever went wrong in it', async () => {
    const far = await world(
      definePlugin({
        name: 'far',
        observe: () => {
          throw new Error(`two\nlines ${'x'.repeat(2000)}`);
        },
      }),
    );
    await far.daemonComes();
    await far.advance(1_000);
    await far.advance(1_000);
    const { work } = helloShape.parse(far.hellos.at(-1));
    expect(work).toMatchObject({ commands: [], requests: { succeeded: 0 } });
    expect(work?.lastFault).toMatch(/: two lines x+…?$/);
  });

  it('says that it leaves', async () => {
    const far = await world();
    await far.daemonComes();
    await far.advance(1_000);
    far.asked.abort();
    await far.advance(1_000);
    await far.ended;
    expect(far.hellos.at(-1)).toMatchObject({ leaving: true });
  });

  it('ends with the reason when the daemon has no use for it, and stays when its place is merely taken', async () => {
    const far = await world();
    far.greet({ refused: { code: 'occupied', detail: 'another process runs it already', remedy: '' } });
    await far.daemonComes();
    await far.advance(1_000);
    expect(far.standings.at(-1)).toEqual({ state: 'waiting', detail: 'another process runs it already' });
    far.greet({ refused: { code: 'handles', detail: 'the daemon gives it HashFile', remedy: 'Write so' } });
    await far.advance(1_000);
    await expect(far.ended).rejects.toThrow(
      'Cannot start plugin "far": the daemon gives it HashFile. Write so',
    );
  });
});
