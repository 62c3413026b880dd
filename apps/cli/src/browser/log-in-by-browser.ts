/** A login in the browser of this machine, which may be pasted from another one all the same. */
import { escaped } from '@tidemark/disk';
import type { Login } from '@tidemark/graph';
import type { Browser } from './find-browser.ts';

export interface ByBrowser {
  readonly browser: Browser;
  readonly say: (line: string) => void;
  /** As the login without a browser asks. */
  readonly ask: (authorizeUrl: string, signal: AbortSignal) => Promise<string>;
}

/** Throws Failure. */
export function logInByBrowser(login: Login, { browser, say, ask }: ByBrowser): Promise<void> {
  const tell = (text: string): void => {
    // Below a question that waits.
    say('');
    say(text);
  };
  return login.byBrowser({
    async open({ startUrl, redirectUri }) {
      say('Opening the Microsoft authorisation URL in your default browser ...');
      try {
        await browser.open(startUrl, (why) =>
          tell(`No browser was opened (${escaped(why)}): use the address that is shown`),
        );
      } catch (error) {
        say(`No browser can be started (${escaped(error instanceof Error ? error.message : String(error))})`);
        return false;
      }
      say(`Waiting for the Microsoft authorisation response on ${redirectUri}`);
      say('Where that does not work, or the browser shows an error:');
      return true;
    },
    ask,
    tellNotWaiting: (why) =>
      tell(`The browser is not waited for (${escaped(why)}); paste the address that it ends on`),
  });
}
