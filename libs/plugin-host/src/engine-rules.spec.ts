import type { RulesFor } from '@tidemark/engine';
import { describe, expectTypeOf, it } from 'vitest';
import type { HostRules } from './rules.ts';

describe('rules of the host', () => {
  it('are what the engine asks', () => {
    expectTypeOf<HostRules>().toExtend<ReturnType<RulesFor>>();
  });
});
