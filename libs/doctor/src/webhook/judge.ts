/** From what was found to what to do: one function for each hop, in the order in which a request travels. */
import type { Finding } from '../finding.ts';
import type { WebhookFacts } from './facts.ts';
import { judgeCertificate } from './judge-certificate.ts';
import { judgeConfiguration } from './judge-configuration.ts';
import { judgeListener } from './judge-listener.ts';
import { judgeProxy } from './judge-proxy.ts';
import { judgeResolution } from './judge-resolution.ts';
import { judgeNotification, judgeValidation } from './judge-round-trips.ts';
import { judgeTls } from './judge-tls.ts';

export function judge(facts: WebhookFacts): readonly Finding[] {
  return [
    judgeConfiguration,
    judgeResolution,
    judgeListener,
    judgeProxy,
    judgeCertificate,
    judgeTls,
    judgeValidation,
    judgeNotification,
  ].flatMap((hop) => hop(facts));
}
