import type { ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { heldContent } from '../model/content.ts';
import type { FaultEffect } from '../control/faults.ts';
import type { ContentPart, Reply } from './reply.ts';

/** Sends an answer, spoiled as the fault says. Returns the bytes of body that were handed to the socket. */
export async function writeReply(
  response: ServerResponse,
  reply: Reply,
  method: string,
  effect: FaultEffect | undefined,
): Promise<number> {
  if (response.destroyed) return 0;
  const { body } = reply;
  if (body === undefined || method === 'HEAD') {
    const length = body === undefined ? 0 : bodyLength(body);
    const mayTellLength = reply.status !== 204 && reply.status !== 304;
    response.writeHead(
      reply.status,
      mayTellLength ? { ...reply.headers, 'content-length': length } : reply.headers,
    );
    response.end();
    return 0;
  }
  if (effect?.type === 'dropMidBody') return writeCut(response, reply, body, effect.afterBytes);
  if (effect?.type === 'truncatedBody') {
    return writeBody(
      response,
      reply,
      typeof body === 'string' ? cut(body, effect.bytes) : shortened(body, effect.bytes),
    );
  }
  if (effect?.type === 'endlessBody') return writeEndless(response, reply, body);
  if (effect?.type === 'slowBody') return writeSlowly(response, reply, body, effect.bytesPerSecond);
  if (effect?.type === 'malformedBody') return writeMalformed(response, reply, body);
  return writeBody(response, reply, body);
}

async function writeBody(
  response: ServerResponse,
  reply: Reply,
  body: string | ContentPart,
): Promise<number> {
  if (typeof body === 'string') {
    const length = Buffer.byteLength(body);
    response.writeHead(reply.status, { ...reply.headers, 'content-length': length });
    response.end(body);
    return length;
  }
  const length = body.end - body.start;
  response.writeHead(reply.status, { ...reply.headers, 'content-length': length });
  for (const piece of body.content.slices(body.start, body.end)) {
    if (!response.write(piece) && !(await drained(response))) return 0;
  }
  response.end();
  return length;
}

/** Promises the whole length, sends part of it and cuts the connection. */
async function writeCut(
  response: ServerResponse,
  reply: Reply,
  body: string | ContentPart,
  afterBytes: number,
): Promise<number> {
  response.writeHead(reply.status, { ...reply.headers, 'content-length': bodyLength(body) });
  response.flushHeaders();
  const pieces =
    typeof body === 'string'
      ? [Buffer.from(body).subarray(0, afterBytes)]
      : body.content.slices(body.start, Math.min(body.start + afterBytes, body.end));
  for (const piece of pieces) {
    if (piece.byteLength > 0 && !response.write(piece) && !(await drained(response))) return 0;
  }
  // Half-closing first lets what was written arrive before the connection is gone.
  response.socket?.end(() => response.destroy());
  return Math.min(afterBytes, bodyLength(body));
}

async function writeEndless(
  response: ServerResponse,
  reply: Reply,
  body: string | ContentPart,
): Promise<number> {
  response.writeHead(reply.status, reply.headers);
  const content = typeof body === 'string' ? heldContent([Buffer.from(body)]) : body.content;
  const [start, end] = typeof body === 'string' ? [0, content.sizeBytes] : [body.start, body.end];
  let sent = 0;
  const write = async (piece: Uint8Array): Promise<boolean> => {
    sent += piece.byteLength;
    return !response.destroyed && (response.write(piece) || drained(response));
  };
  for (const piece of content.slices(start, end)) if (!(await write(piece))) return sent;
  const more = Buffer.alloc(64 * 1024);
  let isRead = true;
  while (isRead) isRead = await write(more);
  return sent;
}

const stepsPerSecond = 20;

/** A twentieth of the wanted rate, twenty times a second. */
async function writeSlowly(
  response: ServerResponse,
  reply: Reply,
  body: string | ContentPart,
  bytesPerSecond: number,
): Promise<number> {
  const length = bodyLength(body);
  response.writeHead(reply.status, { ...reply.headers, 'content-length': length });
  const step = Math.max(1, Math.ceil(bytesPerSecond / stepsPerSecond));
  const content = typeof body === 'string' ? heldContent([Buffer.from(body)]) : body.content;
  const offset = typeof body === 'string' ? 0 : body.start;
  for (let sent = 0; sent < length && !response.destroyed; sent += step) {
    for (const piece of content.slices(offset + sent, offset + Math.min(sent + step, length)))
      response.write(piece);
    await delay(1000 / stepsPerSecond);
  }
  response.end();
  return length;
}

function writeMalformed(response: ServerResponse, reply: Reply, body: string | ContentPart): Promise<number> {
  if (typeof body === 'string') return writeBody(response, reply, `${body.slice(0, -1)},,`);
  const spoiled = {
    sizeBytes: body.content.sizeBytes,
    quickXorHash: () => body.content.quickXorHash(),
    slices: function* (start: number, end: number): Iterable<Uint8Array> {
      let isFirst = true;
      for (const piece of body.content.slices(start, end)) {
        const copy = Uint8Array.from(piece);
        if (isFirst) copy[0] = (copy[0] ?? 0) ^ 0xff;
        isFirst = false;
        yield copy;
      }
    },
  };
  return writeBody(response, reply, { ...body, content: spoiled });
}

/** False when the client went away. */
function drained(response: ServerResponse): Promise<boolean> {
  if (response.destroyed) return Promise.resolve(false);
  return new Promise((resolve) => {
    const settle = (): void => {
      response.off('drain', settle).off('close', settle);
      resolve(!response.destroyed);
    };
    response.once('drain', settle).once('close', settle);
  });
}

function bodyLength(body: string | ContentPart): number {
  return typeof body === 'string' ? Buffer.byteLength(body) : body.end - body.start;
}

function cut(text: string, bytes: number): string {
  return Buffer.from(text).subarray(0, bytes).toString('latin1');
}

function shortened(part: ContentPart, bytes: number): ContentPart {
  return { ...part, end: Math.min(part.start + bytes, part.end) };
}
