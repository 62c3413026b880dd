/** Every kind of trouble that a seed can draw, by name, and how often each of them struck. */
import { driveLies } from '@tidemark/testkit';
import { hintTexts } from './hints.ts';
import { incidentTexts } from './incidents.ts';

export const faultTexts = {
  'drive-call-fails': 'a call of the drive is refused and does nothing',
  'drive-answer-lost': 'a call of the drive is done, and the caller hears of a failure',
  'drive-links-expire': 'every link of the change feed is void (410)',
  'drive-full': 'an upload is refused, since the drive has no space for it',
  'download-cut': 'a download ends early',
  'download-link-refused-twice': 'a download is given two links, and both are refused where they lead',
  'document-rewritten': 'the service stores a document with other bytes than it was sent',
  'disk-call-fails': 'a call of the disk is refused and does nothing',
  'user-between-steps': 'a user acts between a decision and its execution',
  'killed-before-append': 'the process dies before a batch is durable',
  'killed-after-append': 'the process dies after a batch is durable and before anybody heard of it',
  'killed-anywhere': 'the process dies between any two steps',
  'asked-to-stop': 'the process is asked to stop in the middle of its work',
  'run-goes-on': 'a run goes on until it is ended, and hears of changes',
  'begun-anew': 'a run that goes on ends for the next one: settings, the clock or the folder changed',
  'message-repeated': 'the bus delivers a message twice',
  'message-late': 'the bus delivers a message late',
  'deletions-held': 'a run waits for a confirmation of deletions, or of an empty folder',
  'upload-only': 'a run takes nothing from the drive',
  'download-only': 'a run takes nothing to the drive',
  'deletes-for-good': 'a run whose deletions do not go to the recycle bin of the drive',
  'no-birth-times': 'a run goes over a file system that keeps no birth times',
  'inodes-renumbered': 'a run meets other inode numbers at each scan',
  'inodes-shared': 'a run goes over a file system where two files have one inode number',
  'coarse-times': 'a run goes over a file system with times of a second or two',
  'short-times': 'a run goes over a file system that holds no times before 1970 or after 2038',
  'clock-jumps': 'the clock jumps by up to an hour, either way',
  ...hintTexts,
  ...driveLies,
  ...incidentTexts,
} as const satisfies Record<string, string>;

export type FaultName = keyof typeof faultTexts;

export const faultNames = Object.keys(faultTexts) as readonly FaultName[];

export type FaultCounts = ReadonlyMap<FaultName, number>;

export interface Faults {
  /** It happened now. */
  strike(name: FaultName): void;
  readonly counts: FaultCounts;
}

export function createFaults(): Faults {
  const counts = new Map<FaultName, number>();
  return {
    strike: (name) => void counts.set(name, (counts.get(name) ?? 0) + 1),
    counts,
  };
}
