/** A thread that ends the process when one input takes longer than half a minute: the thread of the input cannot say so any more. */
import { writeSync } from 'node:fs';
import { workerData } from 'node:worker_threads';

const { underWay } = workerData as { readonly underWay: Float64Array };
const limitMs = 30_000;
let seen = NaN;
let since = performance.now();

setInterval(() => {
  const [now = NaN] = underWay;
  if (now !== seen) [seen, since] = [now, performance.now()];
  else if (performance.now() - since > limitMs) {
    writeSync(2, `The input of seed ${now} does not end\n`);
    process.kill(process.pid, 'SIGKILL');
  }
}, 1000);
