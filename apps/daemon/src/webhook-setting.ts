/** The settings of the webhook as its examination takes them. */
import type { WebhookSetting } from '@tidemark/doctor';
import type { Settings } from '@tidemark/settings';

export function webhookSetting(settings: Settings): WebhookSetting {
  return {
    enabled: settings.webhook_enabled,
    publicUrl: settings.webhook_public_url,
    listener:
      settings.webhook_listening_socket === ''
        ? { host: settings.webhook_listening_host, port: settings.webhook_listening_port }
        : { socketPath: settings.webhook_listening_socket },
    relay: settings.relay_server === '' ? null : settings.relay_server,
    uploadOnly: settings.upload_only,
    lifetimeSeconds: settings.webhook_expiration_interval,
    renewalSeconds: settings.webhook_renewal_interval,
  };
}
