/** What a relay remembers of itself while it lives: a projection of what it tells. */
import type { RelayReport, SetFigure } from '@tidemark/control';
import type { RelayNews } from './run-relay.ts';

type Live = NonNullable<RelayReport['relay']>;

export interface RelayFigures extends Omit<Live, 'pid' | 'startedAt' | 'server'> {
  readonly state: Exclude<RelayReport['state'], 'stopped'>;
}

export const noFigures: RelayFigures = {
  state: 'connecting',
  address: null,
  detail: null,
  drives: { registered: 0, subscribed: 0 },
  counters: { accepted: 0, handedOn: 0, forged: 0, refused: {}, validations: 0 },
};

/** The figures after this was told. */
export function followNews(figures: RelayFigures, news: RelayNews): RelayFigures {
  const counting = (counters: Partial<RelayFigures['counters']>): RelayFigures => ({
    ...figures,
    counters: { ...figures.counters, ...counters },
  });
  switch (news.type) {
    case 'started':
      return {
        ...figures,
        ...{ state: 'running', address: news.address, detail: null, drives: news.drives },
      };
    case 'connected':
      return { ...figures, state: 'running', detail: null };
    case 'disconnected':
      // Before it has listened it is on its way, and not cut off.
      return {
        ...figures,
        state: figures.address === null ? 'connecting' : 'disconnected',
        detail: news.detail,
      };
    case 'announced':
      return { ...figures, drives: news.drives };
    case 'problem':
      return { ...figures, detail: news.detail };
    case 'signalReceived':
      return counting({ accepted: news.count });
    case 'handedOn':
      return counting({ handedOn: news.count });
    case 'forged':
      return counting({ forged: news.count });
    case 'refused':
      return counting({ refused: { ...news.reasons } });
    case 'validationAnswered':
      return counting({ validations: news.count });
  }
}

/** For Prometheus. */
export function recordRelay(
  { state, drives, counters }: RelayFigures,
  version: string,
  set: SetFigure,
): void {
  set('build_info', 'Always 1; the version as a label', 1, { version });
  set('relay_connected', 'The NATS server is reached', state === 'running' ? 1 : 0);
  set('relay_drives', 'Drives that have announced themselves', drives.registered);
  set('relay_drives_subscribed', 'Those of them that have a subscription', drives.subscribed);
  const { accepted, handedOn, forged, refused, validations } = counters;
  set('relay_accepted_total', 'Requests with a notification for a drive', accepted);
  set('relay_handed_on_total', 'Messages that NATS has taken over for a drive', handedOn);
  set('relay_validations_total', 'Answered questions whether the address is ours', validations);
  set('notifications_total', 'Notifications that were forged, or for nobody', forged, { kind: 'forged' });
  for (const [reason, value] of Object.entries(refused))
    set('webhook_refused_total', 'Requests that were refused, by reason', value, { reason });
}
