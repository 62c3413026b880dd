/** Whether the certificate holds: issuer, chain, names, time left, and what will renew it. */
import { judgementOf, type Finding } from '../finding.ts';
import type { CertificateFound, WebhookFacts } from './facts.ts';

const { ok, warning, failed, couldNotTry } = judgementOf('certificate');
const dayMs = 86_400_000;
/** certbot renews a month before the end, so less than this means that it did not. */
const renewedByDays = 21;
const issue = 'sudo certbot --nginx, and choose the name';

export function judgeCertificate(facts: WebhookFacts): readonly Finding[] {
  const { url, certificate } = facts;
  if (url === null || certificate === null) return [couldNotTry('No certificate was shown')];
  const broken = brokenIn(certificate, url.hostname, facts.now);
  return broken === null ? [lasting(facts, certificate), ...publicly(certificate)] : [broken];
}

function brokenIn(
  { chain, names, matchesHost, trustProblem }: CertificateFound,
  hostname: string,
  now: number,
): Finding | null {
  const [own] = chain;
  if (own === undefined) return couldNotTry('No certificate was shown');
  if (own.endsAt < now)
    return failed(
      `Expired ${daysText(now - own.endsAt)} ago (${own.issuer})`,
      'Renew it: sudo certbot renew, then: sudo systemctl reload nginx',
    );
  if (own.startsAt > now)
    return failed(
      `Not valid for another ${daysText(own.startsAt - now)}`,
      'Check the clock of this machine: timedatectl',
    );
  if (!matchesHost)
    return failed(
      `It is for ${names.slice(0, 5).join(', ') || own.subject}, not for ${hostname}`,
      `Get one for this name: ${issue}; check that server_name in nginx is ${hostname}`,
    );
  if (trustProblem === null) return null;
  if (trustProblem === 'DEPTH_ZERO_SELF_SIGNED_CERT')
    return failed(
      `Self-signed (${own.subject}): nobody else vouches for it`,
      `Get one from a public authority: ${issue}`,
    );
  if (
    trustProblem === 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' ||
    trustProblem === 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY'
  )
    return failed(
      `The chain does not lead to an authority that is known here: ${own.issuer} vouches for it`,
      'Have nginx send the whole chain: ssl_certificate has to name fullchain.pem; if the authority is private, the service does not know it',
    );
  const expired = chain.find(({ endsAt }) => endsAt < now);
  if (expired !== undefined)
    return failed(
      `"${expired.subject}", on the way to the authority, expired ${daysText(now - expired.endsAt)} ago`,
      'Renew the certificate, and have nginx send fullchain.pem',
    );
  return failed(
    `Not trusted (${trustProblem}); issuer ${own.issuer}`,
    `Get one from a public authority: ${issue}`,
  );
}

function lasting({ now, renewal }: WebhookFacts, { chain }: CertificateFound): Finding {
  const [own] = chain;
  const left = (own?.endsAt ?? now) - now;
  const detail = `From ${own?.issuer ?? ''}, chain of ${chain.length}, ${daysText(left)} left`;
  const { noted, schedule } = renewal;
  if (left < renewedByDays * dayMs)
    return warning(
      `${detail}: it should have been renewed by now`,
      'Renew it and see why nobody did: sudo certbot renew --dry-run',
    );
  if (noted === 'yes' && schedule === null)
    return warning(
      `${detail}, and nothing renews it`,
      'Have certbot run by itself: sudo systemctl enable --now certbot.timer (certbot-renew.timer on Fedora)',
    );
  return ok(`${detail}${schedule === null ? '' : `, renewed by ${schedule}`}`);
}

function publicly({ chain, isPublic }: CertificateFound): readonly Finding[] {
  return isPublic
    ? []
    : [
        warning(
          `This machine trusts "${chain.at(-1)?.issuer ?? ''}", but it is not one of the public authorities that come with browsers`,
          "The service trusts public authorities alone: get a certificate from one, as Let's Encrypt",
        ),
      ];
}

function daysText(ms: number): string {
  const days = Math.floor(ms / dayMs);
  return days === 0 ? `${Math.floor(ms / 3_600_000)} hours` : `${days} ${days === 1 ? 'day' : 'days'}`;
}
