/**
 * How an examination is recognised by the listener: see `WebhookProbe`. The listener of a Tidemark that runs finds the probe among its
 * secrets; where none runs, one of our own answers for as long as the examination takes.
 */
import type { Answer, Clock, IncomingRequest, Listen, Listening, Random, Secrets } from '@tidemark/contracts';
import { probeParameter, probeSecret, probeSeenSecret } from '@tidemark/contracts';
import type { ListenerAddress } from '../nginx/render-nginx.ts';

export interface Probe {
  readonly token: string;
  readonly clientState: string;
  /** Adds what makes a request known. */
  readonly marked: (target: string) => string;
  /** Listens in the place of a Tidemark that does not run. Throws Failure `listenerFailed`. */
  lend(listen: Listen, address: ListenerAddress): Promise<Listening>;
  /** Whether a notification for this subscription came with the probe; waits for it. */
  hasSeen(subscriptionId: string, waitMs: number): Promise<boolean>;
  /** Takes it back: no request can use it any more. */
  withdraw(): Promise<void>;
}

/** Whether an examination of this webhook is under way, in this process or another. */
export async function isBeingExamined(secrets: Secrets, clock: Pick<Clock, 'now'>): Promise<boolean> {
  const found = await secrets.read(probeSecret);
  const [, until] = /"until":(\d{1,15})\b/.exec(found ?? '') ?? [];
  return until !== undefined && clock.now() < Number(until);
}

const lifetimeMs = 240_000;
const lookEveryMs = 100;
const bodyBytesMax = 64 * 1024;

export async function createProbe(
  secrets: Secrets,
  { clock, random }: { readonly clock: Clock; readonly random: Random },
): Promise<Probe> {
  const text = (): string => Buffer.from(random.bytes(32)).toString('hex');
  const [token, clientState] = [text(), text()];
  const seenHere = new Set<string>();
  await secrets.remove(probeSeenSecret);
  await secrets.write(probeSecret, JSON.stringify({ token, clientState, until: clock.now() + lifetimeMs }));

  async function isSeen(subscriptionId: string): Promise<boolean> {
    if (seenHere.has(subscriptionId)) return true;
    const seen = await secrets.read(probeSeenSecret);
    return seen !== null && seen.includes(JSON.stringify(subscriptionId));
  }

  return {
    token,
    clientState,
    marked: (target) => `${target}${target.includes('?') ? '&' : '?'}${probeParameter}=${token}`,
    lend: (listen, address) =>
      listen({ ...address, bodyBytesMax }, async (request) =>
        answerTo(request, token, clientState, seenHere),
      ),
    async hasSeen(subscriptionId, waitMs) {
      const until = clock.monotonic() + waitMs;
      while (!(await isSeen(subscriptionId))) {
        if (clock.monotonic() >= until) return false;
        await clock.sleep(lookEveryMs);
      }
      return true;
    },
    async withdraw() {
      await secrets.remove(probeSecret);
      await secrets.remove(probeSeenSecret);
    },
  };
}

/** Answers to the probe and to no other request. */
function answerTo(
  { method, target, body }: IncomingRequest,
  token: string,
  clientState: string,
  seen: Set<string>,
): Answer {
  if (method !== 'POST') return { status: 405, headers: { allow: 'POST' } };
  const query = new URL(target, 'http://localhost').searchParams;
  const validationToken = query.get('validationToken');
  if (validationToken !== null) {
    if (query.get(probeParameter) !== token) return { status: 404 };
    return {
      status: 200,
      headers: { 'content-type': 'text/plain; charset=utf-8', 'x-content-type-options': 'nosniff' },
      body: validationToken,
    };
  }
  const text = new TextDecoder().decode(body);
  const [, subscriptionId] = /"subscriptionId":"([\w-]{1,128})"/.exec(text) ?? [];
  if (subscriptionId !== undefined && text.includes(JSON.stringify(clientState))) seen.add(subscriptionId);
  return { status: 202 };
}
