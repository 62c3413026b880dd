/** The page of what the identity platform refuses, for people who search for a code. `npm run pages` writes it. */
import { type LoginRemedy, loginRemedies } from './login-remedies.ts';

export function loginRemediesPage(): string {
  const rows = Object.entries(loginRemedies).map(([number, { code, text }]) => {
    const [wrong = '', remedy = ''] = halves(text);
    return `| AADSTS${number} | ${wrong} | ${remedy} | ${again[code]} |`;
  });
  return [
    '<!-- Made from src/auth/login-remedies.ts by npm run pages -->',
    '',
    '# What the identity platform refuses',
    '',
    'When a login does not work, Microsoft names a code, as in `ERROR: Cannot log in: AADSTS65004, you declined the permissions; …`. These are',
    'the codes that Tidemark has words for. What is behind any other one: <https://login.microsoftonline.com/error>.',
    '',
    '<!-- prettier-ignore -->',
    '| Code | What is wrong | What to do | Kind |',
    '| --- | --- | --- | --- |',
    ...rows,
    '',
    'Kind: `login again` when a new login may help as things are, `change first` when it cannot. Both end with exit code 4.',
    '',
  ].join('\n');
}

const again: Readonly<Record<LoginRemedy['code'], string>> = {
  loginRequired: 'login again',
  loginRefused: 'change first',
};

/** Before the first semicolon, and behind it. */
function halves(text: string): readonly string[] {
  const at = text.indexOf('; ');
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 2)];
}
