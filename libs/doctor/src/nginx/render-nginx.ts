/** nginx's configuration for the webhook: as in the peer's document, or stricter. */

export type ListenerAddress =
  { readonly host: string; readonly port: number } | { readonly socketPath: string };

export interface NginxWanted {
  readonly publicUrl: URL;
  readonly listener: ListenerAddress;
  /** Before there is a certificate, the document has nginx on port 80, and certbot does the rest. */
  readonly certificate: 'present' | 'missing';
  /** Addresses that may send notifications; null: everybody. */
  readonly allow: readonly string[] | null;
}

/** The configuration of the document's steps 2 and 6. */
export function renderPlain(wanted: NginxWanted): string {
  const { hostname } = wanted.publicUrl;
  const location = [
    `\tlocation ${pathOf(wanted)} {`,
    '\t\t# Proxy Options',
    '\t\tproxy_http_version 1.1;',
    `\t\tproxy_pass ${upstreamOf(wanted)};`,
    ...accessLines(wanted, '\t\t'),
    '\t}',
  ];
  if (wanted.certificate === 'missing')
    return lines('server {', '\tlisten 80;', `\tserver_name ${hostname};`, ...location, '}');
  return lines(
    'server {',
    `\tserver_name ${hostname};`,
    ...location,
    '',
    `    listen ${portOf(wanted)} ssl; # managed by Certbot`,
    `    ssl_certificate /etc/letsencrypt/live/${hostname}/fullchain.pem; # managed by Certbot`,
    `    ssl_certificate_key /etc/letsencrypt/live/${hostname}/privkey.pem; # managed by Certbot`,
    '    include /etc/letsencrypt/options-ssl-nginx.conf; # managed by Certbot',
    '    ssl_dhparam /etc/letsencrypt/ssl-dhparams.pem; # managed by Certbot',
    '',
    '    # Ensure only TLS 1.2 and TLS 1.3 are used',
    '    ssl_protocols TLSv1.2 TLSv1.3;',
    '}',
    'server {',
    `    if ($host = ${hostname}) {`,
    '        return 301 https://$host$request_uri;',
    '    } # managed by Certbot',
    '',
    '',
    '\tlisten 80;',
    `\tserver_name ${hostname};`,
    '    return 404; # managed by Certbot',
    '}',
  );
}

/**
 * The stricter form: a client that does not know the exact path learns nothing, and no limit of the listener behind is ever met.
 * A request is read as a whole before it is passed on, so slow ones end here.
 */
export function renderHardened(wanted: NginxWanted): string {
  const { hostname } = wanted.publicUrl;
  const port = portOf(wanted);
  return lines(
    '# The query is not logged: it holds tokens.',
    'log_format tidemark_webhook \'$remote_addr [$time_local] "$request_method $uri" $status $body_bytes_sent\';',
    'limit_req_zone $binary_remote_addr zone=tidemark_requests:1m rate=20r/s;',
    'limit_conn_zone $binary_remote_addr zone=tidemark_connections:1m;',
    'limit_conn_zone $server_name zone=tidemark_all_connections:1m;',
    '',
    '# Whoever comes without the name gets no answer. It is the default on the address, so its ssl_protocols rule there.',
    'server {',
    `\tlisten ${port} ssl default_server;`,
    '\tserver_name _;',
    `\tssl_certificate /etc/letsencrypt/live/${hostname}/fullchain.pem;`,
    `\tssl_certificate_key /etc/letsencrypt/live/${hostname}/privkey.pem;`,
    '\tssl_protocols TLSv1.2 TLSv1.3;',
    '\taccess_log off;',
    '\treturn 444;',
    '}',
    '',
    'server {',
    `\tlisten ${port} ssl;`,
    `\tserver_name ${hostname};`,
    `\tssl_certificate /etc/letsencrypt/live/${hostname}/fullchain.pem;`,
    `\tssl_certificate_key /etc/letsencrypt/live/${hostname}/privkey.pem;`,
    '\tssl_protocols TLSv1.2 TLSv1.3;',
    '\tssl_session_tickets off;',
    '\tserver_tokens off;',
    '\taccess_log /var/log/nginx/tidemark_webhook.log tidemark_webhook;',
    '',
    '\tclient_max_body_size 256k;',
    '\tclient_header_buffer_size 4k;',
    '\tlarge_client_header_buffers 2 8k;',
    '\tclient_header_timeout 5s;',
    '\tclient_body_timeout 5s;',
    '\tsend_timeout 5s;',
    '\tkeepalive_timeout 5s;',
    '\tlimit_conn tidemark_connections 20;',
    '\tlimit_conn tidemark_all_connections 100;',
    '',
    '\tlocation / {',
    '\t\treturn 444;',
    '\t}',
    `\tlocation = ${pathOf(wanted)} {`,
    '\t\tif ($request_method != POST) {',
    '\t\t\treturn 405;',
    '\t\t}',
    ...accessLines(wanted, '\t\t'),
    '\t\tlimit_req zone=tidemark_requests burst=40 nodelay;',
    '\t\tproxy_http_version 1.1;',
    '\t\tproxy_request_buffering on;',
    '\t\tproxy_set_header Connection "";',
    '\t\tproxy_set_header Host $host;',
    '\t\tproxy_set_header X-Forwarded-For $remote_addr;',
    '\t\tproxy_set_header X-Forwarded-Proto $scheme;',
    '\t\tproxy_set_header Forwarded "";',
    '\t\tproxy_connect_timeout 2s;',
    '\t\tproxy_read_timeout 5s;',
    `\t\tproxy_pass ${upstreamOf(wanted)};`,
    '\t}',
    '}',
    'server {',
    '\tlisten 80;',
    `\tserver_name ${hostname};`,
    '\taccess_log off;',
    '\t# For certbot, which proves here that the name is yours.',
    '\tlocation /.well-known/acme-challenge/ {',
    '\t\troot /var/www/html;',
    '\t}',
    '\tlocation / {',
    '\t\treturn 444;',
    '\t}',
    '}',
  );
}

/** A path that cannot be guessed has a segment of at least 128 bits: 32 hexadecimal digits, or 22 of base64url. */
export function isUnguessable(path: string): boolean {
  return path
    .split('/')
    .some(
      (segment) =>
        /^[0-9a-f]{32,}$/i.test(segment) ||
        (/^[\w-]{22,}$/.test(segment) &&
          /\d/.test(segment) &&
          /[a-z]/.test(segment) &&
          /[A-Z]/.test(segment)),
    );
}

const lines = (...all: readonly string[]): string => `${all.join('\n')}\n`;
const pathOf = ({ publicUrl }: NginxWanted): string => publicUrl.pathname;
const portOf = ({ publicUrl }: NginxWanted): string => (publicUrl.port === '' ? '443' : publicUrl.port);

function upstreamOf({ listener }: NginxWanted): string {
  if ('socketPath' in listener) return `http://unix:${listener.socketPath}:`;
  const host = listener.host === '' || listener.host === '0.0.0.0' ? '127.0.0.1' : listener.host;
  return `http://${host}:${listener.port}`;
}

function accessLines({ allow }: NginxWanted, indent: string): readonly string[] {
  if (allow === null) return [];
  return [...allow.map((address) => `${indent}allow ${address};`), `${indent}deny all;`];
}
