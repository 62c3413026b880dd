import { expect, it } from 'vitest';
import { targetOf } from './address.ts';

it('the path is the namespace, and the query goes along as it is', () => {
  expect(targetOf('https://x.svc.ms/notifications?token=a%2Bb%3D&applicationId=c')).toEqual({
    url: 'wss://x.svc.ms/socket.io/?EIO=4&transport=websocket&token=a%2Bb%3D&applicationId=c',
    namespace: '/notifications',
  });
  expect(targetOf('https://127.0.0.1:44')).toEqual({
    url: 'wss://127.0.0.1:44/socket.io/?EIO=4&transport=websocket',
    namespace: '/',
  });
});

it.each([
  '',
  'x',
  'http://x.svc.ms/notifications',
  'file:///etc/passwd',
  'https://x/a,b',
  'https://x/%0d%0a',
])('refuses %j without repeating it', (address) => {
  expect(() => targetOf(address)).toThrow(
    'Cannot listen over Socket.IO: the service gave an address that cannot be used',
  );
});
