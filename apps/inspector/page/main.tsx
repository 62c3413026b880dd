/** Starts the page: hands in the token of the address, then shows the log. */
import { render } from 'preact';
import { followAddress } from './address.ts';
import { App } from './app.tsx';
import { Ended } from './parts/ended.tsx';
import { beginSession } from './session.ts';

const place = document.getElementById('page');
if (place !== null) {
  const isWelcome = await beginSession().catch(() => false);
  if (isWelcome) followAddress();
  render(
    isWelcome ? (
      <App />
    ) : (
      <Ended title="This tab has no session">
        An address of the inspector is good for one tab. Press Enter in the terminal in which{' '}
        <code>tidemark inspect</code> runs: it prints another one.
      </Ended>
    ),
    place,
  );
}
