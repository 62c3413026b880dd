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
  it('reports each page in order, and the cursor with the last one only', async () => {
    const { outcome, reports } = await read(createPages());
    expect(reports).toEqual([
      { type: 'RemotePage', command: '7/0', page: 0, rows: [gone('a')], cursor: null },
      { type: 'RemotePage', command: '7/0', page: 1, rows: [gone('b')], cursor: null },
      { type: 'RemotePage', command: '7/0', page: 2, rows: [], cursor: 'link-3' },
    ]);
    expect(outcome).toEqual({});
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
    await expect(reading).resolves.toEqual({});
  });

  it.each(['link-0', 'link-1'])('reports a refused cursor as a reset and succeeds (%s)', async (refused) => {
    const detail = 'Cannot read changes: the link is void';
    const drive = createPages((link) =>
      link === refused ? new Failure({ code: 'resyncRequired', detail }) : null,
    );
    const { outcome, reports } = await read(drive);
    expect(reports.at(-1)).toEqual({ type: 'RemoteReset', command: '7/0', detail });
    expect(outcome).toEqual({});
  });

  it('lets every other failure end the command, after the pages it got', async () => {
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
});
