import type {
  CommandOf,
  DeltaPage,
  DriveItemId,
  HandleContext,
  NoConfig,
  RemoteTombstone,
  ReportedObservation,
} from '@tidemark/plugin-sdk';
import { Failure } from '@tidemark/plugin-sdk';
import { describe, expect, it } from 'vitest';
import { delta } from './delta.ts';

type Context = HandleContext<{ readonly drive: 'read' }, NoConfig>;

const command = { type: 'ReadRemote', id: '7/0', cursor: 'link-0' } as unknown as CommandOf<'ReadRemote'>;
const gone = (id: string): RemoteTombstone => ({ id: id as DriveItemId, deleted: true });

/** Three pages; `asked` tells which links were asked for. */
function createPages(refuse: (link: string) => Failure | null = () => null) {
  const pages: Readonly<Record<string, DeltaPage>> = {
    'link-0': { rows: [gone('a')], nextLink: 'link-1', deltaLink: null },
    'link-1': { rows: [gone('b')], nextLink: 'link-2', deltaLink: null },
    'link-2': { rows: [], nextLink: null, deltaLink: 'link-3' },
  };
  const asked: string[] = [];
  return {
    asked,
    async delta(link: string | null): Promise<DeltaPage> {
      asked.push(String(link));
      const failure = refuse(String(link));
      const page = pages[String(link)];
      if (failure !== null) throw failure;
      if (page === undefined) throw new Error(`no such link: ${link}`);
      return page;
    },
  };
}

function contextOf(
  drive: { delta(link: string | null): Promise<DeltaPage> },
  report: Context['report'],
  signal = new AbortController().signal,
): Context {
  return { drive, report, signal } as unknown as Context;
}

async function read(drive: ReturnType<typeof createPages>) {
  const reports: ReportedObservation[] = [];
  const outcome = await delta.handle?.ReadRemote?.(
    command,
    contextOf(drive, async (observation) => {
      reports.push(observation);
    }),
  );
  return { outcome, reports };
}

describe('delta', () => {
  it('reports each page in order, and ends with their number and the delta link', async () => {
    const { outcome, reports } = await read(createPages());
    expect(reports).toEqual([
      { type: 'RemotePage', command: '7/0', page: 0, rows: [gone('a')] },
      { type: 'RemotePage', command: '7/0', page: 1, rows: [gone('b')] },
      { type: 'RemotePage', command: '7/0', page: 2, rows: [] },
    ]);
    expect(outcome).toEqual({ look: { parts: 3, cursor: 'link-3' } });
  });

  it('fetches one page ahead while the engine takes one in, and no more', async () => {
    const drive = createPages();
    const gates: (() => void)[] = [];
    const context = contextOf(drive, () => new Promise((resolve) => gates.push(resolve)));
    const reading = delta.handle?.ReadRemote?.(command, context);
    await expect.poll(() => gates.length).toBe(1);
    expect(drive.asked).toEqual(['link-0', 'link-1']);
    gates[0]?.();
    await expect.poll(() => gates.length).toBe(2);
    expect(drive.asked).toEqual(['link-0', 'link-1', 'link-2']);
    gates[1]?.();
    await expect.poll(() => gates.length).toBe(3);
    gates[2]?.();
    await expect(reading).resolves.toEqual({ look: { parts: 3, cursor: 'link-3' } });
  });

  it('reads the items it is asked about, gone ones included', async () => {
    const ids = ['a', 'b'] as DriveItemId[];
    const drive = { items: async (asked: readonly DriveItemId[]) => asked.map(gone) };
    const outcome = await delta.handle?.ReadRemoteItems?.(
      { type: 'ReadRemoteItems', id: '7/0', ids } as unknown as CommandOf<'ReadRemoteItems'>,
      { drive, signal: new AbortController().signal } as unknown as Context,
    );
    expect(outcome).toEqual({ look: { rows: [gone('a'), gone('b')] } });
  });

  it('lets a failure end the command, a refused cursor as well, after the pages it got', async () => {
    const drive = createPages((link) =>
      link === 'link-2' ? new Failure({ code: 'offline', detail: 'x' }) : null,
    );
    const reports: ReportedObservation[] = [];
    const reading = delta.handle?.ReadRemote?.(
      command,
      contextOf(drive, async (observation) => {
        reports.push(observation);
      }),
    );
    await expect(reading).rejects.toMatchObject({ code: 'offline' });
    expect(reports.map(({ type }) => type)).toEqual(['RemotePage', 'RemotePage']);
  });

  it('stops on abort, without a last page', async () => {
    const stopping = new AbortController();
    const reports: ReportedObservation[] = [];
    const reading = delta.handle?.ReadRemote?.(
      command,
      contextOf(
        createPages(),
        async (observation) => {
          reports.push(observation);
          stopping.abort();
        },
        stopping.signal,
      ),
    );
    await expect(reading).rejects.toThrow('The run is stopping');
    expect(reports).toHaveLength(1);
  });

  it('reports a page with very many rows in parts that one message carries', async () => {
    const rows = Array.from({ length: 1200 }, (_, number) => gone(`${number}`));
    const reports: ReportedObservation[] = [];
    const outcome = await delta.handle?.ReadRemote?.(
      command,
      contextOf({ delta: async () => ({ rows, nextLink: null, deltaLink: 'd' }) }, async (observation) => {
        reports.push(observation);
      }),
    );
    expect(outcome).toEqual({ look: { parts: 3, cursor: 'd' } });
    expect(reports.map((report) => 'page' in report && [report.page, report.rows.length])).toEqual([
      [0, 500],
      [1, 500],
      [2, 200],
    ]);
  });
});
