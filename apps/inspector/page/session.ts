/** The session of this tab: the token of the address is handed in once and taken out of the address, and what comes for it stays in the tab. */

const sessionKey = 'tidemark-session';

/** Of the questions of this page, the server answers only the newest of a kind. */
const tab = Math.random().toString(36).slice(2);

let session: string | null = sessionStorage.getItem(sessionKey);

/** Resolves to whether there is a session. */
export async function beginSession(): Promise<boolean> {
  const token = /^#token=([\w-]+)$/.exec(location.hash)?.[1];
  if (token === undefined) return session !== null;
  history.replaceState(null, '', '/');
  const response = await fetch('/api/session', { method: 'POST', body: token });
  if (!response.ok) return session !== null;
  const answer: { readonly session: string } = await response.json();
  session = answer.session;
  sessionStorage.setItem(sessionKey, session);
  return true;
}

export class Refused extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

type Query = Readonly<Record<string, string | number | undefined>>;

/** Throws Refused with what the server said, and with status 0 when it is gone. */
export const ask = <Answer>(name: string, query: Query = {}, signal?: AbortSignal): Promise<Answer> =>
  exchange('GET', name, query, signal);

export const order = <Answer>(name: string, query: Query = {}): Promise<Answer> =>
  exchange('POST', name, query);

async function exchange<Answer>(
  method: 'GET' | 'POST',
  name: string,
  query: Query,
  signal?: AbortSignal,
): Promise<Answer> {
  const given = Object.entries(query).flatMap(([key, value]) =>
    value === undefined ? [] : [[key, String(value)]],
  );
  const text = new URLSearchParams([...given, ['tab', tab]]).toString();
  let response: Response;
  try {
    response = await fetch(`/api/${name}?${text}`, {
      method,
      headers: { authorization: `Bearer ${session ?? ''}` },
      ...(signal === undefined ? {} : { signal }),
    });
  } catch (error) {
    if (signal?.aborted === true) throw error;
    throw new Refused(0, 'The inspector has ended');
  }
  if (!response.ok) {
    const { error = response.statusText } = (await response.json().catch(() => ({}))) as { error?: string };
    throw new Refused(response.status, error);
  }
  return response.json();
}
