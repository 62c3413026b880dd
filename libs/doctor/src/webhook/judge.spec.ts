import { describe, expect, it } from 'vitest';
import { firstFailure, type Finding } from '../finding.ts';
import { parseNginx } from '../nginx/parse.ts';
import type { Posted, WebhookFacts } from './facts.ts';
import { judge } from './judge.ts';
import { wellFacts } from './spec-facts.ts';

const judged = (changes: Partial<WebhookFacts>): readonly Finding[] => judge({ ...wellFacts, ...changes });
const linesOf = (check: string, changes: Partial<WebhookFacts>): string =>
  judged(changes)
    .filter((finding) => finding.check === check)
    .map(({ verdict, detail }) => `${verdict}: ${detail}`)
    .join('\n');
const answered = (status: number, more: object = {}): Posted => ({
  ...{ type: 'answered', status, body: '', contentType: '', location: '', tookMs: 20 },
  ...more,
});

it('finds nothing where nothing is wrong, one line for each hop', () => {
  expect(judged({}).map(({ check, verdict }) => [check, verdict])).toEqual(
    ['configuration', 'dns', 'listener', 'proxy', 'certificate', 'tls', 'validation', 'notification'].map(
      (check) => [check, 'ok'],
    ),
  );
});

it('has a remedy for everything that fails or may fail', () => {
  for (const finding of judged({
    called: answered(502),
    tls: null,
    certificate: null,
    service: { type: 'unknown', why: 'x' },
  }))
    if (finding.verdict === 'failed' || finding.verdict === 'warning') expect(finding.remedy).toBeTruthy();
});

describe('the first hop that fails', () => {
  const chain = wellFacts.certificate?.chain ?? [];
  const { certificate, tls } = wellFacts;
  it.each<[string, string, Partial<WebhookFacts>]>([
    [
      'dns',
      'the name is unknown',
      { resolved: { type: 'failed', code: 'ENOTFOUND' }, reach: null, called: null },
    ],
    [
      'dns',
      'no name server answers',
      { resolved: { type: 'failed', code: 'EAI_AGAIN' }, reach: null, called: null },
    ],
    ['listener', 'somebody else listens', { listener: { type: 'foreign', status: 200 } }],
    ['listener', 'nobody answers in time', { listener: { type: 'late', afterMs: 10_000 } }],
    [
      'proxy',
      'nobody listens',
      { reach: { public: 'closed', local: 'closed' }, called: null, service: { type: 'unknown', why: 'x' } },
    ],
    [
      'proxy',
      'the router drops it for those inside and for the service',
      {
        reach: { public: 'silent', local: 'open' },
        service: { type: 'refused', answer: { status: 400, code: 'ValidationError', message: 'x' } },
      },
    ],
    ['proxy', 'it redirects', { called: answered(301, { location: 'https://www.example.org/' }) }],
    ['proxy', 'it waits in vain', { called: answered(504) }],
    ['proxy', 'it never answers', { called: { type: 'late', afterMs: 15_000 } }],
    ['proxy', 'it answers too late', { called: answered(200, { tookMs: 10_500 }) }],
    [
      'proxy',
      'its configuration has an error',
      {
        nginx: { state: 'unreadable', cause: 'syntax', why: 'nginx.conf:3: …' },
        reach: { public: 'closed', local: 'closed' },
        called: null,
      },
    ],
    [
      'certificate',
      'an authority on the way has expired',
      certificate === null
        ? {}
        : {
            certificate: {
              ...certificate,
              trustProblem: 'CERT_HAS_EXPIRED',
              chain: chain.map((link, index) => (index === 1 ? { ...link, endsAt: 0 } : link)),
            },
          },
    ],
    [
      'certificate',
      'the chain is broken',
      certificate === null
        ? {}
        : { certificate: { ...certificate, trustProblem: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' } },
    ],
    [
      'tls',
      'no version is in common',
      tls === null
        ? {}
        : {
            tls: {
              ...tls,
              'TLSv1.2': { type: 'refused', code: 'x' },
              'TLSv1.3': { type: 'refused', code: 'x' },
            },
          },
    ],
    [
      'validation',
      'only the service says no',
      {
        service: {
          type: 'refused',
          answer: {
            status: 400,
            code: 'ValidationError',
            message: 'Subscription validation request timed out.',
          },
        },
      },
    ],
    [
      'validation',
      'the answer has another type',
      { strictlyCalled: answered(200, { contentType: 'text/html' }), service: { type: 'unknown', why: 'x' } },
    ],
    ['notification', 'it is refused', { notification: { type: 'lost', status: 413, tookMs: 5 } }],
    ['notification', 'it takes four seconds', { notification: { type: 'arrived', tookMs: 4_000 } }],
  ])('is %s when %s', (check, _why, changes) => {
    expect(firstFailure(judged(changes))?.check).toBe(check);
  });

  it('behind a relay that answers as it should, which is all that can be seen from here', () => {
    const found = firstFailure(
      judged({
        setting: { ...wellFacts.setting, relay: 'tls://nats.example.org:4222' },
        ...{ listener: null, called: null, strictlyCalled: null, nginx: { state: 'absent' } },
        service: { type: 'refused', answer: { status: 400, code: 'ValidationError', message: 'No.' } },
      }),
    );
    expect(found).toMatchObject({ check: 'validation', remedy: expect.stringContaining('tidemark relay') });
  });
});

describe('what is no failure', () => {
  it('a name that is inside only here: this network may be told otherwise', () => {
    expect(
      linesOf('dns', { resolved: { type: 'addresses', addresses: ['192.168.1.5', 'fd00::1'] } }),
    ).toMatch(/^warning/);
    expect(
      linesOf('dns', { resolved: { type: 'addresses', addresses: ['192.168.1.5', '20.0.0.1'] } }),
    ).toMatch(/^ok/);
  });

  it('TLS 1.3 refused, or a version that this client cannot try', () => {
    const { tls } = wellFacts;
    if (tls === null) throw new Error('spec-facts has TLS');
    expect(linesOf('tls', { tls: { ...tls, 'TLSv1.3': { type: 'refused', code: 'x' } } })).toMatch(
      /^ok: accepted: 1\.2;/,
    );
    expect(linesOf('tls', { tls: { ...tls, TLSv1: { type: 'couldNotTry', why: 'x' } } })).toBe(
      'ok: accepted: 1.2, 1.3; refused by the server: 1.1; could not try: 1.0',
    );
  });

  it('an allow-list that keeps us out, as long as the service was not kept out', () => {
    const directives = parseNginx(
      'http { server { listen 443 ssl; server_name cloud.example.org; location / { allow 20.0.0.0/8; deny all; proxy_pass http://127.0.0.1:8888; } } }',
      'n.conf',
    );
    const kept = {
      nginx: { state: 'read', gaps: [], directives },
      called: answered(403),
      strictlyCalled: answered(403),
    } as const;
    expect(firstFailure(judged(kept))).toBeNull();
    const unasked = { ...kept, service: { type: 'unknown', why: 'nobody is logged in' } } as const;
    expect(firstFailure(judged(unasked))).toBeNull();
    expect(linesOf('proxy', unasked)).toMatch(/^couldNotTry: The allow-list keeps us out \(n\.conf:1\)/);
    const answer = { status: 400, code: 'ValidationError', message: 'x' };
    expect(firstFailure(judged({ ...kept, service: { type: 'refused', answer } }))?.check).toBe('proxy');
  });

  it('files of nginx that may not be read', () => {
    const { nginx } = wellFacts;
    if (nginx.state !== 'read') throw new Error('spec-facts has nginx');
    const gaps = ['/etc/nginx/secret.conf: EACCES'];
    expect(linesOf('proxy', { nginx: { ...nginx, gaps } })).toMatch(
      /^couldNotTry: .*secret\.conf: EACCES\nok/,
    );
  });

  it('a configuration that cannot be read, as long as what runs answers', () => {
    const nginx = { state: 'unreadable', cause: 'syntax', why: 'nginx.conf:3: …' } as const;
    expect(linesOf('proxy', { nginx })).toMatch(/^couldNotTry: .*nginx\.conf:3: …\nok/);
  });

  it('a public address that those inside are not led to', () => {
    const reach = { public: 'silent', local: 'open' } as const;
    expect(linesOf('proxy', { reach })).toMatch(/^ok: .*the service gets through\nok: Passes on/);
    expect(linesOf('proxy', { reach, service: { type: 'unknown', why: 'x' } })).toMatch(/^warning: /);
    const elsewhere = { public: 'silent', local: 'closed' } as const;
    expect(linesOf('proxy', { reach: elsewhere, called: null })).toMatch(
      /^couldNotTry: .*the service gets through/,
    );
  });

  it('another proxy than nginx', () => {
    expect(linesOf('proxy', { nginx: { state: 'absent' } })).toMatch(/^ok: Passes on/);
  });
});

it('looks at a relay as far as it can be seen from here', () => {
  const relayed: Partial<WebhookFacts> = {
    setting: { ...wellFacts.setting, relay: 'tls://hooks.example.org:4222' },
    ...{ listener: null, called: null, strictlyCalled: null },
    nginx: { state: 'absent' },
    service: { type: 'unknown', why: 'the relay answers only while Tidemark subscribes' },
    notification: { type: 'unsent', why: 'What arrives is for the relay to know' },
  };
  expect(judged(relayed).map(({ check, verdict }) => `${check} ${verdict}`)).toEqual([
    ...['configuration ok', 'dns ok', 'listener couldNotTry', 'proxy ok', 'certificate ok', 'tls ok'],
    ...['validation couldNotTry', 'notification couldNotTry'],
  ]);
  const reach = { public: 'silent', local: 'silent' } as const;
  expect(firstFailure(judged({ ...relayed, reach }))?.remedy).toMatch(/On the host of the relay/);
});

describe('502', () => {
  const unreachable = { called: answered(502) };
  const denials = { selinux: 'enforcing', mayConnect: true, audited: null, logged: null } as const;

  it.each<[string, WebhookFacts['denials'], RegExp]>([
    ['the boolean is off', { ...denials, mayConnect: false }, /SELinux keeps nginx from/],
    ['the audit log says so', { ...denials, audited: 'avc: denied' }, /SELinux keeps nginx from/],
    [
      'nginx was refused by the kernel',
      { ...denials, logged: '13: Permission denied' },
      /SELinux keeps nginx from/,
    ],
    [
      'nobody enforces it',
      { ...denials, selinux: 'off', mayConnect: false },
      /does not reach who is behind it/,
    ],
    ['nothing speaks for it', denials, /does not reach who is behind it/],
    [
      'nginx says something else',
      { ...denials, logged: '111: Connection refused' },
      /\(502: 111: Connection refused\)/,
    ],
  ])('is blamed on SELinux or not: %s', (_name, found, why) => {
    expect(linesOf('proxy', { ...unreachable, denials: found })).toMatch(why);
  });

  it('over a socket is blamed on its mode', () => {
    const setting = { ...wellFacts.setting, listener: { socketPath: '/run/tidemark/w.sock' } };
    const directives = parseNginx(
      'http { server { listen 443 ssl; server_name cloud.example.org; location / { proxy_pass http://unix:/run/tidemark/w.sock:; } } }',
      'n.conf',
    );
    const logged = { ...denials, selinux: 'off', logged: '13: Permission denied' } as const;
    expect(
      linesOf('proxy', {
        ...unreachable,
        setting,
        nginx: { state: 'read', gaps: [], directives },
        denials: logged,
      }),
    ).toMatch(/nginx may not open \/run\/tidemark\/w\.sock/);
  });
});
