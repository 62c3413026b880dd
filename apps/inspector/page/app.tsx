/** The frame: what log this is, the views, and the view that is open. */
import { useEffect } from 'preact/hooks';
import { addressOf, type View, view, views } from './address.ts';
import { followLog, now, overview, trouble } from './log.ts';
import { NowView } from './now/now-view.tsx';
import { Ended } from './parts/ended.tsx';
import { PluginsView } from './plugins/plugins-view.tsx';
import { TimelineView } from './timeline/timeline-view.tsx';
import { count } from './words.ts';

const titles: Readonly<Record<View, string>> = { now: 'Now', timeline: 'Timeline', plugins: 'Plugins' };

export const App = () => {
  useEffect(followLog, []);
  useEffect(() => {
    document.title = `${titles[view.value]} · Tidemark inspector`;
  }, [view.value]);
  if (trouble.value !== null)
    return (
      <Ended title={trouble.value.status === 401 ? 'This tab has no session' : 'The inspector has ended'}>
        Start <code>tidemark inspect</code> again and open the address that it prints.
      </Ended>
    );
  return (
    <>
      <a class="skip" href="#content">
        Skip to the content
      </a>
      <header class="top">
        <div class="brand">
          <img src="/icon.svg" alt="" width="26" height="26" />
          <span>Tidemark</span>
        </div>
        <nav aria-label="Views">
          {views.map((one) => (
            <a
              key={one}
              href={addressOf({ view: one })}
              aria-current={view.value === one ? 'page' : undefined}
            >
              {titles[one]}
            </a>
          ))}
        </nav>
        <SourceLine />
      </header>
      <main id="content" tabIndex={-1}>
        {view.value === 'now' ? <NowView /> : view.value === 'plugins' ? <PluginsView /> : <TimelineView />}
      </main>
    </>
  );
};

const kinds = { live: 'This client', log: 'Saved log', bundle: 'Incident bundle' } as const;

const SourceLine = () => {
  const known = overview.value;
  if (known === null) return null;
  const { source, reading, last, first } = known;
  const isRunning = (now.value?.status.daemon ?? null) !== null;
  return (
    <div class="source" title={source.path}>
      <span class={`dot ${isRunning ? 'dot-live' : ''}`} />
      <span>{source.kind === 'live' && isRunning ? 'Running' : kinds[source.kind]}</span>
      <span class="figure">
        {reading === null
          ? `${count(last - first + 1)} events`
          : `reading ${count(reading.events)} of ${count(reading.of)} events`}
      </span>
    </div>
  );
};
