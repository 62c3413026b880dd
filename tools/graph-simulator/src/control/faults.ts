import type { Random } from '../model/random.ts';
import type { RequestKind } from './counters.ts';

/** What goes wrong. `performThen…` do the work first: the client cannot tell whether it happened. */
export type FaultEffect =
  | {
      readonly type: 'status';
      readonly status: number;
      readonly headers?: Record<string, string>;
      readonly code?: string;
      readonly message?: string;
      readonly body?: string;
    }
  | { readonly type: 'performThenStatus'; readonly status: number; readonly headers?: Record<string, string> }
  | { readonly type: 'performThenDrop' }
  | { readonly type: 'drop' }
  /** The body stops after `afterBytes` and the connection is cut. */
  | { readonly type: 'dropMidBody'; readonly afterBytes: number }
  /** A complete answer, but with only the first `bytes` of the body and a matching Content-Length. */
  | { readonly type: 'truncatedBody'; readonly bytes: number }
  /** The body, and more bytes behind it for as long as the client reads. No Content-Length. */
  | { readonly type: 'endlessBody' }
  /** A JSON answer that is not JSON, or content with its first byte changed. */
  | { readonly type: 'malformedBody' }
  /** The body trickles. */
  | { readonly type: 'slowBody'; readonly bytesPerSecond: number }
  | { readonly type: 'htmlBody'; readonly status: number }
  | { readonly type: 'latency'; readonly delayMs: number }
  /** Never answers; the connection stays open until the client or the simulator closes it. */
  | { readonly type: 'hang' }
  /** 410 as the delta feed says it; `code` defaults to `resyncRequired`. */
  | {
      readonly type: 'resync';
      readonly code?: string;
      readonly innerCode?: string;
      readonly location?: 'usable' | 'broken' | 'none';
    };

export type FaultSpec = {
  /** Regular expression over `METHOD /path?query`, undecoded. */
  readonly route?: string;
  readonly kind?: RequestKind;
  /** How often it strikes before it is spent; without it, for ever. */
  readonly times?: number;
  /** Matching requests that are let through first. */
  readonly skip?: number;
  /** 0 to 1; 1 when absent. */
  readonly probability?: number;
  readonly effect: FaultEffect;
};

export type Fault = FaultSpec & { readonly id: number; readonly struck: number };

export type FaultBook = {
  readonly add: (spec: FaultSpec) => number;
  /** The first fault that strikes this request. */
  readonly take: (method: string, target: string, kind: RequestKind) => Fault | undefined;
  readonly list: () => readonly Fault[];
  readonly remove: (id: number) => void;
  readonly clear: () => void;
};

type Armed = {
  readonly spec: FaultSpec;
  readonly id: number;
  readonly route: RegExp | undefined;
  skip: number;
  struck: number;
};

/** @throws SyntaxError from `add` when `route` is no regular expression. */
export function createFaultBook(random: Random): FaultBook {
  let armed: Armed[] = [];
  let issued = 0;
  const view = (fault: Armed): Fault => ({ ...fault.spec, id: fault.id, struck: fault.struck });
  return {
    add: (spec) => {
      const route = spec.route === undefined ? undefined : new RegExp(spec.route);
      armed.push({ spec, id: (issued += 1), route, skip: spec.skip ?? 0, struck: 0 });
      return issued;
    },
    take: (method, target, kind) => {
      if (armed.length === 0) return undefined;
      for (const fault of armed) {
        if (fault.spec.kind !== undefined && fault.spec.kind !== kind) continue;
        if (fault.route !== undefined && !fault.route.test(`${method} ${target}`)) continue;
        if (fault.struck >= (fault.spec.times ?? Number.POSITIVE_INFINITY)) continue;
        if (fault.skip > 0) {
          fault.skip -= 1;
          continue;
        }
        if (random.fraction() >= (fault.spec.probability ?? 1)) continue;
        fault.struck += 1;
        return view(fault);
      }
      return undefined;
    },
    list: () => armed.map(view),
    remove: (id) => {
      armed = armed.filter((fault) => fault.id !== id);
    },
    clear: () => {
      armed = [];
    },
  };
}
