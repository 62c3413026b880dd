/** What a host says about itself: readable without running anything, and with figures once it runs. */
import type { CommandType } from '@tidemark/contracts';
import type { Needs, Reactions } from '@tidemark/plugin-sdk';

export interface HostDescription {
  /** In the order their rules are asked. */
  readonly plugins: readonly PluginDescription[];
}

export interface PluginDescription {
  readonly name: string;
  readonly version: string;
  readonly needs: Needs;
  /** `none`: it has no `observe`. `ended`: it completed or rests after a fault. */
  readonly observe: 'none' | 'ready' | 'running' | 'ended';
  readonly handles: readonly CommandType[];
  readonly rules: readonly ('ignore' | 'resolve')[];
  /** Milliseconds until it was ready: settings read, subscribed, observing. null before the start. */
  readonly startMs: number | null;
  readonly commands: readonly CommandFigures[];
  readonly reactions: readonly (Figures & { readonly type: keyof Reactions<never> })[];
  /** What it sent to hosts that it declared; failed: without an answer. */
  readonly requests: Figures;
  readonly faults: number;
  /** The last one in words. */
  readonly lastFault: string | null;
  /** Why the last command that failed did, in words. */
  readonly lastFailure: string | null;
}

export interface Figures {
  readonly succeeded: number;
  readonly failed: number;
  /** Milliseconds, all together. */
  readonly totalMs: number;
}

/** Milliseconds are those in the handler. */
export interface CommandFigures extends Figures {
  readonly type: CommandType;
}
