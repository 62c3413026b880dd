/** What every source of chance must do. */
import { describe, expect, test } from 'vitest';
import type { Random } from '@tidemark/contracts';

export function randomConformance({
  name,
  create,
}: {
  readonly name: string;
  readonly create: () => Random;
}): void {
  describe(`random: ${name}`, () => {
    test('gives as many bytes as asked for, and others each time', () => {
      const random = create();
      expect(random.bytes(0)).toHaveLength(0);
      expect(random.bytes(33)).toHaveLength(33);
      expect([...random.bytes(16)]).not.toEqual([...random.bytes(16)]);
      expect(new Set(random.bytes(4096)).size).toBeGreaterThan(200);
    });

    test('gives version 4 UUIDs that differ', () => {
      const random = create();
      const uuids = Array.from({ length: 200 }, () => random.uuid());
      for (const uuid of uuids)
        expect(uuid).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
      expect(new Set(uuids).size).toBe(200);
    });

    test('spreads fractions over [0, 1)', () => {
      const random = create();
      const tenths = Array.from({ length: 10 }, () => 0);
      for (let draw = 0; draw < 5000; draw += 1) {
        const fraction = random.fraction();
        expect(fraction >= 0 && fraction < 1).toBe(true);
        const tenth = Math.floor(fraction * 10);
        tenths[tenth] = (tenths[tenth] ?? 0) + 1;
      }
      for (const count of tenths) expect(count).toBeGreaterThan(350);
    });
  });
}
