/** What one option is: the words in which the tables of this folder are written, and the types derived from them. */

/** What a number counts; shown in the help and in the documentation. */
export type Unit =
  | 'bytes'
  | 'bytes per second'
  | 'megabytes'
  | 'mebibytes'
  | 'seconds'
  | 'days'
  | 'percent'
  | 'count'
  | 'octal digits'
  | 'port'
  | 'choice';

interface OptionBasics {
  /** One line for help, man page and documentation; no full stop. */
  readonly summary: string;
  /** Long form on the command line, without dashes; options without one exist in the file only. */
  readonly cli?: string;
  /** Whether a change makes the peer ask for --resync: for any change, or only when the key is new in the file. */
  readonly resync?: 'onChange' | 'whenAdded';
  /** A change needs --resync here as well: what was synced before is not there any more. */
  readonly resyncHere?: true;
  /** Accepted so that a file of the peer's can stay as it is, without effect so far. What happens instead; no full stop. */
  readonly withoutEffect?: string;
  /** Accepted, and what it asks for is so in any case: why. No full stop. */
  readonly always?: string;
  /** Accepted, but in no help. */
  readonly audience?: 'developer';
}

export interface BooleanOption extends OptionBasics {
  readonly type: 'boolean';
  readonly default: boolean;
}

export interface IntegerOption extends OptionBasics {
  readonly type: 'integer';
  /** In the unit of the settings, not of the file. */
  readonly default: number;
  readonly unit: Unit;
  /** Bounds in the unit of the file, both inclusive. */
  readonly minimum?: number;
  readonly maximum?: number;
  /** Zero means "off" and is legal outside the bounds. */
  readonly zero?: 'off';
  /** A value below the minimum becomes the minimum; without this, it becomes the default. */
  readonly below?: 'minimum';
  /** The settings hold this many times the number written in the file. */
  readonly factor?: number;
}

export interface TextOption extends OptionBasics {
  readonly type: 'text';
  readonly default: string;
  /** A leading tilde becomes the home directory. */
  readonly tilde?: 'expanded';
  /** What an empty value in the file means, where it is not simply an empty value. */
  readonly empty?: 'default' | 'fatal';
}

export interface ChoiceOption extends OptionBasics {
  readonly type: 'choice';
  readonly default: string;
  readonly choices: readonly string[];
}

/** Entries separated by a vertical bar; several lines in the file add up. */
export interface ListOption extends OptionBasics {
  readonly type: 'list';
  readonly default: readonly string[];
  /** Where no entry can have a comma in it, commas separate as well. */
  readonly commas?: 'separate';
}

export type Option = BooleanOption | IntegerOption | TextOption | ChoiceOption | ListOption;
export type OptionTable = Readonly<Record<string, Option>>;
export type OptionValue = boolean | number | string | readonly string[];

/** The settings that a table describes: one property per key, with the type of its option. */
export type ValuesOf<Table extends OptionTable> = { readonly [Key in keyof Table]: ValueOf<Table[Key]> };

type ValueOf<Spec extends Option> = Spec extends BooleanOption
  ? boolean
  : Spec extends IntegerOption
    ? number
    : Spec extends ListOption
      ? readonly string[]
      : Spec extends { readonly type: 'choice'; readonly choices: readonly (infer Choice)[] }
        ? Choice
        : string;
