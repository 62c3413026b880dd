import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Machine } from './two-machines.ts';

/** A running nginx, as Debian configures it, with the files that a test has put into its `/etc`. */
export type Nginx = {
  /** Ends it as if the power had failed: master and workers at once. */
  readonly stop: () => Promise<void>;
};

/** Where the document tells to save the configuration. */
export const siteFile = 'nginx/conf.d/onedrive_webhook.conf';

/** Resolves when nginx listens. @throws Error with what nginx said when it does not start. */
export async function startNginx({ namespace }: Machine): Promise<Nginx> {
  // First process of a process namespace of its own: with it, its workers end.
  const child = namespace.start('unshare', [
    ...['--pid', '--fork', '--kill-child'],
    ...['nginx', '-g', 'daemon off; error_log stderr notice;'],
  ]);
  await isUp(child);
  return {
    async stop() {
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
    },
  };
}

function isUp(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let text = '';
    child.stderr?.setEncoding('utf8').on('data', (piece: string) => {
      text += piece;
      if (text.includes('start worker process')) resolve();
    });
    child.once('exit', () => reject(new Error(`nginx did not start: ${text}`)));
  });
}

/** Starts it, and stops it when the test ends. */
export async function withNginx(machine: Machine): Promise<void> {
  const nginx = await startNginx(machine);
  onTestFinished(nginx.stop);
}

export async function writeEtc(machine: Machine, path: string, text: string, mode = 0o644): Promise<void> {
  const file = join(machine.etc, path);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, text, { mode });
}

export const accessLog = (machine: Machine): Promise<string> =>
  readFile(join(machine.log, 'nginx/access.log'), 'utf8');

/** Step 2 of the document. */
export const plainSite = (host: string): string => `server {
	listen 80;
	server_name ${host};
	location /webhooks/onedrive {
		# Proxy Options
		proxy_http_version 1.1;
		proxy_pass http://127.0.0.1:8888;
	}
}
`;

/** Step 6 of the document, with what certbot has put there. */
export const tlsSite = (host: string): string => `server {
	server_name ${host};
	location /webhooks/onedrive {
		# Proxy Options
		proxy_http_version 1.1;
		proxy_pass http://127.0.0.1:8888;
	}

    listen 443 ssl; # managed by Certbot
    ssl_certificate /etc/letsencrypt/live/${host}/fullchain.pem; # managed by Certbot
    ssl_certificate_key /etc/letsencrypt/live/${host}/privkey.pem; # managed by Certbot
    include /etc/letsencrypt/options-ssl-nginx.conf; # managed by Certbot
    ssl_dhparam /etc/letsencrypt/ssl-dhparams.pem; # managed by Certbot
	
    # Ensure only TLS 1.2 and TLS 1.3 are used
    ssl_protocols TLSv1.2 TLSv1.3;
}
server {
    if ($host = ${host}) {
        return 301 https://$host$request_uri;
    } # managed by Certbot


	listen 80;
	server_name ${host};
    return 404; # managed by Certbot
}
`;

/** What certbot leaves in `options-ssl-nginx.conf`. */
export const certbotOptions = `ssl_session_cache shared:le_nginx_SSL:10m;
ssl_session_timeout 1440m;
ssl_session_tickets off;
ssl_protocols TLSv1.2 TLSv1.3;
ssl_prefer_server_ciphers off;
ssl_ciphers "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305";
`;

export type CertificateFiles = { readonly certificate: string; readonly privateKey: string };

/** Puts a certificate where certbot would. */
export async function installCertificate(
  machine: Machine,
  host: string,
  { certificate, privateKey }: CertificateFiles,
): Promise<void> {
  await writeEtc(machine, `letsencrypt/live/${host}/fullchain.pem`, certificate);
  await writeEtc(machine, `letsencrypt/live/${host}/privkey.pem`, privateKey, 0o600);
  await writeEtc(machine, 'letsencrypt/options-ssl-nginx.conf', certbotOptions);
  await writeEtc(machine, 'letsencrypt/ssl-dhparams.pem', dhParameters);
}

/** The group ffdhe2048 of RFC 7919, which certbot ships too. */
const dhParameters = `-----BEGIN DH PARAMETERS-----
MIIBCAKCAQEA//////////+t+FRYortKmq/cViAnPTzx2LnFg84tNpWp4TZBFGQz
+8yTnc4kmz75fS/jY2MMddj2gbICrsRhetPfHtXV/WVhJDP1H18GbtCFY2VVPe0a
87VXE15/V8k1mE8McODmi3fipona8+/och3xWKE2rec1MKzKT0g6eXq8CrGCsyT7
YdEIqUuyyOP7uWrat2DX9GgdT0Kj3jlN9K5W7edjcrsZCwenyO4KbXCeAvzhzffi
7MA0BM0oNC9hkXL+nOmFg/+OTxIy7vKBg8P+OxtMb61zO7X8vC7CIAXFjvGDfRaG
ssbzSibBsu/6iGtCOGEoXJf//////////wIBAg==
-----END DH PARAMETERS-----
`;
