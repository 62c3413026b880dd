/** The shared folders beside one run of a monitor over the sync folder around them. */
import type { State } from '@tidemark/engine';
import { createConfirmation } from '../confirmation.ts';
import type { ArrangedPlugins, ConfiguredPlugin } from '../plugins/arrange-plugins.ts';
import { canGuard, createBorder, own } from './border.ts';
import { readKnownPlaces } from './known-folders.ts';
import { createSharedMonitor, type SharedMonitor, type SharedMonitorOptions } from './shared-monitor.ts';

export interface BesideRun {
  readonly shared: SharedMonitor;
  /** Of the run of a shared folder, by its key; null before it. */
  readonly stateOf: (key: string) => State | null;
  /** Go before what deletes on the drive in that run. */
  readonly guards: readonly ConfiguredPlugin[];
}

export interface BesideRunOptions extends Omit<
  SharedMonitorOptions,
  'border' | 'beginAnew' | 'confirmation'
> {
  /** Plugins of that run in other processes. */
  readonly elsewhere: ArrangedPlugins['elsewhere'];
  /** Ends that run, so that another one begins. */
  readonly beginAnew: () => void;
}

/** Throws Failure. */
export function openBesideRun({ elsewhere, beginAnew, ...options }: BesideRunOptions): BesideRun {
  const { profile, clock, opened } = options;
  const border = createBorder({ profile, clock, monitoring: true });
  border.enter(own, opened.state);
  const isGuarded = canGuard(elsewhere) && readKnownPlaces(profile).length > 0;
  const shared = createSharedMonitor({
    ...{ ...options, border, confirmation: createConfirmation('nothing') },
    beginAnew: canGuard(elsewhere) && !isGuarded ? beginAnew : null,
  });
  return { shared, stateOf: border.stateOf, guards: isGuarded ? [border.guard(own)] : [] };
}
