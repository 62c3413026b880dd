/** What a user gives up with a sync folder that goes, and comes back. */
import { createManualClock, createSeededRandom, createSimulatedDisk } from '@tidemark/testkit';
import { beforeEach, expect, it } from 'vitest';
import type { RootIncidents } from './root-incidents.ts';
import { createRootIncidents } from './root-incidents.ts';

const bytes = (content: string): Uint8Array => new TextEncoder().encode(content);

let user: ReturnType<typeof createSimulatedDisk>['user'];
let givenUp: string[];
let root: RootIncidents;

beforeEach(() => {
  const random = createSeededRandom(1);
  const disk = createSimulatedDisk({ random, clock: createManualClock() });
  user = disk.user;
  givenUp = [];
  const dismiss = (content: Uint8Array): void => void givenUp.push(new TextDecoder().decode(content));
  root = createRootIncidents({ random, disk, dismiss, noticed: () => undefined });
  user.write('own', bytes('own'));
});

it.each([
  ['by itself', () => root.incidents['root-bare']()],
  ['when all trouble ends', () => root.end()],
])('what was saved to a bare place goes with it when the sync folder is back %s', (_how, comeBack) => {
  root.incidents['root-bare']();
  user.write('in between', bytes('in between'));
  comeBack();
  expect([...user.tree().keys()]).toEqual(['own']);
  expect(givenUp).toEqual(['in between']);
});

it('nothing in a sync folder is given up because the folder was away', () => {
  root.incidents['root-away']();
  expect(root.isFolderThere).toBe(false);
  root.incidents['root-away']();
  expect([...user.tree().keys()]).toEqual(['own']);
  expect(givenUp).toEqual([]);
});
