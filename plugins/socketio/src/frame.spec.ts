import fc from 'fast-check';
import { expect, it } from 'vitest';
import { join, readFrame, usualHeartbeat } from './frame.ts';

const frames = [
  [
    '0{"sid":"a","upgrades":[],"pingInterval":25000,"pingTimeout":20000}',
    { type: 'opened', heartbeat: { pingIntervalMs: 25_000, pingTimeoutMs: 20_000 } },
  ],
  ['0{"pingInterval":"soon","pingTimeout":1e12}', { type: 'opened', heartbeat: usualHeartbeat }],
  ['0', { type: 'opened', heartbeat: usualHeartbeat }],
  ['1', { type: 'closed' }],
  ['2', { type: 'ping' }],
  ['40', { type: 'joined', namespace: '/' }],
  ['40{"sid":"b"}', { type: 'joined', namespace: '/' }],
  ['40/notifications,{"sid":"b"}', { type: 'joined', namespace: '/notifications' }],
  ['40/notifications', { type: 'joined', namespace: '/notifications' }],
  ['41', { type: 'left', namespace: '/' }],
  ['41/notifications,', { type: 'left', namespace: '/notifications' }],
  [
    '42/notifications,["notification",{"a":",["}]',
    { type: 'event', namespace: '/notifications', name: 'notification' },
  ],
  [
    '42/notifications,["notification","{\\"a\\":1}"]',
    { type: 'event', namespace: '/notifications', name: 'notification' },
  ],
  [
    '42/notifications,17["notification"]',
    { type: 'event', namespace: '/notifications', name: 'notification' },
  ],
  ['42["other",1]', { type: 'event', namespace: '/', name: 'other' }],
  ['42/notifications,{}', { type: 'event', namespace: '/notifications', name: '' }],
  [
    '44/notifications,{"message":"no\\u001b[31m"}',
    { type: 'refused', namespace: '/notifications', why: 'no?[31m' },
  ],
  ['44/notifications,"no"', { type: 'refused', namespace: '/notifications', why: 'no reason given' }],
  ['6', { type: 'other' }],
  ['3probe', { type: 'other' }],
  ['451-["x"]', { type: 'other' }],
  ['4', { type: 'other' }],
  ['', { type: 'other' }],
] as const;
it.each(frames)('reads %s', (text, frame) => {
  expect(readFrame(text)).toEqual(frame);
});

it('reads whatever comes without failing', () => {
  const start = fc.constantFrom('', '0', '4', '40', '42', '44', '42/notifications,', '0{');
  fc.assert(
    fc.property(start, fc.string(), (begin, rest) => {
      expect(typeof readFrame(begin + rest).type).toBe('string');
    }),
  );
});

it('reads a long line of nothing in no time', () => {
  const startedAt = performance.now();
  readFrame(`42/${'a'.repeat(1_000_000)}`);
  readFrame(`42${'1'.repeat(1_000_000)}`);
  expect(performance.now() - startedAt).toBeLessThan(500);
});

it('asks for a namespace as the protocol has it', () => {
  expect([join('/'), join('/notifications')]).toEqual(['40', '40/notifications,']);
});
