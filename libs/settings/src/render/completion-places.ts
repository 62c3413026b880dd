/** Where one can be in a command line, and what may stand next there: from the tables of subcommands and switches. */
import { switchesOf } from '../command-line/define-subcommand.ts';
import { subcommands, type Subcommand } from '../command-line/subcommands.ts';
import { switches, type Switch } from '../command-line/switches.ts';

export interface Place {
  /** The words before it: none, those of a subcommand, or those of a subcommand and its step. */
  readonly path: string;
  readonly switches: readonly Switch[];
  readonly words: readonly Word[];
  /** Whether an operand may be a file or a folder. */
  readonly takesPath: boolean;
}

export interface Word {
  readonly name: string;
  readonly summary: string;
}

/** The beginning comes first. */
export const places: readonly Place[] = [
  { path: '', switches, words: subcommands, takesPath: false },
  ...subcommands.flatMap((subcommand): Place[] => [
    {
      path: subcommand.name,
      switches: subcommand.switches,
      ...(subcommand.steps.length === 0
        ? after(subcommand.operands)
        : { words: subcommand.steps, takesPath: false }),
    },
    ...subcommand.steps.map((step) => ({
      path: `${subcommand.name} ${step.name}`,
      switches: switchesOf(subcommand, step),
      ...after(step.operands),
    })),
  ]),
];

/** An argument that names a path is completed as one; others are free. */
export const takesPath = ({ argument = '' }: Switch): boolean => namesPath(argument);

function namesPath(text: string): boolean {
  return /PATH|DIRECTORY|FILE|FOLDER|LOG/.test(text);
}

/** In the help an operand is written in capitals, and words that stand for themselves are not. */
function after(operands: Subcommand['operands']): Pick<Place, 'takesPath' | 'words'> {
  const own = operands.flatMap((operand) => operand.replaceAll(/[[\]]/g, '').split('|'));
  return {
    words: own.filter((name) => /^[a-z]+$/.test(name)).map((name) => ({ name, summary: '' })),
    takesPath: own.some(namesPath),
  };
}
