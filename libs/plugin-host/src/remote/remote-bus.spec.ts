/** What a plugin's own process lets in of what the daemon says. */
import { createInProcessBus } from '@tidemark/bus';
import { describe, expect, it } from 'vitest';
import { subjects } from '../spec-world.ts';
import { pluginSubjectsOf } from './protocol.ts';
import { createRemoteBus } from './remote-bus.ts';

const hashFile = {
  ...{ type: 'HashFile', id: '7/0', item: 1, path: 'a.txt' },
  reason: { rule: 'compare-content', differs: '', causes: [] },
  expected: { id: 'inode', stamp: 's' },
};

async function createWorld() {
  const bus = createInProcessBus();
  const wire = pluginSubjectsOf('home', 'far');
  const remote = createRemoteBus({ bus, subjects, wire, plugin: 'far', instance: 'instance-1' });
  const taken: unknown[] = [];
  await remote.bus.subscribe(subjects.command('HashFile'), (payload) => void taken.push(payload));
  await remote.open();
  return { taken, ask: (payload: unknown) => bus.request(wire.command, payload, 1_000) };
}

describe('a command that comes to a plugin in its own process', () => {
  it('is taken in as it is', async () => {
    const { ask, taken } = await createWorld();
    expect(await ask(hashFile)).toEqual({ accepted: true });
    expect(taken).toEqual([hashFile]);
  });

  it('may come with others, and each has its own answer', async () => {
    const { ask, taken } = await createWorld();
    const other = { ...hashFile, id: '7/1' };
    expect(await ask([hashFile, 'hello', other])).toEqual([
      { accepted: true },
      { refused: expect.stringContaining('does not handle ""') },
      { accepted: true },
    ]);
    expect(taken).toEqual([hashFile, other]);
  });

  it.each([
    ['no object', 'hello', 'does not handle ""'],
    ['no id', { ...hashFile, id: undefined }, 'cannot read the command: id'],
    ['another type', { ...hashFile, type: 'ScanLocal' }, 'does not handle "ScanLocal"'],
    ['a way out of the sync folder', { ...hashFile, path: '../secrets' }, 'leaves the sync folder'],
    ['an absolute path', { ...hashFile, path: '/etc/passwd' }, 'leaves the sync folder'],
    ['a missing precondition', { ...hashFile, expected: undefined }, 'cannot read the command: expected'],
  ])('with %s is refused before any handler sees it', async (_, payload, why) => {
    const { ask, taken } = await createWorld();
    expect(await ask(payload)).toEqual({ refused: expect.stringContaining(why) });
    expect(taken).toEqual([]);
  });
});
