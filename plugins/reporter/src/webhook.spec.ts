import type { EventOf, Notice } from '@tidemark/plugin-sdk';
import { describe, expect, it } from 'vitest';
import { durationText } from './duration-text.ts';
import { command, createSpecPrinter, failed, planned, started, succeeded } from './spec-events.ts';

const id = 'a09ba1cf-3420-4d78-9117-b41373de33ff';
const expiresAt = Date.UTC(2024, 7, 28, 8, 42, 0, 637);
const granted = { subscription: { id, expiresAt } } as const;
const hint = (source = 'webhook'): EventOf<'HintReceived'> => ({
  type: 'HintReceived',
  side: 'remote',
  source,
});
const retrying = 'Will retry creating or renewing subscription in 1 minute';
const pace = { subscription: { url: '', lifetimeMs: 600_000, renewBeforeMs: 300_000, retryMs: 60_000 } };

function createMonitor(settings: object = {}) {
  const spec = createSpecPrinter({ mode: 'monitor', ...settings });
  const tell = (notice: Notice, plugin = 'webhook'): readonly string[] => {
    const before = spec.lines.length;
    spec.printer.notice({ plugin, at: 0, notice });
    return spec.lines.slice(before);
  };
  return { ...spec, tell, begin: () => spec.append(started({ pace })) };
}

/** From the start of a daemon to its first pass. */
function play(settings: object): readonly string[] {
  const { tell, begin, append, lines } = createMonitor({ verbosity: 1, ...settings });
  tell({ type: 'listenerStarted', address: '0.0.0.0:8888' });
  begin();
  append(planned(command('CreateSubscription', 1)));
  tell({ type: 'validationAnswered', count: 1 });
  append(succeeded(1, granted));
  append(planned(command('ReadRemote', 2)));
  const from = lines.indexOf('Performing initial synchronisation to ensure consistent local state ...');
  return lines.slice(from, lines.indexOf('Starting a sync with Microsoft OneDrive') + 1);
}

describe('reporter: a daemon with a webhook', () => {
  it('tells its beginning in the words of the document', () => {
    expect(play({ dialect: 'legacy' })).toEqual([
      'Performing initial synchronisation to ensure consistent local state ...',
      'Started webhook server',
      'Initializing subscription for updates ...',
      'Webhook: handled validation request',
      `Created new subscription ${id} with expiration: 2024-08-28T08:42:00.637Z`,
      'Attempting to contact Microsoft OneDrive Login Service',
      'Successfully reached Microsoft OneDrive Login Service',
      'Starting a sync with Microsoft OneDrive',
    ]);
  });

  it('tells it in the words of today', () => {
    expect(play({ dialect: 'current' })).toEqual([
      'Performing initial synchronisation to ensure consistent local state ...',
      'Started OneDrive API Webhook server',
      'Initialising webhook subscription for updates ...',
      'OneDrive API Webhook: handled validation request',
      `Created new subscription ${id} with expiration: 2024-08-28T08:42:00.637Z`,
      'Attempting to contact the Microsoft OneDrive Service',
      'Successfully reached the Microsoft OneDrive Service',
      'Starting a sync with Microsoft OneDrive',
    ]);
  });

  it('tells it in both, each thing so that a search for either finds it once', () => {
    const both = play({});
    for (const line of [...play({ dialect: 'current' }), ...play({ dialect: 'legacy' })])
      expect(both.filter((text) => text.includes(line))).toHaveLength(1);
    expect(both).toHaveLength(12);
  });

  it('tells what arrives, and how much of it a pass has taken up', () => {
    const { tell, begin, append } = createMonitor({ verbosity: 1, dialect: 'current' });
    begin();
    expect(tell({ type: 'signalReceived', count: 1 })).toEqual([
      'OneDrive API Webhook: sent refresh signal #1',
    ]);
    expect(append(hint())).toEqual([
      expect.stringMatching(/^Received 1 signal\(s\) from Webhook handler \(2023-/),
    ]);
    tell({ type: 'signalReceived', count: 4 });
    tell({ type: 'signalReceived', count: 6 }, 'socketio');
    expect(append(hint())[0]).toContain('Received 3 signal(s) from Webhook handler');
    expect(append(hint('socketio'))[0]).toContain('Received 6 signal(s) from WebSocket handler');
    expect(append(hint())[0]).toContain('Received 1 signal(s)');
  });

  it('says in the older words what it has received', () => {
    const { tell, begin, append } = createMonitor({ verbosity: 1, dialect: 'legacy' });
    begin();
    expect(tell({ type: 'signalReceived', count: 2 })).toEqual(['Webhook: sent refresh signal #2']);
    expect(append(hint())).toEqual(['Received 2 refresh signals from the webhook']);
  });

  it('tells of renewals, silently in the older words', () => {
    const lines = (dialect: 'current' | 'legacy') => {
      const { begin, append } = createMonitor({ dialect });
      begin();
      return [...append(planned(command('RenewSubscription', 1))), ...append(succeeded(1, granted))];
    };
    expect(lines('current')).toEqual([
      'Renewing webhook subscription for updates ...',
      `Renewed webhook subscription ${id} with expiration: 2024-08-28T08:42:00.637Z`,
    ]);
    expect(lines('legacy')).toEqual(['Renewing subscription for updates ...']);
  });

  it('tells of one that is gone, one that was found and one that was deleted', () => {
    const { tell, begin, append } = createMonitor({ dialect: 'current' });
    begin();
    append(planned(command('RenewSubscription', 1)));
    expect(append(succeeded(1, { subscription: { id, gone: true } }))).toEqual([
      'The subscription is not found on the server. Recreating subscription ...',
    ]);
    append(planned(command('CreateSubscription', 2)));
    expect(tell({ type: 'subscriptionFound', id })).toEqual([`Found existing webhook subscription ${id}`]);
    expect(append(succeeded(2, granted))[0]).toContain('Renewed webhook subscription');
    append(planned(command('DeleteSubscription', 3)));
    expect(append(succeeded(3, { subscription: { id, gone: true } }))).toEqual(['Deleted subscription']);
    expect(tell({ type: 'listenerStopped' })).toEqual(['Stopped OneDrive API Webhook server']);
  });

  it('shows the answer of the service in the block of the peer, and when it tries again', () => {
    const { begin, append } = createMonitor();
    begin();
    append(planned(command('CreateSubscription', 1)));
    const answer = {
      status: 400,
      code: 'ValidationError',
      message: 'Subscription validation request timed out.',
    };
    const failure = { code: 'callbackFailed', detail: 'x', requestId: 'eb196382', answer } as const;
    expect(append(failed(1, failure))).toEqual([
      '',
      'ERROR: Microsoft OneDrive API returned an error with the following message:',
      '  Error Message:       HTTP request returned status code 400 (Bad Request)',
      '  Error Reason:        Subscription validation request timed out.',
      '  Error Code:          ValidationError',
      expect.stringMatching(/^ {2}Error Timestamp: {5}2023-11-14T22:13:\d\d$/),
      '  API Request ID:      eb196382',
      '',
      retrying,
    ]);
  });

  it('says of any other failure what happened, and when it tries again', () => {
    const { begin, append } = createMonitor();
    begin();
    append(planned(command('CreateSubscription', 1)));
    const detail = 'Cannot listen on 0.0.0.0:8888: another program uses it (EADDRINUSE)';
    expect(append(failed(1, { code: 'listenerFailed', detail }))).toEqual([`ERROR: ${detail}`, retrying]);
    append(planned(command('RenewSubscription', 2)));
    expect(append(failed(2, { code: 'throttled', detail: 'x', afterMs: 3_630_000 })).at(-1)).toBe(
      'Will retry creating or renewing subscription in 1 hour and 30 secs',
    );
  });

  it('leaves subscriptions out of passes: they begin none, end none, and none fails by them', () => {
    const { begin, append } = createMonitor({ dialect: 'current' });
    begin();
    append(planned(command('ReadRemote', 1)), planned(command('CreateSubscription', 2)));
    expect(append(succeeded(1))).toContain('Sync with Microsoft OneDrive is complete');
    append(failed(2, { code: 'offline', detail: 'x' }));
    append(planned(command('RenewSubscription', 3)));
    expect(append(succeeded(3, granted))).toEqual([expect.stringContaining('Renewed')]);
    append(planned(command('UploadFile', 4)));
    expect(append(succeeded(4))).toContain('Sync with Microsoft OneDrive is complete');
  });

  it('drops what is told before any run into the lines of the first one, and no more than fits', () => {
    const { tell, begin } = createMonitor({ dialect: 'current' });
    for (let index = 0; index < 1_000; index += 1) tell({ type: 'validationAnswered', count: index });
    const lines = begin().filter((line) => line.includes('validation'));
    expect(lines).toHaveLength(100);
  });

  it('gives notices and outcomes as JSON as well', () => {
    const { tell, begin, append } = createMonitor({ json: true });
    begin();
    expect(JSON.parse(tell({ type: 'forged', count: 3 })[0] ?? '')).toEqual({
      at: '1970-01-01T00:00:00.000Z',
      source: 'webhook',
      type: 'Notice',
      notice: { type: 'forged', count: 3 },
    });
    append(planned(command('CreateSubscription', 1)));
    expect(JSON.parse(append(succeeded(1, granted))[0] ?? '')).toMatchObject({
      does: 'CreateSubscription',
      subscription: { id, expiresAt: '2024-08-28T08:42:00.637Z' },
    });
    expect(
      JSON.parse(append({ type: 'SubscriptionTold', subscriptionId: id, told: 'missed' })[0] ?? ''),
    ).toMatchObject({ type: 'SubscriptionTold', subscriptionId: id, told: 'missed' });
  });
});

it('says once that watches ran out, and how to have more', () => {
  const { tell, begin } = createMonitor();
  begin();
  const limit =
    '5 folders cannot be watched: the user limit on the total number of inotify watches has been reached';
  expect(tell({ type: 'folderWatched', folders: 10, limit }, 'watcher')).toEqual([
    'The user limit on the total number of inotify watches has been reached.',
    `WARNING: Only a part of the local 'sync_dir' is being watched: ${limit}`,
    '         What changes in the rest is found by a scan, every 300 seconds',
    '         To raise the limit: echo fs.inotify.max_user_watches=524288 | sudo tee -a /etc/sysctl.d/40-tidemark.conf && sudo sysctl --system',
  ]);
  expect(tell({ type: 'folderWatched', folders: 10, limit: `6${limit.slice(1)}` }, 'watcher')).toEqual([]);
});

it('tells where the way to the webhook ends, in one line', () => {
  const { tell, begin } = createMonitor();
  begin();
  const hop = { type: 'hopFailed', check: 'certificate', detail: 'Expired 3 days ago' } as const;
  expect(tell({ ...hop, remedy: 'Renew it: sudo certbot renew' })).toEqual([
    'webhook: certificate: Expired 3 days ago. Renew it: sudo certbot renew',
  ]);
  expect(tell({ ...hop, remedy: null })).toEqual(['webhook: certificate: Expired 3 days ago']);
});

describe('reporter: a channel and a watched folder', () => {
  it.each<[Notice, readonly string[]]>([
    [
      { type: 'channelWanted', isRetry: false },
      ['Attempting to enable WebSocket support to monitor Microsoft Graph API changes in near real-time.'],
    ],
    [
      { type: 'channelOpened' },
      ['Enabled WebSocket support to monitor Microsoft Graph API changes in near real-time.'],
    ],
    [{ type: 'channelWanted', isRetry: true }, ['Retrying WebSocket notification URL acquisition.']],
    [{ type: 'channelAlive' }, ['DEBUG: SOCKETIO: Socket.IO ping received, → pong sent']],
    [{ type: 'channelClosed' }, ['DEBUG: SOCKETIO: the connection was closed']],
    [
      { type: 'accountOpened', remainingBytes: 2 ** 30, dataCentre: 'EUR' },
      ['Microsoft Data Centre: EUR', 'Remaining Free Space:  1.00 GB (1073741824 bytes)'],
    ],
    [
      { type: 'accountOpened', remainingBytes: null, dataCentre: null },
      ['Microsoft Data Centre: Not Available', 'Remaining Free Space:  Not Available'],
    ],
    [{ type: 'accountOpened', remainingBytes: null }, ['Remaining Free Space:  Not Available']],
    [{ type: 'versionChecked', version: '0.1.0', newer: null }, ['Checking Application Version ...']],
    [
      { type: 'versionChecked', version: '0.1.0', newer: '0.2.0' },
      [
        'Checking Application Version ...',
        'WARNING: Tidemark 0.2.0 used this profile last, and this is 0.1.0: what only the newer version knows has no effect now. Nothing is lost; to have it again, install that version',
      ],
    ],
    [{ type: 'pruningObstructed', detail: 'EIO' }, ['WARNING: The trash cannot be pruned: EIO']],
    [
      {
        ...{ type: 'logRetained', archivedTo: 90, sizeBytes: 2 ** 31, sizeBytesMax: 2 ** 30 },
        ...{ removed: { from: 1, to: 50, until: '2026-09-21T14:13:20.000Z' }, obstacle: 'EIO' },
      },
      [
        'Events of the log up to 90 are in archives now',
        'Events 1 to 50 of the log were removed for good, the last of them of 2026-09-21T14:13:20.000Z: it may take 1.0 GB (log_max_size)',
        'WARNING: The log cannot be kept at 1.0 GB (log_max_size): EIO',
      ],
    ],
    [{ type: 'folderWatched', folders: 3, limit: null }, ['DEBUG: Folders being watched: 3']],
  ])('is told: %j', (notice, lines) => {
    const { tell, begin } = createMonitor({ verbosity: 2 });
    begin();
    expect(tell(notice, 'socketio')).toEqual(lines);
  });
});

it.each([
  [60_000, '1 minute'],
  [30_000, '30 secs'],
  [1, '1 sec'],
  [0, '0 secs'],
  [90_000, '1 minute and 30 secs'],
  [3_600_000, '1 hour'],
  [90_061_000, '1 day, 1 hour, 1 minute, and 1 sec'],
  [1_209_600_000, '2 weeks'],
])('spells %d ms as %s', (lengthMs, text) => {
  expect(durationText(lengthMs)).toBe(text);
});
