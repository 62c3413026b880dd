/** The reception at a relay: what is known here is announced there. */
import type { KnownSender, RelayLine } from '@tidemark/plugin-sdk';
import { Failure } from '@tidemark/plugin-sdk';
import { knownOf, type Reception } from './reception.ts';

export interface RelayReception extends Reception {
  /** Settles when the line is up, or cannot be; null while there is none. */
  opening: Promise<void> | null;
  line: RelayLine | null;
  /** Says again what is known: a relay, or a server between, may have forgotten it. Throws Failure `relayFailed`. */
  announce(): Promise<void>;
}

export function createRelayReception(): RelayReception {
  let known = (): readonly KnownSender[] => [];
  let asking = 0;
  let last: Promise<void> = Promise.resolve();

  const reception: RelayReception = {
    opening: null,
    line: null,
    /** One after the other, each with what is known when it is its turn: the last word is the newest. */
    announce() {
      const say = async (): Promise<void> => {
        if (reception.line === null) throw noLine();
        await reception.line.announce({ known: known(), asking: asking > 0 });
      };
      last = last.then(say, say);
      return last;
    },
    async ready() {
      if (reception.opening === null) throw noLine();
      await reception.opening;
    },
    async know(stored, { secrets, clock }) {
      const all = knownOf(stored, secrets);
      known = () => {
        const at = clock.now();
        return all
          .filter(({ until }) => until === null || until > at)
          .map(({ until, ...sender }) => ({ ...sender, forMs: until === null ? null : until - at }));
      };
      await reception.announce();
    },
    async forget() {
      known = () => [];
      await reception.announce().catch(() => undefined);
    },
    async whileAsking(work) {
      asking += 1;
      // A renewal needs no relay, and must not wait for one that is away. Who needs it finds out with `know`.
      if (known().length > 0) await reception.announce().catch(() => undefined);
      try {
        return await work();
      } finally {
        asking -= 1;
        // The relay stops by itself after a minute.
        await reception.announce().catch(() => undefined);
      }
    },
  };
  return reception;
}

const noLine = (): Failure =>
  new Failure({
    code: 'relayFailed',
    detail: 'Cannot announce the subscription: there is no line to the relay',
  });
