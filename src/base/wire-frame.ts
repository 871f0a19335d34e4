import type { Anomalies } from './line-end-watch.ts';

/** What a session asks of the bytes that a peer sends. */
export type Want =
  | { readonly kind: 'line'; readonly limitBytes: number; readonly overlong?: 'at-once' }
  | { readonly kind: 'octets'; readonly count: number }
  | { readonly kind: 'data' };

/**
 * `line`: without its CR LF, at most `limitBytes` long. `anomaly`: a bare CR, bare LF or NUL was met in a
 * line: `bytes` ends with it, and the rest of that line, up to its true CR LF, is thrown away, so that
 * nothing behind it is ever taken for a line of its own. `overlong`: the line was read to its end and
 * thrown away; `head` is its beginning; who asks for that `at-once` is told before its end, and must ask for nothing more. `octets`: a piece of `count` bytes; unless it is `last`, ask for
 * what remains (`count` less the bytes that came). `data`: a piece of a DATA body with the dots undone,
 * ended only by CR LF . CR LF; bytes are passed on as they came, and with `last` comes which anomalies
 * occurred.
 */
export type WireFrame =
  | { readonly kind: 'line'; readonly bytes: Uint8Array }
  | { readonly kind: 'anomaly'; readonly what: 'bare-cr' | 'bare-lf' | 'nul'; readonly bytes: Uint8Array }
  | { readonly kind: 'overlong'; readonly head: Uint8Array; readonly lengthBytes: number }
  | { readonly kind: 'octets'; readonly bytes: Uint8Array; readonly last: boolean }
  | {
      readonly kind: 'data';
      readonly bytes: Uint8Array;
      readonly last: boolean;
      readonly anomalies: Anomalies;
    };
