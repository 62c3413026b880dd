import { expect, it } from 'vitest';
import { createFaultLimit } from './fault-limit.ts';
import { createSpecClock } from './spec-world.ts';

it('a plugin that fails all the time is shown twenty times in ten seconds, and that there is more', async () => {
  const clock = createSpecClock();
  const shown: string[] = [];
  const fault = createFaultLimit('wild', { clock, onFault: ({ details }) => shown.push(details.detail) });
  for (let time = 0; time < 1_000; time += 1) fault({ code: 'pluginFault', detail: `${time}` });
  expect(shown).toEqual([
    ...Array.from({ length: 20 }, (_, time) => `${time}`),
    'Plugin "wild" fails all the time: what else it does wrong within 10 s is only counted',
  ]);
  await clock.advance(10_000);
  fault({ code: 'pluginFault', detail: 'again' });
  expect(shown.slice(21)).toEqual(['again']);
});
