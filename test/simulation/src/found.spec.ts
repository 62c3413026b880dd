/**
 * Seeds that once broke a law, with their story. They run without the lies, incidents and wishes that seeds draw today, and else
 * with what the seed draws: a changed swarm changes their world.
 */
import { expect, it } from 'vitest';
import { simulate } from './simulate.ts';

const stories: readonly (readonly [number, string])[] = [
  [
    45,
    'a run was interrupted while a handler was at work: its late outcome stood in the log without a plan, and replay missed one',
  ],
  [
    133,
    'a run was interrupted: handlers that stopped as they should were told to the user as faults of a plugin',
  ],
  [
    265,
    'the answer to the first move of a name swap was lost: the stop in between was taken for a rename by somebody else',
  ],
  [481, 'a new file was moved into a folder which was then deleted, and the feed told of the folder alone'],
  [610, 'with local_first, a file moved on both sides and the folder it was in waited for each other'],
  [1087, 'with local_first, an item on a stop of a name swap was thought to want to stay there'],
  [
    1215,
    'while a copy of one version of the drive was fetched, the next one arrived; it was taken for kept, and overwritten',
  ],
  [
    1584,
    'a folder was deleted on disk while the drive had a file of it on a stop: the file came back under that name',
  ],
  [
    18386,
    'an item on a stop on the drive was put back on disk to where it came from, and followed the stop instead',
  ],
  [21393, 'what took the name of an upload before its answer came was forgotten when the answer came'],
  [2161, 'the name for a kept version differed in case only from one that a user had given'],
  [
    107714,
    'a folder moved on the drive between two pages of a full listing: it was taken for gone, and what was in it never came back',
  ],
  [
    300222,
    'an upload was renamed on the drive before its answer came, and was being fetched as something new: two downloads of it met',
  ],
  [
    307459,
    'in the middle of a name swap one of the two was deleted on the drive: the other kept the name of its stop, and was uploaded under it',
  ],
  [
    502614,
    'a folder was made anew inside one that could not be read: what was to be made in it was found in no scan, and made again for ever',
  ],
];

const swarm = { rates: {}, fileSystem: {}, direction: 'both', massDeleteMax: 1000 } as const;

it.each(stories)('seed %i: %s', async (seed) => {
  expect((await simulate(seed, { swarm })).broken?.detail).toBeUndefined();
});
