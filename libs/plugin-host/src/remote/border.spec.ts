/** What a plugin in another process may say, and what the daemon makes of everything else. */
import { commandEffects, failureGuide } from '@tidemark/contracts';
import type { Command, CommandType } from '@tidemark/contracts';
import { definePlugin } from '@tidemark/plugin-sdk';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hashFile } from '../spec-world.ts';
import { mayHandleElsewhere } from './protocol.ts';
import { assertCanLeave } from './run-remote-plugin.ts';
import { createSpecRemote, type SpecRemote } from './spec-remote.ts';

const hint = { type: 'HintReceived', side: 'local', source: 'far' };
const row = {
  ...{ id: 'inode-0', parentId: 'p', name: 'a', kind: 'file', sizeBytes: 1, modifiedAt: 1, stamp: 's1' },
  hash: 'YRDDGAAAAAAAAAAAAwAAAAAAAAA=',
};

async function observing(): Promise<SpecRemote> {
  const far = await createSpecRemote();
  await far.hello({ observes: ['HintReceived'] });
  return far;
}

async function hashing(): Promise<SpecRemote> {
  const far = await createSpecRemote({ handles: ['HashFile'] });
  await far.hello();
  await far.give(hashFile(0));
  return far;
}

describe('the border: hints', () => {
  it('lets in what was declared, and only what its shape has', async () => {
    const far = await observing();
    expect(await far.report({ ...hint, folders: ['a/b'], surprise: 1 })).toEqual({ taken: 1 });
    expect(far.taken).toEqual([{ ...hint, folders: ['a/b'] }]);
  });

  it.each([
    [
      'what it did not declare',
      { type: 'SubscriptionTold', subscriptionId: 's', told: 'removed' },
      /did not declare/,
    ],
    ['the end of the run', { type: 'StopRequested' }, /"StopRequested" is nothing/],
    [
      'a listing',
      { type: 'LocalListing', command: '7/0', part: 0, folders: [] },
      /"LocalListing" is nothing/,
    ],
    [
      'a page of the feed',
      { type: 'RemotePage', command: '7/0', page: 0, rows: [], cursor: 'c' },
      /"RemotePage" is nothing/,
    ],
    ['a plan', { type: 'Planned', commands: [] }, /"Planned" is nothing/],
    ['nothing', null, /without a type/],
    ['another side', { ...hint, side: 'both' }, /side/],
    ['a source with a line break', { ...hint, source: 'a\nb' }, /source/],
    ['an endless source', { ...hint, source: 'x'.repeat(101) }, /source/],
    ['a way out of the folder', { ...hint, folders: ['../etc'] }, /leaves the sync folder/],
    ['an absolute path', { ...hint, folders: ['/etc'] }, /leaves the sync folder/],
    ['too many folders', { ...hint, folders: Array.from({ length: 1_001 }, () => 'a') }, /folders/],
  ])('refuses %s, says so to the plugin and counts it', async (_, observation, reason) => {
    const far = await observing();
    expect(await far.report(observation)).toEqual({ refused: expect.stringMatching(reason) });
    expect(far.taken).toEqual([]);
    expect(far.describe()).toMatchObject([{ faults: 1, lastFault: expect.stringMatching(reason) }]);
  });

  it('takes all of a message or nothing of it', async () => {
    const far = await observing();
    await far.report(hint, { type: 'StopRequested' });
    expect(far.taken).toEqual([]);
  });

  it('takes nothing from who has not said hello, and asks to send it again', async () => {
    const far = await createSpecRemote();
    expect(await far.report(hint)).toEqual({ again: 'say hello first' });
    expect(far.taken).toEqual([]);
  });

  it('asks who sends faster than the log writes to send again, and forgets nothing it took', async () => {
    const gate = Promise.withResolvers<void>();
    const far = await createSpecRemote({ take: () => gate.promise });
    await far.hello({ observes: ['HintReceived'] });
    const answers = Array.from({ length: 20 }, () => far.report(hint));
    const refused = await Promise.all(answers.slice(8));
    expect(new Set(refused.map((one) => Object.keys(one as object)[0]))).toEqual(new Set(['again']));
    gate.resolve();
    expect(await Promise.all(answers.slice(0, 8))).toEqual(Array.from({ length: 8 }, () => ({ taken: 1 })));
    expect(far.taken).toHaveLength(8);
  });

  it('survives whatever anybody sends', async () => {
    const far = await hashing();
    await fc.assert(
      fc.asyncProperty(fc.constantFrom('hello', 'observation'), fc.jsonValue(), async (subject, payload) => {
        const wrapped = { instance: 'instance-1', observations: [payload] };
        await far.say(subject, payload);
        await far.say('observation', wrapped);
      }),
      { numRuns: 200 },
    );
    expect(far.taken).toEqual([]);
  });
});

describe('the border: outcomes', () => {
  it('lets in the end of a command, once', async () => {
    const far = await hashing();
    const outcome = { type: 'CommandSucceeded', command: '7/0', local: row };
    expect(await far.report(outcome)).toEqual({ taken: 1 });
    expect(await far.report(outcome)).toEqual({ taken: 1 });
    expect(far.taken).toEqual([outcome]);
  });

  it('takes no notice of the end of a command that it was not given', async () => {
    const far = await hashing();
    expect(await far.report({ type: 'CommandSucceeded', command: '7/9', local: row })).toEqual({ taken: 1 });
    expect(far.taken).toEqual([]);
  });

  it('leaves outside what a failure says of the drive: no command about the drive was given away', async () => {
    const far = await hashing();
    const failure = { code: 'localGone', detail: 'It is gone' };
    const remote = { id: 'D', deleted: true };
    await far.report({ type: 'CommandFailed', command: '7/0', failure, remote });
    expect(far.taken).toEqual([{ type: 'CommandFailed', command: '7/0', failure }]);
  });

  it.each([
    ['facts about another file', { local: { ...row, id: 'another' } }],
    ['facts about another version', { local: { ...row, stamp: 's2' } }],
    ['facts about the drive', { local: row, remote: { id: 'D', deleted: true } }],
    ['that it is gone', { local: { id: 'inode-0', gone: true } }],
    ['that no hash confirms it', { local: row, unconfirmed: true }],
    ['something kept', { local: row, kept: row }],
    ['no hash', { local: { ...row, hash: null } }],
    ['what is no hash', { local: { ...row, hash: 'x' } }],
    ['a folder', { local: { ...row, kind: 'folder' } }],
    ['nothing at all', {}],
  ])('does not believe %s: the command has failed', async (_, facts) => {
    const far = await hashing();
    const answer = await far.report({ type: 'CommandSucceeded', command: '7/0', ...facts });
    expect(answer).toEqual({ refused: expect.any(String) });
    expect(far.taken).toMatchObject([
      { type: 'CommandFailed', command: '7/0', failure: { code: 'pluginFault' } },
    ]);
    expect(far.describe()).toMatchObject([{ commands: 0, faults: 1 }]);
  });

  it.each(Object.entries(failureGuide))('a failure %s ends no run', async (code, { retry }) => {
    const far = await hashing();
    await far.report({ type: 'CommandFailed', command: '7/0', failure: { code, detail: 'Cannot hash "a"' } });
    expect(far.taken).toMatchObject([{ failure: { code: retry === 'stop' ? 'pluginFault' : code } }]);
  });
});

describe('the border: hello', () => {
  const cases: readonly [string, object, string, RegExp][] = [
    ['another protocol', { protocol: 2 }, 'protocol', /speaks protocol 2, and this daemon speaks 1/],
    ['no version', { version: '' }, 'malformed', /"version"/],
    ['the login', { needs: { drive: 'read' } }, 'needs', /needs "drive": the account's login/],
    ['the folder', { needs: { disk: 'read' } }, 'needs', /needs "disk": the sync folder stays/],
    ['the unknown', { needs: { moon: true } }, 'needs', /needs "moon", which no process offers/],
    [
      'what every object has',
      { needs: { valueOf: true } },
      'needs',
      /needs "valueOf", which no process offers/,
    ],
    ['rules', { rules: ['ignore'] }, 'needs', /has rules \("ignore"\)/],
    ['other commands', { handles: ['HashFile'] }, 'handles', /gives it no commands, and it handles HashFile/],
    ['an unknown command', { handles: ['EraseDrive'] }, 'needs', /"EraseDrive", which is no command/],
  ];
  it.each(cases)('refuses who wants %s, with a reason and a remedy', async (_, given, code, reason) => {
    const far = await createSpecRemote();
    const answer = await far.hello(given);
    expect(answer).toEqual({
      refused: { code, detail: expect.stringMatching(reason), remedy: expect.stringMatching(/\S/) },
    });
    expect(await far.report(hint)).toEqual({ again: 'say hello first' });
  });

  it('refuses a second process of the same name while the first one lives', async () => {
    const far = await createSpecRemote();
    expect(await far.hello()).toEqual({ welcome: { run: 'run-1', helloEveryMs: 1_000 } });
    expect(await far.hello({ instance: 'instance-2' })).toMatchObject({ refused: { code: 'occupied' } });
    await far.advance(4_000);
    expect(await far.hello({ instance: 'instance-2' })).toMatchObject({ welcome: { run: 'run-1' } });
  });

  it('hears no more of the one whose place was taken', async () => {
    const far = await createSpecRemote();
    await far.hello({ observes: ['HintReceived'] });
    await far.advance(4_000);
    await far.hello({ observes: ['HintReceived'], instance: 'instance-2' });
    expect(await far.report(hint)).toEqual({ again: 'say hello first' });
    expect(far.taken).toEqual([]);
  });

  it.each(Object.keys(commandEffects) as CommandType[])(
    '%s leaves the daemon only if it writes and proves nothing',
    (type) => {
      const plugin = definePlugin({ name: 'far', handle: { [type]: async () => ({}) } });
      const leaves = mayHandleElsewhere[type];
      if (leaves) expect(() => assertCanLeave(plugin)).not.toThrow();
      else expect(() => assertCanLeave(plugin)).toThrow(/cannot run in another process, because it handles/);
      expect(leaves && commandEffects[type].startsWith('writes')).toBe(false);
      expect(leaves && (type === 'ReadRemote' || type === 'ScanLocal')).toBe(false);
    },
  );
});

describe('the border: commands about the subscription', () => {
  const create = {
    ...{
      type: 'CreateSubscription',
      id: '7/0',
      item: 0,
      path: '',
      url: 'https://h.example.org/',
      lifetimeMs: 1,
    },
    reason: { rule: 'subscription-wanted', differs: '', causes: [] },
  } as unknown as Command;

  it('end with what became of it, and with nothing else', async () => {
    const far = await createSpecRemote({ handles: ['CreateSubscription'] });
    await far.hello();
    await far.give(create);
    const outcome = { type: 'CommandSucceeded', command: '7/0', subscription: { id: 's', expiresAt: 5 } };
    expect(await far.report({ ...outcome, local: row })).toMatchObject({ refused: expect.any(String) });
    await far.give({ ...create, id: '7/1' as Command['id'] });
    expect(await far.report({ ...outcome, command: '7/1' })).toEqual({ taken: 1 });
    expect(far.taken).toMatchObject([{ type: 'CommandFailed' }, { ...outcome, command: '7/1' }]);
  });
});

describe('the border: notices', () => {
  const forged = { type: 'forged', count: 1 };
  const dayMs = 86_400_000;

  it('come from the instance that said hello, and from no other', async () => {
    const far = await createSpecRemote();
    const notices = [{ at: far.now(), notice: forged }];
    await far.tell({ instance: 'instance-1', notices });
    await far.hello();
    await far.tell({ instance: 'instance-2', notices });
    await far.tell(notices);
    expect(far.notices).not.toContainEqual(forged);
    await far.tell({ instance: 'instance-1', notices });
    expect(far.notices.at(-1)).toEqual(forged);
  });

  it.each([
    ['in one line', { type: 'said', level: 'warning', text: 'the channel is archived' }, true],
    ['as long as the host cuts it', { type: 'said', level: 'info', text: `${'x'.repeat(1_000)}…` }, true],
    ['in more', { type: 'said', level: 'info', text: 'a\nERROR: b' }, false],
    ['at any length', { type: 'said', level: 'info', text: 'x'.repeat(1_002) }, false],
    ['in a level of its own', { type: 'said', level: 'fatal', text: 'a' }, false],
  ])('may be words of its own, %s', async (_, said, isShown) => {
    const far = await createSpecRemote();
    await far.hello();
    await far.tell({ instance: 'instance-1', notices: [{ at: far.now(), notice: said }] });
    expect(far.notices.some(({ type }) => type === 'said')).toBe(isShown);
  });

  it.each([
    ['its own name', 'far/moved', true],
    ["another plugin's", 'near/moved', false],
    ['ours', 'moved', false],
  ])('may have a type of its own, under %s', async (_, type, isShown) => {
    const far = await createSpecRemote();
    await far.hello();
    const notice = { type, text: 'a share\nmoved', data: { to: '/srv' } };
    await far.tell({ instance: 'instance-1', notices: [{ at: far.now(), notice }] });
    const shown = { ...notice, text: 'a share moved' };
    expect(far.notices.filter((one) => one.type === type)).toEqual(isShown ? [shown] : []);
  });

  it.each([
    ['a minute ago', -60_000, -60_000],
    ['a minute ahead', 60_000, 60_000],
    ['two days ago', -2 * dayMs, 0],
    ['in a year that no calendar has', 1e300, 0],
  ])('tell their time within a day of ours: %s', async (_, offMs, shownMs) => {
    const far = await createSpecRemote();
    await far.hello();
    await far.tell({ instance: 'instance-1', notices: [{ at: far.now() + offMs, notice: forged }] });
    expect(far.told.at(-1)).toEqual({ plugin: 'far', at: far.now() + shownMs, notice: forged });
  });
});
