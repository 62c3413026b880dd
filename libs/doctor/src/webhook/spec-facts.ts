/** Facts of a webhook with which nothing is wrong. For specs only. */
import { parseNginx } from '../nginx/parse.ts';
import type { WebhookFacts } from './facts.ts';

const dayMs = 86_400_000;
const now = Date.UTC(2026, 0, 1);

export const wellFacts: WebhookFacts = {
  setting: {
    ...{ enabled: true, publicUrl: 'https://cloud.example.org/webhooks/onedrive', uploadOnly: false },
    listener: { host: '', port: 8888 },
    relay: null,
    ...{ lifetimeSeconds: 600, renewalSeconds: 300 },
  },
  url: new URL('https://cloud.example.org/webhooks/onedrive'),
  now,
  resolved: { type: 'addresses', addresses: ['20.0.0.1'] },
  listener: { type: 'ours', tookMs: 3 },
  nginx: {
    state: 'read',
    gaps: [],
    directives: parseNginx(
      'http { server { listen 443 ssl; server_name cloud.example.org; location /webhooks/onedrive { proxy_pass http://127.0.0.1:8888; } } }',
      '/etc/nginx/nginx.conf',
    ),
  },
  reach: { public: 'open', local: 'open' },
  called: { type: 'answered', status: 200, body: 'x', contentType: 'text/plain', location: '', tookMs: 20 },
  certificate: {
    chain: [
      {
        subject: 'cloud.example.org',
        issuer: "Let's Encrypt E6",
        startsAt: now - 30 * dayMs,
        endsAt: now + 60 * dayMs,
      },
      {
        subject: "Let's Encrypt E6",
        issuer: 'ISRG Root X1',
        startsAt: now - 900 * dayMs,
        endsAt: now + 900 * dayMs,
      },
    ],
    names: ['cloud.example.org'],
    ...{ matchesHost: true, trustProblem: null, isPublic: true },
  },
  renewal: { noted: 'yes', schedule: 'certbot.timer' },
  tls: {
    TLSv1: { type: 'refused', code: 'ALERT' },
    'TLSv1.1': { type: 'refused', code: 'ALERT' },
    'TLSv1.2': { type: 'accepted' },
    'TLSv1.3': { type: 'accepted' },
  },
  strictlyCalled: {
    type: 'answered',
    status: 200,
    body: 'x',
    contentType: 'text/plain',
    location: '',
    tookMs: 20,
  },
  service: { type: 'validated', tookMs: 300 },
  notification: { type: 'arrived', tookMs: 30 },
  live: null,
  denials: { selinux: 'off', mayConnect: null, audited: null, logged: null },
};
