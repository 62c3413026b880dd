import { startSimulator, type Simulator, type SimulatorOptions } from '../simulator.ts';

/** A plain HTTP client for this package's own tests: no retries, no redirects, everything visible. */
export type TestClient = {
  readonly simulator: Simulator;
  /** A path below `/v1.0`, or a whole url; with the bearer token unless `headers` says otherwise. */
  readonly send: (method: string, path: string, options?: SendOptions) => Promise<Answer>;
  readonly get: (path: string, headers?: Readonly<Record<string, string>>) => Promise<Answer>;
  /** All rows of a delta run, and its deltaLink. */
  readonly deltaRun: (
    start: string,
  ) => Promise<{ readonly rows: readonly Row[]; readonly deltaLink: string }>;
  readonly token: (form: Readonly<Record<string, string>>, tenant?: string) => Promise<Answer>;
  readonly close: () => Promise<void>;
};

export type SendOptions = {
  readonly headers?: Readonly<Record<string, string>>;
  readonly json?: unknown;
  readonly body?: string | Uint8Array;
  /** Sends no bearer token. */
  readonly anonymous?: boolean;
};

// Tests read answers freely; a missing member shows itself as a failed expectation.
// oxlint-disable-next-line typescript/no-explicit-any
type Loose = any;
export type Row = Loose;

export type Answer = {
  readonly status: number;
  readonly headers: Headers;
  readonly bytes: Buffer;
  readonly json: Loose;
};

export async function startWithClient(options: SimulatorOptions = {}): Promise<TestClient> {
  const simulator = await startSimulator(options);
  const base = `${simulator.httpUrl}/v1.0`;
  const post = async (url: string, form: Readonly<Record<string, string>>): Promise<Answer> =>
    answerOf(await fetch(url, { method: 'POST', body: new URLSearchParams(form) }));
  const tokenUrl = (tenant: string): string => `${simulator.httpUrl}/${tenant}/oauth2/v2.0/token`;
  const signedIn = await post(tokenUrl(tenantOf(options)), {
    client_id: 'test',
    grant_type: 'refresh_token',
    refresh_token: simulator.refreshToken,
  });
  const bearer: string = signedIn.json?.access_token ?? '';
  const send: TestClient['send'] = async (method, path, { headers, json, body, anonymous } = {}) => {
    const url = path.startsWith('http') ? path : base + path;
    const sent = {
      ...(anonymous === true ? {} : { authorization: `Bearer ${bearer}` }),
      ...(json === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    };
    const content = json === undefined ? body : JSON.stringify(json);
    const bytes = typeof content === 'string' ? content : content && Uint8Array.from(content);
    return answerOf(
      await fetch(url, {
        method,
        headers: sent,
        redirect: 'manual',
        ...(bytes === undefined ? {} : { body: bytes }),
      }),
    );
  };
  return {
    simulator,
    send,
    get: (path, headers) => send('GET', path, headers === undefined ? {} : { headers }),
    deltaRun: async (start) => {
      const rows: Row[] = [];
      let next = start;
      for (;;) {
        const page = await send('GET', next);
        if (page.status !== 200)
          throw new Error(`The delta page answered ${page.status}: ${page.bytes.toString()}`);
        rows.push(...page.json.value);
        const deltaLink: string | undefined = page.json['@odata.deltaLink'];
        if (deltaLink !== undefined) return { rows, deltaLink };
        next = page.json['@odata.nextLink'];
      }
    },
    token: (form, tenant = 'common') => post(tokenUrl(tenant), form),
    close: simulator.close,
  };
}

function tenantOf(options: SimulatorOptions): string {
  return options.settings?.tenancy === 'single' ? 'organizations' : 'common';
}

async function answerOf(response: Response): Promise<Answer> {
  const bytes = Buffer.from(await response.arrayBuffer());
  const isJson = response.headers.get('content-type')?.includes('json') === true;
  return {
    status: response.status,
    headers: response.headers,
    bytes,
    json: isJson ? tryJson(bytes) : undefined,
  };
}

function tryJson(bytes: Buffer): Loose {
  try {
    return JSON.parse(bytes.toString());
  } catch {
    return undefined;
  }
}
