import type { OptionTable } from '../option.ts';

/** Connections. */
export const networkOptions = {
  connect_timeout: {
    type: 'integer',
    default: 10,
    unit: 'seconds',
    summary: 'Time allowed to establish a connection',
  },
  data_timeout: {
    type: 'integer',
    default: 60,
    unit: 'seconds',
    summary: 'Time without any data after which a transfer is given up',
  },
  dns_timeout: {
    type: 'integer',
    default: 60,
    unit: 'seconds',
    summary: 'Time for which the addresses of a host are kept; 0 asks for each connection',
  },
  operation_timeout: {
    type: 'integer',
    default: 0,
    unit: 'seconds',
    summary: 'Time allowed for a whole request; 0 means no limit',
  },
  ip_protocol_version: {
    type: 'integer',
    default: 0,
    unit: 'choice',
    minimum: 0,
    maximum: 2,
    summary: '0 for IPv4 and IPv6, 1 for IPv4 only, 2 for IPv6 only',
  },
  max_curl_idle: {
    type: 'integer',
    default: 120,
    unit: 'seconds',
    summary: 'Time for which an idle connection is kept open',
  },
  force_http_11: {
    type: 'boolean',
    default: false,
    cli: 'force-http-11',
    summary: 'Use HTTP/1.1 only',
    always: 'no other version is spoken',
  },
  debug_https: {
    type: 'boolean',
    default: false,
    cli: 'debug-https',
    summary: 'Print the requests and the heads of their answers on standard error, without what is secret',
  },
  disable_version_check: {
    type: 'boolean',
    default: false,
    summary:
      'Do not check whether a newer version of Tidemark has used the profile (no server is asked in any case)',
  },
} as const satisfies OptionTable;
