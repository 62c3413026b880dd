/** How the relay is, for another program that asks over the control socket. */
import type { Clock } from '@tidemark/contracts';
import { Failure } from '@tidemark/contracts';
import { type Control, openRelayControl, type RelayReport, statusSchemaVersion } from '@tidemark/control';
import { createHttpListen } from '@tidemark/listener';
import { followNews, noFigures, recordRelay } from './relay-figures.ts';
import type { RelayNews } from './run-relay.ts';

export interface RelayStatusOptions {
  /** Through which the socket is found. */
  readonly stateFolder: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly version: string;
  readonly server: string;
  readonly clock: Pick<Clock, 'now'>;
  /** There is no socket, and this is why. The relay does not depend on it. */
  readonly onTrouble: (detail: string) => void;
}

export interface RelayStatus {
  follow(news: RelayNews): void;
  close(): Promise<void>;
}

export async function openRelayStatus(options: RelayStatusOptions): Promise<RelayStatus> {
  const { stateFolder, environment, version, server, clock, onTrouble } = options;
  const startedAt = new Date(clock.now()).toISOString();
  let figures = noFigures;
  const status = (): RelayReport => {
    const { state, ...live } = figures;
    return {
      ...{ schema: statusSchemaVersion, state, version },
      relay: { ...live, pid: process.pid, startedAt, server },
    };
  };
  let control: Control | null = null;
  try {
    const place = { stateFolder, environment, userId: process.geteuid?.() ?? 0 };
    control = await openRelayControl(createHttpListen(), place, {
      status,
      figures: (set) => recordRelay(figures, version, set),
    });
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    onTrouble(error.message);
  }
  return {
    follow(news) {
      figures = followNews(figures, news);
    },
    close: async () => control?.close(),
  };
}

/** The report when no relay runs. */
export const stoppedRelay = (version: string): RelayReport => ({
  ...{ schema: statusSchemaVersion, state: 'stopped', version },
  relay: null,
});
