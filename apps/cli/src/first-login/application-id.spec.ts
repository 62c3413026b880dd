import { peerApplicationId } from '@tidemark/graph';
import { expect, it } from 'vitest';
import { readApplicationId, readTenant } from './application-id.ts';

const id = '11111111-2222-3333-4444-55555555abcd';

it.each([id, ` ${id.toUpperCase()}\r`, `{${id}}`, `"${id}"`])('reads %j as it was copied', (typed) => {
  expect(readApplicationId(typed)).toEqual({ type: 'id', id });
});

it.each(['', 'tidemark', id.slice(1), `${id}0`, `${id} ${id}`, `${id}"\nsync_dir = "/`, 'example.com'])(
  'takes %j for no id',
  (typed) => {
    expect(readApplicationId(typed)).toMatchObject({
      type: 'unfit',
      why: expect.stringContaining('looks like') as string,
    });
  },
);

it('refuses the id of the onedrive client, under which no user logs in anew', () => {
  expect(readApplicationId(peerApplicationId)).toMatchObject({
    why: expect.stringContaining('belongs to another project') as string,
  });
});

it.each([id, 'Contoso.OnMicrosoft.com', 'example.org', 'consumers'])('takes %s for a tenant', (typed) => {
  expect(readTenant(typed)).toEqual({ type: 'id', id: typed.toLowerCase() });
});

it.each(['', 'contoso', '-a.com', 'a..com', 'a.com"', '../x.com'])('takes %j for no tenant', (typed) => {
  expect(readTenant(typed).type).toBe(typed === 'a.com"' ? 'id' : 'unfit');
});
