import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NginxSyntaxError, parseNginx, type Directive } from './parse.ts';

/** Names, arguments and blocks, without the places. */
const shape = (directives: readonly Directive[]): unknown =>
  directives.map(({ name, args, block }) =>
    block === null ? [name, ...args] : [[name, ...args], shape(block)],
  );
const parse = (text: string): unknown => shape(parseNginx(text, 'nginx.conf'));

describe('a configuration', () => {
  it('consists of directives and blocks', () => {
    expect(parse('user www-data; http { server { listen 80; } }')).toEqual([
      ['user', 'www-data'],
      [['http'], [[['server'], [['listen', '80']]]]],
    ]);
  });

  it.each([
    [
      'comments',
      'a 1; # b 2; }\nc 3;',
      [
        ['a', '1'],
        ['c', '3'],
      ],
    ],
    ['a hash inside of a word', 'a x#y;', [['a', 'x#y']]],
    ['quotes, in which everything is a word', `a "b; {c} # \\"d\\"" 'e f';`, [['a', 'b; {c} # "d"', 'e f']]],
    ['quotes over lines', "log_format x 'a '\n 'b';", [['log_format', 'x', 'a ', 'b']]],
    ['variables with braces', 'a ${host}x;', [['a', '${host}x']]],
    [
      'conditions',
      'if ($host = a.example) { return 301 https://$host$request_uri; }',
      [[['if', '($host', '=', 'a.example)'], [['return', '301', 'https://$host$request_uri']]]],
    ],
    ['patterns', 'location ~ \\.php$ { }', [[['location', '~', '\\.php$'], []]]],
    ['marks without space', 'a{b;}', [[['a'], [['b']]]]],
  ])('may have %s', (_name, text, expected) => {
    expect(parse(text)).toEqual(expected);
  });

  it('knows where everything stands, behind texts of several lines too', () => {
    const [, second] = parseNginx("a 'x\ny';\n\n  b;", 'site.conf');
    expect(second).toMatchObject({ name: 'b', file: 'site.conf', line: 4 });
  });

  it('takes in what it includes, in its place', () => {
    const included = parseNginx('b;', 'other.conf');
    const found = parseNginx('a; x { include other*; } c;', 'nginx.conf', (pattern) =>
      pattern === 'other*' ? included : [],
    );
    expect(shape(found)).toEqual([['a'], [['x'], [['b']]], ['c']]);
  });

  it.each([
    ['http {\n server {\n }\n', 'nginx.conf:1: this block has no end'],
    ['a;\n}', 'nginx.conf:2: unexpected "}"'],
    ['a;\nlisten 80', 'nginx.conf:2: "listen" is not ended by ";"'],
    ['x { listen 80 }', 'nginx.conf:1: "listen" is not ended by ";"'],
    ['; a;', 'nginx.conf:1: unexpected ";"'],
    ['a "b;', 'nginx.conf:1: cannot read on at """'],
  ])('is refused with file and line: %j', (text, message) => {
    expect(() => parse(text)).toThrow(NginxSyntaxError);
    expect(() => parse(text)).toThrow(message);
  });

  it('is read or refused, whatever it is', () => {
    const piece = fc.constantFrom('a', ' ', '\n', ';', '{', '}', '"', "'", '\\', '#', '$', '${', 'x');
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        try {
          parse(pieces.join(''));
        } catch (error) {
          expect(error).toBeInstanceOf(NginxSyntaxError);
        }
      }),
    );
  });
});
