/** What a relay has to say, in words and as JSON; and how it is. */
import type { RelayReport } from '@tidemark/control';
import { escaped } from '@tidemark/disk';
import type { RelayNews } from '@tidemark/relay';

export interface RelayLine {
  readonly text: string;
  readonly isProblem?: true;
  /** Shown with `--verbose`. */
  readonly isDetail?: true;
}

export function relayLine(news: RelayNews): RelayLine {
  switch (news.type) {
    case 'started':
      return {
        text: `Started the relay at ${news.address}; drives with a subscription: ${news.drives.subscribed}`,
      };
    case 'connected':
      return { text: 'Connected to the NATS server again' };
    case 'disconnected':
      return { text: `WARNING: Cannot hand on notifications: ${news.detail}`, isProblem: true };
    case 'problem':
      return { text: `WARNING: ${news.detail}`, isProblem: true };
    case 'forged':
      return { text: `Forged or unknown notifications so far, dropped: ${news.count}` };
    case 'refused':
      return { text: `Requests refused so far: ${reasonsText(news.reasons)}`, isDetail: true };
    case 'announced':
      return {
        text: `Drive "${news.drive}" announced its subscription${news.asking ? ', and expects to be asked for its address' : ''}`,
        isDetail: true,
      };
    case 'validationAnswered':
      return { text: `Validation requests answered so far: ${news.count}`, isDetail: true };
    case 'signalReceived':
      return { text: `Notifications so far: ${news.count}`, isDetail: true };
    case 'handedOn':
      return { text: `Handed on so far: ${news.count}`, isDetail: true };
  }
}

/** As the lines of a monitor with `--json`. `at`: milliseconds since 1970. */
export const relayJson = (notice: RelayNews, at: number): string =>
  JSON.stringify({ at: new Date(at).toISOString(), source: 'relay', type: 'Notice', notice });

export function renderRelay({ state, relay }: RelayReport): readonly string[] {
  if (relay === null) return ['No relay runs with this configuration'];
  const { pid, startedAt, address, server, detail, drives, counters } = relay;
  const { accepted, handedOn, forged, refused, validations } = counters;
  return [
    `Relay:    ${states[state]} (process ${pid}, since ${startedAt})`,
    `Listens:  ${address ?? 'not yet'}`,
    `NATS:     ${escaped(server)}`,
    ...(detail === null ? [] : [`          ${escaped(detail)}`]),
    `Drives:   ${drives.registered} registered, ${drives.subscribed} with a subscription`,
    `Done:     ${accepted} notifications accepted, ${handedOn} messages handed on, ${validations} validations answered`,
    `Dropped:  ${forged} forged or unknown`,
    ...(Object.keys(refused).length === 0 ? [] : [`Refused:  ${reasonsText(refused)}`]),
  ];
}

const states: Record<RelayReport['state'], string> = {
  stopped: 'not running',
  connecting: 'waiting for the NATS server',
  running: 'running',
  disconnected: 'cut off from the NATS server',
};

const reasonsText = (reasons: Readonly<Record<string, number>>): string =>
  Object.entries(reasons)
    .map(([reason, count]) => `${reason} ${count}`)
    .join(', ');
