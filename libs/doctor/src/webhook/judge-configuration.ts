/** Whether the settings can work at all. */
import ipaddr from 'ipaddr.js';
import { judgementOf, type Finding } from '../finding.ts';
import type { WebhookFacts } from './facts.ts';

const { ok, warning, failed } = judgementOf('configuration');
const example = 'webhook_public_url = "https://<your.fully.qualified.domain.name>/webhooks/onedrive"';

export function judgeConfiguration({ setting, url }: WebhookFacts): readonly Finding[] {
  const { publicUrl } = setting;
  if (publicUrl === '') return [failed('webhook_public_url is not set', `Set ${example} in config`)];
  const problem = problemIn(publicUrl);
  if (problem !== null || url === null)
    return [
      failed(`webhook_public_url "${publicUrl}" ${problem ?? 'is no address'}`, `Set ${example} in config`),
    ];
  if (!setting.enabled)
    return [failed('webhook_enabled is false, so nobody listens', 'Set webhook_enabled = "true" in config')];
  if (setting.uploadOnly)
    return [failed('upload_only switches the webhook off', 'Set upload_only = "false" in config')];
  if (setting.renewalSeconds >= setting.lifetimeSeconds)
    return [
      warning(
        `A subscription lives for ${setting.lifetimeSeconds} s and is renewed when it has less than ${setting.renewalSeconds} s left: all the time`,
        'Make webhook_renewal_interval smaller than webhook_expiration_interval',
      ),
    ];
  return [
    ok(
      setting.relay === null
        ? `${publicUrl}, passed on to ${listenerText(setting.listener)}`
        : `${publicUrl}, handed on by the relay through ${setting.relay}`,
    ),
  ];
}

/** What is wrong with an address for notifications, as the end of a sentence; null: nothing. */
export function problemIn(publicUrl: string): string | null {
  const url = URL.parse(publicUrl);
  if (url === null) return 'is no address';
  if (url.protocol !== 'https:') return 'does not begin with https://, which the service asks for';
  if (url.username !== '' || url.password !== '') return 'contains a user name';
  if (url.hash !== '') return 'contains a "#"';
  const { hostname } = url;
  if (hostname.startsWith('[') || ipaddr.IPv4.isValid(hostname))
    return 'names an address: certificates are given to names';
  if (!hostname.includes('.') || hostname.endsWith('.local') || hostname.endsWith('.localhost'))
    return 'does not have a name that the internet can resolve';
  return null;
}

export const listenerText = (listener: WebhookFacts['setting']['listener']): string =>
  'socketPath' in listener
    ? listener.socketPath
    : `${listener.host === '' ? '0.0.0.0' : listener.host}:${listener.port}`;
