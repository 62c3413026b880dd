import type { OptionTable } from '../option.ts';

/** Accepted and not advertised. */
export const developerOptions = {
  display_memory: {
    type: 'boolean',
    default: false,
    audience: 'developer',
    summary: 'While monitoring, print the memory in use after each look at the drive',
  },
  monitor_max_loop: {
    type: 'integer',
    default: 0,
    unit: 'count',
    audience: 'developer',
    summary: 'Stop monitoring after this many looks at the drive; 0 means never',
  },
  display_sync_options: {
    type: 'boolean',
    default: false,
    audience: 'developer',
    summary: 'Print what each pass goes by',
  },
  force_children_scan: {
    type: 'boolean',
    default: false,
    audience: 'developer',
    summary: 'List folders one by one instead of using delta',
  },
  display_processing_time: {
    type: 'boolean',
    default: false,
    audience: 'developer',
    summary: 'Print how long each step takes, waiting for its turn included',
  },
  force_xfer_abort: {
    type: 'boolean',
    default: false,
    audience: 'developer',
    summary: 'On a signal, abort transfers instead of finishing them',
    always: 'a signal breaks off transfers, and the next run goes on where they were',
  },
} as const satisfies OptionTable;
