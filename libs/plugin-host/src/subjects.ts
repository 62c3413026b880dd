/** Subjects: the addresses on the bus that host, engine and watchers share. */
import type { CommandType } from '@tidemark/contracts';

export interface Subjects {
  /** Carries one Command. */
  command(type: CommandType): string;
  /** Carries Observation[]. */
  observation(plugin: string): string;
  /** Observations of all plugins. */
  readonly observations: string;
  /** Carries RecordedEvent[], after they became durable. */
  readonly event: string;
  /** Carries TransferProgress. */
  readonly progress: string;
  /** Carries ItemVerdict[]. */
  readonly verdict: string;
  /** Carries ToldNotice[]. */
  readonly notice: string;
}

/** The token that names a drive in subjects, from its id. */
export const driveKeyOf = (driveId: string): string => driveId.toLowerCase().replace(/[^a-z0-9]+/g, '-');

/** What everybody who watches is shown. */
export const isWatchedSubject = (subject: string): boolean =>
  /^sync\.[^.]+\.(?:event|verdict|notice|progress)$/.test(subject);

/** Carries RecordedEvent[]. */
export const isEventSubject = (subject: string): boolean => /^sync\.[^.]+\.event$/.test(subject);

/** `driveKey` is one token: letters, digits, `-` and `_`. Throws RangeError otherwise. */
export function subjectsOf(driveKey: string): Subjects {
  if (!/^[A-Za-z0-9_-]+$/.test(driveKey)) {
    throw new RangeError(`Cannot name subjects: "${driveKey}" is not one token of letters, digits, - and _`);
  }
  const base = `sync.${driveKey}`;
  return {
    command: (type) => `${base}.command.${type}`,
    observation: (plugin) => `${base}.observation.${plugin}`,
    observations: `${base}.observation.*`,
    event: `${base}.event`,
    progress: `${base}.progress`,
    verdict: `${base}.verdict`,
    notice: `${base}.notice`,
  };
}
