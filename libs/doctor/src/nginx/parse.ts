/**
 * Reads nginx's configuration language: words, quotes, comments, `;` and blocks. Nothing is evaluated but `include`.
 *
 * @see https://nginx.org/en/docs/beginners_guide.html#conf_structure
 */

export interface Directive {
  readonly name: string;
  readonly args: readonly string[];
  /** Null for a simple directive. */
  readonly block: readonly Directive[] | null;
  readonly file: string;
  /** Counted from 1. */
  readonly line: number;
}

/** Thrown where a text is no configuration. */
export class NginxSyntaxError extends Error {
  constructor(file: string, line: number, what: string) {
    super(`${file}:${line}: ${what}`);
    this.name = 'NginxSyntaxError';
  }
}

interface Token {
  readonly text: string;
  readonly line: number;
  readonly kind: 'word' | 'end' | 'open' | 'close';
}

/** `include` gives what stands in the place of the directive. @throws NginxSyntaxError */
export function parseNginx(
  text: string,
  file: string,
  include: (pattern: string) => readonly Directive[] = () => [],
): readonly Directive[] {
  const tokens = tokensOf(text, file);
  let at = 0;

  function block(isTop: boolean, openedAt: number): readonly Directive[] {
    const found: Directive[] = [];
    for (;;) {
      const first = tokens[at];
      if (first === undefined) {
        if (isTop) return found;
        throw new NginxSyntaxError(file, openedAt, 'this block has no end');
      }
      if (first.kind === 'close') {
        if (isTop) throw new NginxSyntaxError(file, first.line, 'unexpected "}"');
        at += 1;
        return found;
      }
      const directive = simpleOrBlock(first);
      if (directive.name === 'include' && directive.block === null) {
        for (const included of include(directive.args[0] ?? '')) found.push(included);
      } else found.push(directive);
    }
  }

  function simpleOrBlock({ line }: Token): Directive {
    const words: string[] = [];
    for (;;) {
      const token = tokens[at];
      if (token === undefined || token.kind === 'close')
        throw new NginxSyntaxError(file, line, `"${words[0] ?? ''}" is not ended by ";"`);
      at += 1;
      if (token.kind === 'word') words.push(token.text);
      else if (words.length === 0) throw new NginxSyntaxError(file, token.line, `unexpected "${token.text}"`);
      else {
        const [name = '', ...args] = words;
        return { name, args, block: token.kind === 'open' ? block(false, line) : null, file, line };
      }
    }
  }

  return block(true, 1);
}

const marks = { ';': 'end', '{': 'open', '}': 'close' } as const;
const isMark = (text: string): text is keyof typeof marks => text in marks;

function tokensOf(text: string, file: string): readonly Token[] {
  const tokens: Token[] = [];
  let line = 1;
  // A comment, a quoted word, a mark, a plain word (in which `${name}` is no block), or space.
  const pattern =
    /#[^\n]*|"(?:\\[^]|[^"\\])*"|'(?:\\[^]|[^'\\])*'|[;{}]|(?:\\[^]|\$\{[^}]*\}|[^\s;{}\\"'#]|(?<=\S)["'#])+|\s+/gy;
  while (pattern.lastIndex < text.length) {
    const from = pattern.lastIndex;
    const piece = pattern.exec(text)?.[0];
    if (piece === undefined)
      throw new NginxSyntaxError(file, line, `cannot read on at "${text[from] ?? ''}"`);
    if (isMark(piece)) tokens.push({ text: piece, line, kind: marks[piece] });
    else if (!piece.startsWith('#') && piece.trim() !== '')
      tokens.push({ text: unquoted(piece), line, kind: 'word' });
    line += piece.split('\n').length - 1;
  }
  return tokens;
}

function unquoted(piece: string): string {
  const isQuoted = /^(["'])[^]*\1$/.test(piece) && piece.length > 1;
  return (isQuoted ? piece.slice(1, -1) : piece).replaceAll(/\\(["'\\])/g, '$1');
}
