/**
 * Lets in the requests of an examination (`tidemark doctor webhook`): see `WebhookProbe`. A probe is looked
 * up only when a request says that it brings one, and ten times a second at most, whatever is sent here.
 */
import type { Clock, Secrets } from '@tidemark/plugin-sdk';
import type { WebhookProbe } from '@tidemark/plugin-sdk/unstable';
import { z } from '@tidemark/plugin-sdk';
import { probeParameter, probeSecret, probeSeenSecret } from '@tidemark/plugin-sdk/unstable';
import { parseJson } from './stored-secrets.ts';

export interface ProbeAdmission {
  /** Whether a validation call may be answered out of its time. */
  admits(target: string): Promise<boolean>;
  /** Whether a notification belongs to the probe; keeps in mind that it came. `at`: milliseconds since 1970. */
  recognises(sender: { readonly subscriptionId: string; readonly clientState: string }, at: number): boolean;
}

const lifetimeMaxMs = 300_000;
const lookupEveryMs = 100;
/** Of one probe: more than any examination needs. */
const answersMax = 50;
const seenMax = 10;

const text = z.string().regex(/^[0-9a-f]{64}$/);
const schema = z.object({ token: text, clientState: text, until: z.number() });

export function createProbeAdmission({
  clock,
  secrets,
}: {
  readonly clock: Clock;
  readonly secrets: Secrets;
}): ProbeAdmission {
  /** The probe that a request has already asked for. Its texts are digests here. */
  let current: WebhookProbe | null = null;
  let answersLeft = answersMax;
  let lookup: Promise<void> | null = null;
  const seen = new Set<string>();

  /** Those who come while one waits for its turn wait with it, and read what is there after they came. */
  function lookUp(): Promise<void> {
    lookup ??= clock.sleep(lookupEveryMs).then(async () => {
      lookup = null;
      const probe = schema.safeParse(parseJson((await secrets.read(probeSecret)) ?? ''));
      if (!probe.success || probe.data.until > clock.now() + lifetimeMaxMs) return;
      const digests = {
        token: secrets.digest(probe.data.token),
        clientState: secrets.digest(probe.data.clientState),
      };
      if (digests.token === current?.token) return;
      current = { ...digests, until: probe.data.until };
      answersLeft = answersMax;
      seen.clear();
    });
    return lookup;
  }

  const isShown = (token: string): boolean =>
    current !== null && clock.now() < current.until && secrets.matches(token, current.token);

  return {
    async admits(target) {
      const token = probeTokenIn(target);
      if (token === null) return false;
      if (!isShown(token)) {
        // A file that cannot be read holds no probe for us; the answer tells the examination that put it there.
        await lookUp().catch(() => undefined);
        if (!isShown(token)) return false;
      }
      answersLeft -= 1;
      return answersLeft >= 0;
    },
    recognises({ subscriptionId, clientState }, at) {
      if (current === null || at >= current.until || !secrets.matches(clientState, current.clientState))
        return false;
      if (!seen.has(subscriptionId) && seen.size < seenMax) {
        seen.add(subscriptionId);
        // Only the examination loses anything when this fails, and it sees that.
        secrets.write(probeSeenSecret, JSON.stringify([...seen])).catch(() => undefined);
      }
      return true;
    },
  };
}

function probeTokenIn(target: string): string | null {
  const [, token] = new RegExp(`[?&]${probeParameter}=([0-9a-f]{64})(?:&|$)`).exec(target) ?? [];
  return token ?? null;
}
