/** Whether a listener of ours takes what the proxy passes on. */
import { judgementOf, type Finding } from '../finding.ts';
import type { WebhookFacts } from './facts.ts';
import { listenerText } from './judge-configuration.ts';
import { seconds, slowAfterMs } from './limits.ts';

const { ok, warning, failed, couldNotTry } = judgementOf('listener');

export function judgeListener({ setting, listener }: WebhookFacts): readonly Finding[] {
  const where = listenerText(setting.listener);
  if (setting.relay !== null) return [couldNotTry('The relay listens in our place')];
  if (listener === null) return [couldNotTry('There is nothing to listen for yet')];
  switch (listener.type) {
    case 'ours':
      return listener.tookMs > slowAfterMs
        ? [
            warning(
              `Tidemark answers on ${where} only after ${seconds(listener.tookMs)}`,
              'Look what keeps the machine busy',
            ),
          ]
        : [ok(`Tidemark answers on ${where} after ${listener.tookMs} ms`)];
    case 'lent':
      return [ok(`Tidemark does not run; ${where} is free, and this examination listens there meanwhile`)];
    case 'foreign':
      return [
        failed(
          `Another program answers on ${where} (status ${listener.status})`,
          'Stop it, or set webhook_listening_port to a free port and proxy_pass in nginx to the same',
        ),
      ];
    case 'late':
      return [
        failed(
          `Who listens on ${where} did not answer within ${seconds(listener.afterMs)}`,
          'Restart Tidemark; if another program uses the port, set webhook_listening_port to a free one',
        ),
      ];
    case 'missing':
      return [
        failed(
          `Tidemark runs (process ${listener.pid}), but nobody listens on ${where}`,
          'It has to run with --monitor and these settings: restart it, and look at its output for "Cannot listen"',
        ),
      ];
    case 'impossible':
      return [
        failed(
          listener.why,
          'Check webhook_listening_host and webhook_listening_port, and who else uses the port: ss -ltnp',
        ),
      ];
  }
}
