import { createSystemClock } from '@tidemark/graph';
import { createManualClock } from '../clock.ts';
import { clockConformance } from './clock.ts';

clockConformance({
  name: 'system',
  create() {
    const clock = createSystemClock();
    return { clock, pass: (forMs) => clock.sleep(forMs) };
  },
});
clockConformance({
  name: 'manual',
  create() {
    const clock = createManualClock();
    return { clock, pass: (forMs) => clock.advance(forMs) };
  },
});
