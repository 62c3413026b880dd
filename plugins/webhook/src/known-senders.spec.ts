import { describe, expect, it } from 'vitest';
import { createKnownSenders } from './known-senders.ts';

const matches = (text: string, digest: string): boolean => digest === `digest of ${text}`;
const known = { subscriptionId: 'S', digest: 'digest of secret', until: 1000 };
const sender = { subscriptionId: 'S', clientState: 'secret' };

describe('a sender that we know', () => {
  it('has the secret of the subscription that it names, until that ends', () => {
    const senders = createKnownSenders();
    senders.know([known]);
    expect(senders.recognises(sender, 999, matches)).toBe(true);
    expect(senders.recognises(sender, 1000, matches)).toBe(false);
    expect(senders.recognises({ ...sender, clientState: 'guess' }, 999, matches)).toBe(false);
    expect(senders.recognises({ ...sender, subscriptionId: 'T' }, 999, matches)).toBe(false);
  });

  it('counts without its name as long as the service may ask', () => {
    const senders = createKnownSenders();
    senders.know([{ ...known, subscriptionId: null }]);
    expect(senders.recognises(sender, 5, matches)).toBe(false);
    senders.expectValidation(10);
    expect(senders.recognises(sender, 5, matches)).toBe(true);
    expect(senders.recognises(sender, 10, matches)).toBe(false);
    senders.expectValidation(null);
    expect(senders.recognises(sender, 5, matches)).toBe(false);
  });
});
