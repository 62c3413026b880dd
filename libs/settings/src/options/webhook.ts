import type { OptionTable } from '../option.ts';

/** How the drive tells us that something changed. */
export const webhookOptions = {
  webhook_enabled: {
    type: 'boolean',
    default: false,
    summary: 'Receive change notifications while monitoring; replaces the websocket',
  },
  webhook_public_url: {
    type: 'text',
    default: '',
    summary: 'Public https address at which the notifications arrive',
  },
  webhook_listening_host: {
    type: 'text',
    default: '',
    summary: 'Local address to listen on; empty means 0.0.0.0',
  },
  webhook_listening_port: {
    type: 'integer',
    default: 8888,
    unit: 'port',
    minimum: 1,
    maximum: 65_535,
    summary: 'Local port to listen on',
  },
  webhook_expiration_interval: {
    type: 'integer',
    default: 600,
    unit: 'seconds',
    summary: 'Lifetime to ask for a subscription',
  },
  webhook_renewal_interval: {
    type: 'integer',
    default: 300,
    unit: 'seconds',
    summary: 'Renew a subscription that has less than this left',
  },
  webhook_retry_interval: {
    type: 'integer',
    default: 60,
    unit: 'seconds',
    summary: 'Time to wait after a subscription failed',
  },
  disable_websocket_support: {
    type: 'boolean',
    default: false,
    summary: 'Do not receive change notifications over a websocket',
  },
} as const satisfies OptionTable;
