import type { RecordedEvent } from '@tidemark/plugin-sdk';
import { expect, it } from 'vitest';
import { placed, placedVerdict } from './placed.ts';

const planned = (command: object): RecordedEvent =>
  ({ seq: 1, at: 0, items: [], event: { type: 'Planned', commands: [command] } }) as unknown as RecordedEvent;

it('names the items of a shared folder by their paths in the sync folder', () => {
  const move = planned({ type: 'MoveRemote', path: 'a.txt', toPath: 'b/a.txt' });
  expect(placed(move, 'From Sam')).toEqual(
    planned({ type: 'MoveRemote', path: 'From Sam/a.txt', toPath: 'From Sam/b/a.txt' }),
  );
  expect(placed(planned({ type: 'ReadRemote', path: '' }), 'From Sam')).toEqual(
    planned({ type: 'ReadRemote', path: 'From Sam' }),
  );
  const verdict = { path: 'a.txt', standing: 'problem', detail: '' } as Parameters<typeof placedVerdict>[0];
  expect(placedVerdict(verdict, 'From Sam').path).toBe('From Sam/a.txt');
});

it('leaves those of the sync folder as they are', () => {
  const move = planned({ type: 'MoveRemote', path: 'a.txt', toPath: 'b/a.txt' });
  expect(placed(move, '')).toBe(move);
});
