/** The whole way: a validation there and back, and a notification that has to arrive. */
import { judgementOf, type Finding } from '../finding.ts';
import type { NotificationSent, Posted, WebhookFacts } from './facts.ts';
import { seconds, slowAfterMs } from './limits.ts';

export function judgeValidation(facts: WebhookFacts): readonly Finding[] {
  const { ok, failed, couldNotTry } = judgementOf('validation');
  const { strictlyCalled, called, service } = facts;
  const wrong = strictlyCalled === null ? null : wrongIn(strictlyCalled);
  if (service.type === 'validated')
    return [ok(`The service has validated the address from outside, in ${seconds(service.tookMs)}`)];
  if (service.type === 'refused') {
    const { message, code } = service.answer;
    return [
      failed(
        `The service says: ${message} (${code})`,
        beyondSight(facts) ?? 'Mend what is named above first',
      ),
    ];
  }
  // An allow-list that keeps us out says nothing about the service.
  if (called?.type === 'answered' && called.status === 403)
    return [couldNotTry(`This machine is kept out, and the service was not asked: ${service.why}`)];
  if (wrong !== null)
    return [failed(`Our own call to the public address fails: ${wrong}`, 'Mend what is named above first')];
  if (strictlyCalled === null) return [couldNotTry(service.why)];
  return [
    ok('Our own call to the public address was answered as it should'),
    couldNotTry(`The service itself was not asked: ${service.why}`),
  ];
}

/** Where to look when nothing that can be seen from here is wrong; null: something is. */
function beyondSight({ setting, reach, called, strictlyCalled }: WebhookFacts): string | null {
  if (setting.relay !== null)
    return reach?.public === 'open'
      ? 'On the host of the relay: is tidemark relay running, does nginx pass on to it, and does its output with --verbose name this drive?'
      : null;
  const isWell = called !== null && (strictlyCalled === null || wrongIn(strictlyCalled) === null);
  return isWell
    ? 'From here all is well, so it is the way from the internet: firewall, router, and whether the name leads to this machine for everybody'
    : null;
}

function wrongIn(posted: Posted): string | null {
  if (posted.type === 'failed') return posted.code;
  if (posted.type === 'late') return `no answer within ${seconds(posted.afterMs)}`;
  if (posted.status !== 200) return `status ${posted.status}`;
  return posted.contentType.startsWith('text/plain')
    ? null
    : `content type "${posted.contentType.slice(0, 60)}" in place of text/plain`;
}

export function judgeNotification({ notification, live }: WebhookFacts): readonly Finding[] {
  return [
    sentence(notification, 'A notification of ours'),
    ...(live === null ? [] : [sentence(live, 'The notification of the service about a real change')]),
  ];
}

function sentence(sent: NotificationSent, what: string): Finding {
  const { ok, failed, couldNotTry } = judgementOf('notification');
  if (sent.type === 'unsent') return couldNotTry(sent.why);
  const { tookMs } = sent;
  if (sent.type === 'lost')
    return failed(
      `${what} did not arrive (${sent.status === 0 ? `waited ${seconds(tookMs)}` : `status ${sent.status}`})`,
      'Look what the proxy does with POST requests that have a body: its error log, client_max_body_size',
    );
  if (what.startsWith('A ') && tookMs > slowAfterMs)
    return failed(
      `${what} took ${seconds(tookMs)}: the service counts that as not delivered`,
      'Look what else is on the way, and what keeps the machine busy',
    );
  return ok(`${what} arrived after ${tookMs < 1000 ? `${Math.round(tookMs)} ms` : seconds(tookMs)}`);
}
