/** The printer: folds what comes in over the view, and writes the lines. The only code that prints. */
import type {
  CommandId,
  ItemVerdict,
  Output,
  RecordedEvent,
  ToldNotice,
  TransferProgress,
} from '@tidemark/plugin-sdk';
import type { ReporterConfig } from './config.ts';
import { escapeJson, escapeText } from './escape.ts';
import { jsonLine, noticeLine } from './json.ts';
import type { Line } from './line.ts';
import { renderNotice } from './notices.ts';
import { placed, placedVerdict } from './placed.ts';
import { createFlow, followFlow, renderStatus, renderStep } from './progress.ts';
import { render } from './render.ts';
import { isRetained, renderRetained } from './retained.ts';
import { renderRest } from './run.ts';
import { followSkipped, isSkipped, renderSkipped } from './skipped.ts';
import { renderVerdicts } from './verdict.ts';
import { createView, follow, followNotice, followRest, isAtRest } from './view.ts';

export interface Printer {
  events(batch: readonly RecordedEvent[]): void;
  progress(figure: TransferProgress): void;
  verdicts(batch: readonly ItemVerdict[]): void;
  notice(told: ToldNotice): void;
  /** Leaves the terminal tidy. */
  close(): void;
}

const earlyMax = 100;

export function createPrinter(config: ReporterConfig, output: Output): Printer {
  const view = createView(config);
  const hasStatus = output.isTerminal && config.rewrites && !config.json;
  const transfers = new Map<CommandId, TransferProgress>();
  let flow = createFlow();
  /** What plugins told before the run was announced. */
  const early: ToldNotice[] = [];

  return {
    events(batch) {
      for (const appended of batch) {
        const recorded = placed(appended, config.below);
        // The bus may deliver a batch again. The numbers of events go on from `NothingNew`.
        if (recorded.seq <= view.lastSeq && recorded.event.type !== 'NothingNew') continue;
        if (config.json) output.line(jsonLine(view, recorded));
        else print(render(view, recorded));
        followFlow(flow, view.underWay, recorded);
        forgetTransfer(recorded);
        follow(view, recorded);
        if (recorded.event.type === 'Started') for (const told of early.splice(0)) showNotice(told);
      }
      if (isAtRest(view)) rest();
      showStatus();
    },
    progress(figure) {
      if (config.json || !view.underWay.has(figure.command)) return;
      if (!hasStatus) {
        const step = renderStep(transfers.get(figure.command), figure);
        if (step !== null) output.line(escapeText(step));
      }
      transfers.set(figure.command, figure);
      showStatus();
    },
    verdicts(told) {
      const batch = told.map((verdict) => placedVerdict(verdict, config.below));
      const ignored = new Set(batch.flatMap(({ path, standing }) => (standing === 'ignored' ? [path] : [])));
      for (const [item, { command }] of view.failed) if (ignored.has(command.path)) view.failed.delete(item);
      if (!config.json) return showVerdicts(batch);
      for (const verdict of batch) {
        output.line(escapeJson(JSON.stringify({ type: 'Verdict', ...shown(verdict) })));
      }
    },
    notice(told) {
      if (view.started !== null) showNotice(told);
      else if (early.length < earlyMax) early.push(told);
    },
    close() {
      output.status(null);
    },
  };

  function showVerdicts(batch: readonly ItemVerdict[]): void {
    const told = followSkipped(view.skipped, batch);
    if (config.verbosity > 0) {
      view.skipped.untold.clear();
      const skipped = (config.verbosity > 1 ? batch : told).filter((verdict) => !isRetained(verdict));
      return print([...renderVerdicts(skipped), ...renderRetained(view.retained, batch)]);
    }
    print(renderVerdicts(told.filter((verdict) => !isSkipped(verdict))));
    // A run that ends by itself tells the rest at its end.
    if (config.mode === 'monitor') print(renderSkipped(view.skipped));
  }

  function showNotice(told: ToldNotice): void {
    if (config.json) output.line(noticeLine(told));
    else print(renderNotice(view, told));
    followNotice(view, told);
  }

  function rest(): void {
    if (!config.json) print(renderRest(view));
    if (config.mode === 'monitor') followRest(view);
    flow = createFlow();
  }

  function print(lines: readonly Line[]): void {
    for (const { level, text } of lines) {
      if (level <= config.verbosity) output.line(escapeText(text));
    }
  }

  function forgetTransfer({ event }: RecordedEvent): void {
    if (event.type !== 'CommandSucceeded' && event.type !== 'CommandFailed') return;
    transfers.delete(event.command);
  }

  function showStatus(): void {
    if (!hasStatus) return;
    output.status(renderStatus(view.underWay, transfers, flow, { ...config, columns: output.columns }));
  }
}

function shown({ path, standing, detail, code }: ItemVerdict): ItemVerdict {
  return {
    path,
    standing,
    detail,
    ...(code !== undefined && { code }),
  };
}
