/** Notifications of one plugin on the desktop: of bounded length and number, and with nothing in them that is no text. */
import { type Clock, Failure } from '@tidemark/contracts';
import type { ShowOnDesktop } from '@tidemark/plugin-sdk';

const titleLengthMax = 100;
const textLengthMax = 1_000;
const shownMax = 20;
const windowMs = 60_000;

export function showing(clock: Pick<Clock, 'monotonic'>, show: ShowOnDesktop): ShowOnDesktop {
  let shownAt: number[] = [];
  return async ({ title, text, isUrgent = false }) => {
    const now = clock.monotonic();
    shownAt = shownAt.filter((at) => now - at < windowMs);
    if (shownAt.length >= shownMax) {
      const detail = `Cannot show a notification: the plugin has shown ${shownMax} within a minute`;
      throw new Failure({ code: 'throttled', detail, afterMs: windowMs });
    }
    shownAt.push(now);
    await show({
      title: bounded(harmless(title).replaceAll('\n', ' '), titleLengthMax),
      text: bounded(harmless(text), textLengthMax),
      isUrgent: isUrgent === true,
    });
  };
}

/** No compiler has seen what a plugin from elsewhere gives, and strangers may have named what is on the drive. */
const harmless = (text: string): string => String(text).replace(/(?!\n)\p{Cc}|\p{Bidi_Control}/gu, '?');

const bounded = (text: string, lengthMax: number): string =>
  text.length > lengthMax ? `${text.slice(0, lengthMax - 1)}…` : text;
