import { expect, test } from 'vitest';
import { createGuard } from './guard.ts';

const bearer = (session: string | null) => ({ headers: { authorization: `Bearer ${session}` } });

test('a token is good for one session, and a newer one makes it void', () => {
  const guard = createGuard();
  expect(guard.takeToken('')).toBeNull();
  const token = guard.newToken();
  expect(guard.takeToken(`${token}x`)).toBeNull();
  const session = guard.takeToken(token);
  expect(session).not.toBeNull();
  expect(session, 'what the address held proves nothing later').not.toBe(token);
  expect(guard.takeToken(token)).toBeNull();
  const [first, second] = [guard.newToken(), guard.newToken()];
  expect([guard.takeToken(first), typeof guard.takeToken(second)]).toEqual([null, 'string']);
});

test('only who has a session may ask', () => {
  const guard = createGuard();
  const session = guard.takeToken(guard.newToken());
  expect(guard.hasSession(bearer(session))).toBe(true);
  expect(guard.hasSession(bearer(`${session}x`))).toBe(false);
  expect(guard.hasSession({ headers: { authorization: String(session) } })).toBe(false);
  expect(guard.hasSession({ headers: {} })).toBe(false);
});

test.each([
  [{ host: '127.0.0.1:80' }, null],
  [{ host: 'localhost:80', origin: 'http://localhost:80', 'sec-fetch-site': 'same-origin' }, null],
  [{ host: '127.0.0.1:80', 'sec-fetch-site': 'none' }, null],
  [{}, 'This address has another name'],
  [{ host: '127.0.0.1:81' }, 'This address has another name'],
  [{ host: 'rebound.example:80' }, 'This address has another name'],
  [{ host: '127.0.0.1:80', origin: 'http://localhost:80' }, 'Another page asked'],
  [{ host: '127.0.0.1:80', origin: 'null' }, 'Another page asked'],
  [{ host: '127.0.0.1:80', 'sec-fetch-site': 'same-site' }, 'Another page asked'],
])('a request with %o: %s', (headers, refusal) => {
  expect(createGuard().refusalOf({ headers: headers as Record<string, string> }, 80)).toBe(refusal);
});
