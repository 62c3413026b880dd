import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startWithClient, type Answer, type Row, type TestClient } from '../testing/test-client.ts';

let client: TestClient;
let receiver: Server;
let received: IncomingMessage[];
let bodies: string[];
let statuses: number[];
let onBody: () => void;
let answerWith: (token: string) => string;

beforeEach(async () => {
  client = await startWithClient({ flavour: 'business' });
  received = [];
  bodies = [];
  statuses = [];
  onBody = () => {};
  answerWith = (token) => token;
  receiver = createServer((request, response) => {
    received.push(request);
    const token = new URL(request.url ?? '', 'http://x').searchParams.get('validationToken') ?? '';
    let body = '';
    request.setEncoding('utf8').on('data', (text: string) => (body += text));
    request.on('end', () => {
      const status = token === '' ? (statuses.shift() ?? 202) : 200;
      response.writeHead(status, { 'content-type': 'text/plain' }).end(answerWith(token));
      if (token !== '') return;
      bodies.push(body);
      onBody();
    });
  });
  await new Promise<void>((resolve) => {
    receiver.listen(0, '127.0.0.1', resolve);
  });
});

afterEach(async () => {
  receiver.close();
  await client.close();
});

function subscribe(more: Readonly<Record<string, unknown>> = {}): Promise<Answer> {
  const { port } = receiver.address() as AddressInfo;
  const json = {
    changeType: 'updated',
    notificationUrl: `http://127.0.0.1:${port}/hook?mine=1`,
    resource: '/me/drive/root',
    expirationDateTime: new Date(Date.now() + 600_000).toISOString(),
    clientState: 'secret',
    ...more,
  };
  return client.send('POST', '/subscriptions', { json });
}

/** The next `count` notifications; a change is made once someone waits for them. */
function notifications(count: number, change: () => void): Promise<readonly Row[]> {
  return new Promise((resolve) => {
    onBody = () => {
      if (bodies.length >= count) resolve(bodies.map((body) => JSON.parse(body)));
    };
    change();
  });
}

describe('a notification', () => {
  it('follows a change with the secret, once for many changes, and again when it was not taken', async () => {
    client.simulator.set({ notificationDelayMs: 10 });
    const { id } = (await subscribe()).json;
    statuses = [503];
    const [first, second] = await notifications(2, () => {
      client.simulator.drive().create('/a', 'a');
      client.simulator.drive().create('/b', 'b');
    });
    expect(first.value).toHaveLength(1);
    expect(first.value[0]).toMatchObject({
      subscriptionId: id,
      clientState: 'secret',
      resource: 'me/drive/root',
    });
    expect(second).toEqual(first);
    expect(bodies).toHaveLength(2);
    expect(client.simulator.deliveries()[0]).toMatchObject({ subscriptionId: id, attempt: 1, status: 503 });
  });

  it('of the lifecycle goes to its own url, which was validated too', async () => {
    const { port } = receiver.address() as AddressInfo;
    await subscribe({ lifecycleNotificationUrl: `http://127.0.0.1:${port}/lifecycle` });
    expect(received).toHaveLength(2);
    const [event] = await notifications(
      1,
      () => void client.simulator.sendLifecycle('reauthorizationRequired'),
    );
    expect(event.value[0]).toMatchObject({
      lifecycleEvent: 'reauthorizationRequired',
      clientState: 'secret',
    });
    expect(received.at(-1)?.url).toBe('/lifecycle');
  });
});

describe('a subscription', () => {
  it('is made after a form-encoded validation call to the receiver', async () => {
    const made = await subscribe();
    expect(made).toMatchObject({ status: 201, json: { clientState: 'secret', resource: '/me/drive/root' } });
    expect(received).toHaveLength(1);
    expect(received[0]?.url).toMatch(/^\/hook\?mine=1&validationToken=Validation%3a\+Testing\+client/);
    expect(received[0]?.method).toBe('POST');
  });

  it('is refused when the receiver does not echo the token, or is not there', async () => {
    answerWith = (token) => `"${token}"`;
    const wrong = await subscribe();
    expect(wrong).toMatchObject({ status: 400, json: { error: { code: 'ValidationError' } } });
    const nobody = await subscribe({ notificationUrl: 'http://127.0.0.1:1/hook' });
    expect(nobody.json.error.message).toContain('must respond with 200 OK');
  });

  it('is 409 the second time, renewed by PATCH and gone after DELETE', async () => {
    const { id } = (await subscribe()).json;
    expect(await subscribe()).toMatchObject({
      status: 409,
      json: { error: { code: 'ObjectIdentifierInUse' } },
    });
    const expirationDateTime = new Date(Date.now() + 1_200_000).toISOString();
    const renewed = await client.send('PATCH', `/subscriptions/${id}`, { json: { expirationDateTime } });
    expect(renewed.json.expirationDateTime).toBe(expirationDateTime);
    expect((await client.get('/subscriptions')).json.value).toHaveLength(1);
    expect((await client.send('DELETE', `/subscriptions/${id}`)).status).toBe(204);
    expect((await client.get(`/subscriptions/${id}`)).status).toBe(404);
  });

  it('ends when it expires, and may not outlast 42300 minutes or watch a subfolder of a work drive', async () => {
    const { id } = (await subscribe()).json;
    client.simulator.advance(600_001);
    expect((await client.get(`/subscriptions/${id}`)).status).toBe(404);
    const far = new Date(Date.now() + 50_000 * 60_000).toISOString();
    expect((await subscribe({ expirationDateTime: far })).status).toBe(400);
    expect((await subscribe({ resource: '/me/drive/root:/sub' })).status).toBe(400);
  });
});
