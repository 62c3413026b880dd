/** The server of the page: answers on loopback alone, and only to a page that it gave a session. */
import type { Answer, IncomingRequest, Listen } from '@tidemark/contracts';
import { escaped } from '@tidemark/disk';
import { commonHeaders, pageFile } from './page-files.ts';
import { createGuard } from './guard.ts';

/** Answers with what becomes JSON. Throws BadQuestion when what was asked makes no sense. */
export type Question = (query: URLSearchParams) => unknown;

export interface Served {
  /** With a token that is good once; each call gives another one. */
  address(): string;
  close(): Promise<void>;
}

export interface ServeOptions {
  readonly listen: Listen;
  /** 0: any free one. */
  readonly port: number;
  readonly pageFolder: string;
  /** By name: they change nothing. */
  readonly questions: Readonly<Record<string, Question>>;
  /** By name: they have an effect. */
  readonly orders: Readonly<Record<string, Question>>;
}

/** In words for the person who sees the page. */
export class BadQuestion extends Error {}

const bodyBytesMax = 4096;

/** Throws Failure `listenerFailed`. */
export async function serve({ listen, port, pageFolder, questions, orders }: ServeOptions): Promise<Served> {
  const guard = createGuard();
  const listening = await listen({ host: '127.0.0.1', port, bodyBytesMax }, (request) => answer(request));

  async function answer(request: IncomingRequest): Promise<Answer> {
    const refusal = guard.refusalOf(request, listening.port);
    if (refusal !== null) return json(403, { error: refusal });
    const { pathname, searchParams } = new URL(request.target, 'http://inspector');
    if (!pathname.startsWith('/api/')) {
      const file = request.method === 'GET' ? await pageFile(pageFolder, pathname) : null;
      return file ?? json(404, { error: 'There is no such page' });
    }
    const name = pathname.slice('/api/'.length);
    if (name === 'session' && request.method === 'POST') return session(request);
    if (!guard.hasSession(request)) return json(401, { error: 'This page has no session' });
    const asked = tableOf(request.method);
    if (asked === null || !Object.hasOwn(asked, name)) return json(404, { error: `There is no ${name}` });
    try {
      return json(200, await asked[name]?.(searchParams));
    } catch (error) {
      if (error instanceof BadQuestion) return json(400, { error: error.message });
      const detail = error instanceof Error ? error.message : String(error);
      return json(500, { error: detail });
    }
  }

  const tableOf = (method: string): Readonly<Record<string, Question>> | null =>
    method === 'GET' ? questions : method === 'POST' ? orders : null;

  function session({ body }: IncomingRequest): Answer {
    const given = guard.takeToken(new TextDecoder().decode(body));
    return given === null
      ? json(401, { error: 'The address was used already' })
      : json(200, { session: given });
  }

  return {
    address: () => `http://127.0.0.1:${listening.port}/#token=${guard.newToken()}`,
    close: () => listening.close(),
  };
}

/** Names come from strangers: what could mislead a reader is spelled out, as in every other output. */
const readable = (_key: string, value: unknown): unknown =>
  typeof value === 'string' ? escaped(value) : value;

const json = (status: number, value: unknown): Answer => ({
  status,
  headers: { ...commonHeaders, 'content-type': 'application/json' },
  body: JSON.stringify(value ?? null, readable),
});

/** Throws BadQuestion when it is not there or no number. */
export function numberIn(query: URLSearchParams, name: string): number {
  const text = query.get(name) ?? '';
  if (!/^-?\d{1,16}(\.\d+)?$/.test(text))
    throw new BadQuestion(`${name} must be a number, not ${JSON.stringify(text)}`);
  return Number(text);
}

export const optionalNumberIn = (query: URLSearchParams, name: string): number | null =>
  query.has(name) ? numberIn(query, name) : null;
