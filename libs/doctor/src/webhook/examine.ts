/** Walks the way of a notification, from the settings to the listener, and tries each hop that can be tried. */
import type { Listen, Listening, Random, Secrets } from '@tidemark/contracts';
import { Failure } from '@tidemark/contracts';
import { readNginx } from '../nginx/read-nginx.ts';
import { askService, type Service } from './ask-service.ts';
import type {
  ListenerFound,
  NotificationSent,
  Posted,
  Resolved,
  WebhookFacts,
  WebhookSetting,
} from './facts.ts';
import { certificateOf, tlsVersions } from './handshake.ts';
import { problemIn } from './judge-configuration.ts';
import { portOf } from './judge-proxy.ts';
import { tooLateAfterMs } from './limits.ts';
import { denialsIn, renewalIn } from './notes.ts';
import { isOwn, reachOf, resolve } from './places.ts';
import { postLocally, postPublicly } from './post.ts';
import { createProbe, type Probe } from './probe.ts';

export interface Examination extends Service {
  readonly setting: WebhookSetting;
  /** Of the webhook of this profile. */
  readonly secrets: Secrets;
  readonly listen: Listen;
  readonly random: Random;
  /** Of the Tidemark that works on this profile; null when none does. */
  readonly runningPid: number | null;
  /** Where the files of the system begin: `/`. */
  readonly root: string;
  /** Aborted when the caller does not wait for the result any more: then each step ends at once. */
  readonly signal: AbortSignal;
}

const connectWaitMs = 5_000;
/** Longer than the service waits, to tell late from never. */
const answerWaitMs = tooLateAfterMs + 5_000;

export async function examine(examination: Examination): Promise<WebhookFacts> {
  const { setting, clock, root } = examination;
  const url = problemIn(setting.publicUrl) === null ? URL.parse(setting.publicUrl) : null;
  const nothing: WebhookFacts = {
    ...{ setting, url, now: clock.now(), nginx: readNginx(`${root}etc/nginx/nginx.conf`) },
    ...{ resolved: null, listener: null, reach: null, called: null, certificate: null, tls: null },
    renewal: renewalIn(root, url?.hostname ?? ''),
    strictlyCalled: null,
    service: { type: 'unknown', why: 'there is no address to validate' },
    notification: { type: 'unsent', why: 'There is no address to send it to' },
    live: null,
    denials: denialsIn(root, null),
  };
  if (url === null || !setting.enabled) return nothing;
  if (setting.relay !== null) return { ...nothing, ...(await lookAtRelay(examination, url)) };
  const probe = await createProbe(examination.secrets, examination);
  let lent: Listening | null = null;
  try {
    const found = await findListener(examination, probe);
    lent = found.lent;
    return { ...nothing, ...(await walk(examination, url, probe, found.listener)) };
  } finally {
    await lent?.close();
    await probe.withdraw();
  }
}

/** What can be seen of a relay from here: its address, its certificate and its versions of TLS. */
async function lookAtRelay({ refusal, signal }: Examination, url: URL): Promise<Partial<WebhookFacts>> {
  const why = 'the relay answers only while Tidemark subscribes; what it prints then tells whether it worked';
  const resolved = await resolve(url.hostname);
  const known: Partial<WebhookFacts> = {
    resolved,
    nginx: { state: 'absent' },
    service: refusal === null ? { type: 'unknown', why } : { type: 'refused', answer: refusal },
    notification: { type: 'unsent', why: 'What arrives is for the relay to know' },
  };
  const address = chosen(resolved);
  if (address === undefined) return known;
  const place = { address, port: portOf(url), servername: url.hostname, waitMs: connectWaitMs, signal };
  const reach = await reachOf(place);
  const isOpen = reach === 'open';
  return {
    ...known,
    reach: { public: reach, local: reach },
    certificate: isOpen ? await certificateOf(place) : null,
    tls: isOpen ? await tlsVersions(place) : null,
  };
}

const chosen = (resolved: Resolved): string | undefined =>
  resolved.type === 'addresses'
    ? (resolved.addresses.find((one) => !one.includes(':')) ?? resolved.addresses[0])
    : undefined;

async function findListener(
  { setting, listen, runningPid, signal }: Examination,
  probe: Probe,
): Promise<{ readonly listener: ListenerFound; readonly lent: Listening | null }> {
  const word = probe.token.slice(0, 16);
  const posted = await postLocally(setting.listener, {
    target: probe.marked(`/?validationToken=${word}`),
    json: null,
    waitMs: tooLateAfterMs,
    signal,
  });
  if (posted.type === 'late') return { listener: { type: 'late', afterMs: posted.afterMs }, lent: null };
  if (posted.type === 'answered') {
    const isOurs = posted.status === 200 && posted.body === word;
    return {
      listener: isOurs ? { type: 'ours', tookMs: posted.tookMs } : { type: 'foreign', status: posted.status },
      lent: null,
    };
  }
  if (runningPid !== null) return { listener: { type: 'missing', pid: runningPid }, lent: null };
  try {
    return { listener: { type: 'lent' }, lent: await probe.lend(listen, setting.listener) };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return { listener: { type: 'impossible', why: error.details.detail }, lent: null };
  }
}

async function walk(
  examination: Examination,
  url: URL,
  probe: Probe,
  listener: ListenerFound,
): Promise<Partial<WebhookFacts>> {
  const { setting, root, signal } = examination;
  const resolved = await resolve(url.hostname);
  const known = { resolved, listener };
  const address = chosen(resolved);
  if (address === undefined) {
    const { asked, live } = await askService(examination, url, probe, listener);
    return { ...known, service: asked, live };
  }
  const port = portOf(url);
  const here = isOwn(address) ? address : '127.0.0.1';
  const [publicly, locally] = await Promise.all([
    reachOf({ address, port, waitMs: connectWaitMs, signal }),
    reachOf({ address: here, port, waitMs: connectWaitMs, signal }),
  ]);
  const reach = { public: publicly, local: locally };
  const isAnswered = listener.type === 'ours' || listener.type === 'lent';
  // What cannot be reached from inside at its public address may be right all the same, and is looked at from within.
  const place = {
    ...{ url, port, servername: url.hostname, waitMs: connectWaitMs, signal },
    address: publicly === 'open' ? address : here,
  };
  const isOpen = publicly === 'open' || locally === 'open';
  const call = (trust: 'any' | 'strict'): Promise<Posted> =>
    postPublicly(place, { ...validationCall(url, probe), signal }, trust);
  const called = isOpen && isAnswered ? confirmed(await call('any'), probe) : null;
  // Who was too late once is not waited for again.
  const isWorthIt = called?.type === 'answered' && called.tookMs <= tooLateAfterMs;
  const strictlyCalled = isWorthIt ? confirmed(await call('strict'), probe) : called;
  const service = await askService(examination, url, probe, listener);
  return {
    ...known,
    ...{ reach, called, strictlyCalled, service: service.asked },
    certificate: isOpen ? await certificateOf(place) : null,
    tls: isOpen ? await tlsVersions(place) : null,
    notification:
      examination.refusal === null
        ? await notify(place, probe, strictlyCalled)
        : { type: 'unsent', why: 'The service has to get through first' },
    live: service.live,
    // After the calls, because they are what nginx has something to say about.
    denials: denialsIn(root, 'port' in setting.listener ? setting.listener.port : null),
  };
}

const wordOf = ({ token }: Probe): string => `Validation: tidemark doctor ${token.slice(0, 16)}`;

/** Encoded as the service does it. */
function validationCall({ pathname, search }: URL, probe: Probe) {
  const word = wordOf(probe).replaceAll(':', '%3a').replaceAll(' ', '+');
  const target = probe.marked(`${pathname}${search}`);
  return { target: `${target}&validationToken=${word}`, json: null, waitMs: answerWaitMs };
}

/** 200 with another text is the answer of another server. */
function confirmed(posted: Posted, probe: Probe): Posted {
  if (posted.type !== 'answered' || posted.status !== 200 || posted.body === wordOf(probe)) return posted;
  return { ...posted, status: 404 };
}

async function notify(
  place: { readonly url: URL; readonly address: string; readonly signal: AbortSignal },
  probe: Probe,
  strictlyCalled: Posted | null,
): Promise<NotificationSent> {
  if (strictlyCalled?.type !== 'answered' || strictlyCalled.status !== 200)
    return { type: 'unsent', why: 'The way is not open yet: see above' };
  const subscriptionId = `tidemark-doctor-${probe.token.slice(0, 8)}`;
  const row = {
    ...{ subscriptionId, clientState: probe.clientState, changeType: 'updated', tenantId: '' },
    ...{ resource: 'me/drive/root', subscriptionExpirationDateTime: '2000-01-01T00:00:00Z' },
    resourceData: { '@odata.type': '#Microsoft.Graph.DriveItem' },
  };
  const { pathname, search } = place.url;
  const target = `${pathname}${search}`;
  const letter = { target, json: { value: [row] }, waitMs: answerWaitMs, signal: place.signal };
  const posted = await postPublicly(place, letter, 'strict');
  if (posted.type === 'failed') return { type: 'unsent', why: posted.code };
  if (posted.type === 'late') return { type: 'lost', status: 0, tookMs: posted.afterMs };
  const hasArrived = posted.status === 202 && (await probe.hasSeen(subscriptionId, connectWaitMs));
  return { type: hasArrived ? 'arrived' : 'lost', status: posted.status, tookMs: posted.tookMs };
}
