import { describe, expect, it } from 'vitest';
import { comparePlans, createPlanCheck, planHash } from './plan-identity.ts';

const upload = (changes: object = {}) => ({
  ...{
    id: '7/0',
    item: 3,
    type: 'UploadFile',
    path: 'new/a.txt',
    reason: { rule: 'local-new', causes: [5] },
  },
  ...{ expected: { id: '1', stamp: '2' }, target: { as: 'new', parentId: 'predicted-7/1', name: 'a.txt' } },
  ...changes,
});
const folder = { id: '7/1', type: 'CreateRemoteFolder', path: 'new', parentId: 'ROOT', name: 'new' };

describe('the hash of a plan', () => {
  it('is the same in any order, and whenever it was planned', () => {
    const later = upload({
      ...{ id: '9/4', item: 8, reason: { rule: 'local-new', causes: [8] } },
      target: { name: 'a.txt', parentId: 'predicted-9/3', as: 'new' },
    });
    expect(planHash([later, folder], [])).toBe(planHash([folder, upload()], []));
    expect(planHash([], [])).toMatch(/^[0-9a-f]{24}$/);
  });

  it('is another one for another path, precondition, decision, and for what is held', () => {
    const others = [
      planHash([folder], []),
      planHash([folder, upload({ path: 'new/b.txt' })], []),
      planHash([folder, upload({ expected: { id: '1', stamp: '3' } })], []),
      planHash([folder, upload({ type: 'DeleteRemote' })], []),
      planHash([folder], [upload()]),
    ];
    expect(new Set([...others, planHash([folder, upload()], [])]).size).toBe(6);
  });
});

it('two plans are compared by what came, what went, and what must hold otherwise', () => {
  const changed = upload({ expected: { id: '1', stamp: '3' } });
  const other = upload({ path: 'other' });
  const difference = comparePlans([folder, upload()], [changed, other]);
  expect(difference).toEqual({ came: [other], went: [folder], differ: [changed] });
  expect(comparePlans([folder, upload()], [upload(), folder])).toEqual({ came: [], went: [], differ: [] });
});

it('a command is part of a plan when all holds but what the plan itself brings about', () => {
  const isPlanned = createPlanCheck([folder, upload()]);
  expect(isPlanned(upload({ target: { as: 'new', parentId: 'REAL!1', name: 'a.txt' } }))).toBe(true);
  expect(isPlanned(upload({ target: { as: 'new', parentId: 'REAL!1', name: 'b.txt' } }))).toBe(false);
  expect(isPlanned(upload({ expected: { id: '1', stamp: '3' } }))).toBe(false);
  const elsewhere = { ...folder, parentId: 'ELSEWHERE' };
  expect(isPlanned(elsewhere)).toBe(false);
  expect(isPlanned(upload({ ifMatch: 'x' }))).toBe(false);
});
