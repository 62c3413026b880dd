import type { Mutant } from '../mutant.ts';

const specs = ['libs/listener/src/create-http-listen.spec.ts'];
const answers = ['plugins/webhook/src/answers.spec.ts'];

export const listener: readonly Mutant[] = [
  {
    file: 'libs/listener/src/read-body.ts',
    find: "      if (needed > bytesMax) return finish('tooLarge');\n",
    replace: '',
    harm: 'A stranger who sends a body without an end fills the memory.',
    specs,
  },
  {
    file: 'libs/listener/src/ambiguous.ts',
    find: "return Number(length) > bodyBytesMax ? { status: 413, reason: 'tooLarge' } : null;",
    replace: 'return null;',
    harm: 'A body that is announced as too large is read up to the limit first.',
    specs,
  },
  {
    file: 'libs/listener/src/ambiguous.ts',
    find: '  if (repeats(rawHeaders)) return ambiguous;\n',
    replace: '',
    harm: 'A request that a proxy reads differently smuggles another one in.',
    specs,
  },
  {
    file: 'libs/listener/src/connection-limiter.ts',
    find: 'if (waiting.size <= placesMax) return;',
    replace: 'if (waiting.size <= Infinity) return;',
    harm: 'Idle connections of strangers keep the service from getting in.',
    specs,
  },
  {
    file: 'libs/listener/src/create-http-listen.ts',
    find: '  server.maxConnections = limits.connectionsMax;\n',
    replace: '',
    harm: 'Strangers take all descriptors of the process.',
    specs,
  },
  {
    file: 'libs/listener/src/create-http-listen.ts',
    find: 'headersTimeout: limits.headersTimeoutMs,',
    replace: 'headersTimeout: 0,',
    harm: 'A client that sends its headers one byte a minute holds its place for ever.',
    specs,
  },
  {
    file: 'libs/listener/src/create-http-listen.ts',
    find: '  server.maxRequestsPerSocket = limits.requestsPerConnection;\n',
    replace: '',
    harm: 'One connection brings requests without an end.',
    specs,
  },
  {
    file: 'libs/listener/src/create-http-listen.ts',
    find: 'if (turnedAway.has(socket)) return;',
    replace: '',
    harm: 'What follows a refused request on its connection is answered as a request of its own.',
    specs,
  },
  {
    file: 'plugins/webhook/src/answers.ts',
    find: "    if (!validationRate.admits(clock.monotonic())) return refuse('validationRate', { status: 429 });\n",
    replace: '',
    harm: 'Strangers let the listener send back whatever they like, as often as they like.',
    specs: answers,
  },
  {
    file: 'plugins/webhook/src/answers.ts',
    find: "token === '' || !asking.expectsValidation(clock.now())",
    replace: "token === ''",
    harm: 'Anyone can have this address confirmed for a subscription of theirs.',
    specs: answers,
  },
  {
    file: 'plugins/webhook/src/known-senders.ts',
    find: 'return candidates.some(({ digest }) => matches(clientState, digest));',
    replace: 'return candidates.length > 0 && matches !== undefined;',
    harm: 'A forged notification without the secret makes the client look at the drive.',
    specs: ['plugins/webhook/src/known-senders.spec.ts'],
  },
  {
    file: 'plugins/webhook/src/known-senders.ts',
    find: '(one.until === null || at < one.until),',
    replace: '(one.until === null || at < Infinity),',
    harm: 'The secret of a subscription that ended counts for ever.',
    specs: ['plugins/webhook/src/known-senders.spec.ts'],
  },
  {
    file: 'plugins/webhook/src/probe-admission.ts',
    find: 'return answersLeft >= 0;',
    replace: 'return true;',
    harm: 'Whoever has seen one examination may have tokens echoed without an end.',
    specs: ['plugins/webhook/src/probe-admission.spec.ts'],
  },
  {
    file: 'plugins/webhook/src/rate.ts',
    find: 'Math.min(perSecond, left + ((at - filledAt) * perSecond) / 1_000)',
    replace: 'left + ((at - filledAt) * perSecond) / 1_000',
    harm: 'After a quiet hour millions of forged calls are answered at once.',
    specs: answers,
  },
];
