/** Whether the reverse proxy is up and passes requests on to us: its files, and what it answers. */
import { judgementOf, type Finding } from '../finding.ts';
import { blockFor, leadsTo, routeOf, serverBlocks, type Route } from '../nginx/server-blocks.ts';
import type { Posted, Reach, WebhookFacts } from './facts.ts';
import { listenerText } from './judge-configuration.ts';
import { seconds, slowAfterMs, tooLateAfterMs } from './limits.ts';

const { ok, warning, failed, couldNotTry } = judgementOf('proxy');
const renderCommand = 'tidemark doctor webhook --nginx';
const reload = 'sudo nginx -t && sudo systemctl reload nginx';

export function judgeProxy(facts: WebhookFacts): readonly Finding[] {
  const { url, reach, called, nginx } = facts;
  if (url === null) return [couldNotTry('There is no address to pass on from')];
  if (facts.setting.relay !== null && reach !== null) return [beforeRelay(url, reach.public)];
  // What runs may be older than the file, or the file beyond what we can read: an answer that is right counts for more.
  const isAnswered = called?.type === 'answered' && called.status === 200;
  if (nginx.state === 'unreadable' && nginx.cause === 'syntax' && !isAnswered)
    return [failed(`nginx cannot read its configuration: ${nginx.why}`, 'Correct it, then: sudo nginx -t')];
  const gaps = gapsIn(nginx);
  if (reach === null)
    return [...gaps, couldNotTry(`${url.hostname} has no address to connect to`), ...aboutFiles(facts)];
  if (reach.public !== 'open' && reach.local !== 'open') return [...gaps, nobodyThere(facts, url)];
  const detour = reach.public === 'open' ? [] : [notFromInside(facts, url, reach.public)];
  if (called === null) return [...gaps, ...detour, couldNotTry('Nobody listens behind it')];
  return [...gaps, ...detour, ...aboutAnswer(facts, url, called)];
}

/** Its files are on the host of the relay, and the relay answers only while a daemon subscribes. */
function beforeRelay(url: URL, reach: Reach): Finding {
  const port = portOf(url);
  return reach === 'open'
    ? ok(`${url.hostname} answers on port ${port}`)
    : failed(
        `${url.hostname} does not answer on port ${port} (${reach === 'silent' ? 'no answer' : 'refused'})`,
        `On the host of the relay: start nginx, and have the firewall let port ${port} through`,
      );
}

function nobodyThere({ nginx, service }: WebhookFacts, url: URL): Finding {
  const port = portOf(url);
  if (service.type === 'validated')
    return couldNotTry(
      `Neither ${url.hostname} nor this machine answers us on port ${port}, but the service gets through`,
    );
  return failed(
    `Nobody listens on port ${port} of this machine`,
    nginx.state === 'absent'
      ? `Install nginx; ${renderCommand} prints its configuration`
      : 'Start nginx: sudo systemctl enable --now nginx; if it does not start: sudo nginx -t',
  );
}

/** Many routers do not lead those inside to their own public address, so this alone is no fault. */
function notFromInside({ service }: WebhookFacts, url: URL, reach: Reach): Finding {
  const port = portOf(url);
  const seen = `Port ${port} answers on this machine, but not at ${url.hostname} (${reach === 'silent' ? 'no answer' : 'refused'})`;
  const remedy = `Have firewall and router forward ports 80 and ${port} to this machine: sudo firewall-cmd --permanent --add-service=http --add-service=https && sudo firewall-cmd --reload`;
  if (service.type === 'validated')
    return ok(`${seen}: the router does not lead those inside to it, but the service gets through`);
  if (service.type === 'refused') return failed(seen, remedy);
  return warning(`${seen}: either it is not forwarded, or those inside are not led to it`, remedy);
}

function aboutAnswer(facts: WebhookFacts, url: URL, called: Posted): readonly Finding[] {
  if (called.type === 'failed')
    return [couldNotTry(`${url.hostname} ended the connection before it answered (${called.code})`)];
  const direct = facts.listener?.type === 'ours' ? `, ${facts.listener.tookMs} ms without it` : '';
  if (called.type === 'late' || called.tookMs > tooLateAfterMs) {
    const tookMs = called.type === 'late' ? called.afterMs : called.tookMs;
    return [
      failed(
        `The answer through the proxy takes more than ${seconds(Math.min(tookMs, tooLateAfterMs))}${direct}: the service gives up before`,
        'Look where proxy_pass leads and what else is on the way; nginx waits as long as proxy_read_timeout says',
      ),
    ];
  }
  switch (called.status) {
    case 200:
      return called.tookMs > slowAfterMs
        ? [
            warning(
              `The proxy passes on to us, but the answer takes ${seconds(called.tookMs)}${direct}: the service drops notifications to slow addresses`,
              'Look what else is on the way, and what keeps the machine busy',
            ),
          ]
        : [
            ok(
              `Passes on to ${listenerText(facts.setting.listener)}: our answer came back after ${called.tookMs} ms`,
            ),
          ];
    case 502:
      return [unreachable(facts, url)];
    case 403:
      return [forbidden(facts, url)];
    case 404:
    case 405:
      return [
        failed(
          `${url.hostname} answers ${called.status}: nothing there leads ${url.pathname} to us${placeOf(routeIn(facts, url))}`,
          `Put what ${renderCommand} prints into /etc/nginx/conf.d/onedrive_webhook.conf, then: ${reload}`,
        ),
      ];
    case 504:
      return [
        failed(
          'The proxy got no answer in time from where it passes on to (504)',
          `Check proxy_pass: we listen on ${listenerText(facts.setting.listener)}`,
        ),
      ];
    default:
      return [
        failed(
          called.location === ''
            ? `${url.hostname} answers ${called.status} in our place${placeOf(routeIn(facts, url))}`
            : `${url.hostname} redirects to ${called.location.slice(0, 200)}: the service does not follow`,
          `Compare the configuration of nginx with what ${renderCommand} prints`,
        ),
      ];
  }
}

function gapsIn(nginx: WebhookFacts['nginx']): readonly Finding[] {
  if (nginx.state === 'absent') return [];
  const [gap] = nginx.state === 'unreadable' ? [nginx.why] : nginx.gaps;
  return gap === undefined
    ? []
    : [
        couldNotTry(
          `Not every file of nginx could be read: ${gap}`,
          'Have nginx check it: sudo nginx -t; as root this reads all of them',
        ),
      ];
}

/** 502: nginx did not reach us, for one of three reasons that its answer does not tell apart. */
function unreachable(facts: WebhookFacts, url: URL): Finding {
  const { setting, denials } = facts;
  const route = routeIn(facts, url);
  const where = listenerText(setting.listener);
  const target = route?.target ?? null;
  if (target !== null && leadsTo(target, setting.listener) === false)
    return failed(
      `nginx passes on to ${target}${placeOf(route)}, but we listen on ${where}`,
      `Correct proxy_pass (${renderCommand} prints it), then: ${reload}`,
    );
  const isDenied = denials.logged?.startsWith('13:') === true;
  if (
    denials.selinux === 'enforcing' &&
    (denials.mayConnect === false || denials.audited !== null || isDenied)
  )
    return failed(
      `SELinux keeps nginx from connecting to ${where} (502)${denials.audited === null ? '' : ': the audit log says denied { name_connect }'}`,
      'sudo setsebool -P httpd_can_network_connect 1, then restart nginx',
    );
  if (isDenied && 'socketPath' in setting.listener)
    return failed(
      `nginx may not open ${where} (${denials.logged ?? ''})`,
      'Give the folder of the socket to the group of nginx, with mode 2750: the socket then belongs to that group',
    );
  return failed(
    `nginx does not reach who is behind it (502${denials.logged === null ? '' : `: ${denials.logged}`})${placeOf(route)}; we listen on ${where}`,
    'Look at /var/log/nginx/error.log; on systems with SELinux: sudo setsebool -P httpd_can_network_connect 1',
  );
}

/** An allow-list rightly refuses this machine. Whether it refuses the service too, only the service can show. */
function forbidden(facts: WebhookFacts, url: URL): Finding {
  const rules = routeIn(facts, url)?.access ?? [];
  const remedy =
    'Put the current addresses of the service into your file and write the list anew: tidemark doctor webhook --nginx --allow-list FILE';
  if (rules.length === 0)
    return failed(
      `${url.hostname} answers 403 in our place`,
      'Look who forbids it: /var/log/nginx/error.log',
    );
  const place = placeOf(rules[0] ?? null);
  if (facts.service.type === 'validated')
    return ok(`The allow-list lets the service in and keeps us out${place}`);
  if (facts.service.type === 'refused') return failed(`The allow-list keeps the service out${place}`, remedy);
  return couldNotTry(
    `The allow-list keeps us out${place}; whether it lets the service in is not known`,
    remedy,
  );
}

/** Without an answer to judge by, the files are what is left. */
function aboutFiles(facts: WebhookFacts): readonly Finding[] {
  const { url, nginx, setting } = facts;
  if (url === null || nginx.state !== 'read') return [];
  const route = routeIn(facts, url);
  if (route === null)
    return [
      warning(
        `nginx has nothing for ${url.hostname}${url.pathname}`,
        `Put what ${renderCommand} prints into /etc/nginx/conf.d/onedrive_webhook.conf, then: ${reload}`,
      ),
    ];
  return route.target !== null && leadsTo(route.target, setting.listener) === false
    ? [
        warning(
          `nginx passes on to ${route.target}${placeOf(route)}, but we listen on ${listenerText(setting.listener)}`,
          `Correct proxy_pass (${renderCommand} prints it), then: ${reload}`,
        ),
      ]
    : [];
}

export const portOf = (url: URL): number => (url.port === '' ? 443 : Number(url.port));

function routeIn({ nginx }: WebhookFacts, url: URL): Route | null {
  if (nginx.state !== 'read') return null;
  const block = blockFor(serverBlocks(nginx.directives), url.hostname, portOf(url));
  return block === null ? null : routeOf(block, url.pathname);
}

const placeOf = (place: { readonly file: string; readonly line: number } | null): string =>
  place === null ? '' : ` (${place.file}:${place.line})`;
