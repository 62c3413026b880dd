/** Requests and answers over NATS. A responder that fails says so in a header, so that no caller waits in vain. */
import { ErrorCode, headers, type Msg, type NatsConnection } from 'nats';
import { BusError, type OnBusError } from './bus-error.ts';
import { hasCode, type NatsLink } from './nats-link.ts';
import { decodePayload, encodePayload, tooLarge } from './payload.ts';

const FAILURE_HEADER = 'Tidemark-Failure';
/** One of all responders answers, also when several offer to. */
const QUEUE = 'responders';

export async function requestOver(
  connection: NatsConnection,
  subject: string,
  bytes: Buffer,
  timeoutMs: number,
): Promise<unknown> {
  const answer = await connection.request(subject, bytes, { timeout: timeoutMs }).catch((cause: unknown) => {
    if (hasCode(cause, ErrorCode.NoResponders)) {
      throw new BusError('noResponders', `Nobody answers requests on "${subject}"`, { cause });
    }
    if (hasCode(cause, ErrorCode.Timeout)) {
      throw new BusError('timeout', `No answer on "${subject}" within ${timeoutMs} ms`, { cause });
    }
    throw new BusError('disconnected', `Cannot ask on "${subject}": the connection failed`, { cause });
  });
  const failure = answer.headers?.get(FAILURE_HEADER) ?? '';
  if (failure !== '') {
    throw new BusError(
      'responderFailed',
      `The responder on "${subject}" failed: ${decodeURIComponent(failure)}`,
    );
  }
  return decodePayload(answer.data, subject);
}

/** Returns what ends it. */
export async function answerRequests(
  link: NatsLink,
  pattern: string,
  handler: (payload: unknown, subject: string) => unknown | Promise<unknown>,
  limits: { readonly onError: OnBusError; readonly requestsMax: number },
): Promise<() => Promise<void>> {
  const answering = new Set<Promise<void>>();

  async function answer(message: Msg): Promise<void> {
    try {
      if (answering.size >= limits.requestsMax)
        throw new Error(`${limits.requestsMax} requests are being answered`);
      const asked = decodePayload(message.data, message.subject);
      const bytes = encodePayload((await handler(asked, message.subject)) ?? null);
      if (bytes.length > link.payloadBytesMax()) {
        throw tooLarge(message.subject, bytes.length, link.payloadBytesMax());
      }
      message.respond(bytes);
    } catch (error) {
      limits.onError(error, message.subject);
      const text = error instanceof Error ? error.message : String(error);
      const failed = headers();
      // Header values are a line of ASCII.
      failed.set(FAILURE_HEADER, encodeURIComponent(text.slice(0, 1000).toWellFormed()));
      message.respond(Buffer.from('null'), { headers: failed });
    }
  }

  const subscription = link.connection.subscribe(pattern, {
    queue: QUEUE,
    callback: (error, message) => {
      if (error !== null) return limits.onError(error, pattern);
      // A plain message on the subject asks for nothing.
      if (message.reply === undefined || message.reply === '') return;
      const running = answer(message).finally(() => answering.delete(running));
      answering.add(running);
    },
  });
  while (!(await link.flushed())) await link.connected();
  return async () => {
    await link.drain(subscription);
    await Promise.all(answering);
  };
}
