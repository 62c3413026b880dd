import { expect, it } from 'vitest';
import { json } from './serve-routes.ts';

it('spells out in JSON what could steer a terminal, and says the same', () => {
  const report = { path: 'photo\u202egpj.exe\u009b2J' };
  const { body } = json(200, report);
  expect(body).toBe('{"path":"photo\\u202egpj.exe\\u009b2J"}\n');
  expect(JSON.parse(String(body))).toEqual(report);
});
