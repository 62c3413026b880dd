import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { linesThatSet, readConfigFile, type ConfigFileResult } from './config-file.ts';
import type { Option, OptionValue } from './option.ts';
import { configOptions, tidemarkOptions } from './options.ts';

const HOME = '/home/ann';
const read = (text: string): ConfigFileResult =>
  readConfigFile(text, configOptions, HOME, { fileName: 'tidemark.conf', table: tidemarkOptions });

const values = (text: string): Readonly<Record<string, OptionValue>> => {
  const result = read(text);
  if (result.type !== 'read') throw new Error(result.lines.join('\n'));
  return result.values;
};

const defaultLine = (key: string): string =>
  `Invalid value for key in config file - using default value: ${key}`;

const entries: readonly (readonly [string, Option])[] = Object.entries(configOptions);
const keysOfType = (type: Option['type']): readonly string[] =>
  entries.filter(([, option]) => option.type === type).map(([key]) => key);

describe('booleans', () => {
  it.each(keysOfType('boolean'))('%s takes true and false, and nothing else', (key) => {
    expect(values(`${key} = "true"`)).toEqual({ [key]: true });
    expect(values(`${key} = "false"`)).toEqual({ [key]: false });
    for (const bad of ['', 'True', 'yes', '1', ' true']) {
      expect(read(`${key} = "${bad}"`)).toEqual({
        type: 'stop',
        lines: [
          `Invalid boolean value for key in config file: ${key} = ${bad}`,
          `ERROR: Only 'true' or 'false' are accepted for this setting.`,
        ],
      });
    }
  });
});

/** Key, then legal text → value, then text out of range → value. */
const integers: readonly (readonly [
  string,
  readonly (readonly [string, number])[],
  readonly (readonly [string, number])[],
])[] = [
  [
    'sync_dir_permissions',
    [
      ['0', 0],
      ['755', 755],
      ['777', 777],
    ],
    [
      ['778', 700],
      ['7777', 700],
    ],
  ],
  [
    'sync_file_permissions',
    [
      ['0', 0],
      ['644', 644],
      ['777', 777],
    ],
    [['778', 600]],
  ],
  [
    'space_reservation',
    [
      ['1', 1_048_576],
      ['100', 104_857_600],
    ],
    [['0', 1_048_576]],
  ],
  [
    'classify_as_big_delete',
    [
      ['1', 1],
      ['5000', 5000],
    ],
    [['0', 1000]],
  ],
  [
    'skip_size',
    [
      ['0', 0],
      ['50', 50],
    ],
    [],
  ],
  [
    'threads',
    [
      ['1', 1],
      ['16', 16],
    ],
    [
      ['0', 8],
      ['17', 8],
    ],
  ],
  [
    'file_fragment_size',
    [
      ['10', 10],
      ['60', 60],
    ],
    [
      ['9', 10],
      ['61', 10],
    ],
  ],
  [
    'rate_limit',
    [
      ['0', 0],
      ['131072', 131_072],
      ['999999', 999_999],
    ],
    [
      ['1', 131_072],
      ['131071', 131_072],
    ],
  ],
  [
    'connect_timeout',
    [
      ['0', 0],
      ['30', 30],
    ],
    [],
  ],
  ['data_timeout', [['240', 240]], []],
  ['dns_timeout', [['5', 5]], []],
  [
    'operation_timeout',
    [
      ['0', 0],
      ['3600', 3600],
    ],
    [],
  ],
  [
    'ip_protocol_version',
    [
      ['0', 0],
      ['1', 1],
      ['2', 2],
    ],
    [['3', 0]],
  ],
  ['max_curl_idle', [['60', 60]], []],
  [
    'monitor_interval',
    [
      ['300', 300],
      ['86400', 86_400],
    ],
    [
      ['0', 300],
      ['299', 300],
    ],
  ],
  [
    'monitor_fullscan_frequency',
    [
      ['0', 0],
      ['12', 12],
      ['24', 24],
    ],
    [
      ['1', 12],
      ['11', 12],
    ],
  ],
  [
    'monitor_log_frequency',
    [
      ['1', 1],
      ['5', 5],
    ],
    [],
  ],
  [
    'inotify_delay',
    [
      ['5', 5],
      ['15', 15],
    ],
    [
      ['4', 5],
      ['16', 5],
    ],
  ],
  [
    'webhook_listening_port',
    [
      ['1', 1],
      ['65535', 65_535],
    ],
    [
      ['0', 8888],
      ['65536', 8888],
    ],
  ],
  ['webhook_expiration_interval', [['1200', 1200]], []],
  ['webhook_renewal_interval', [['600', 600]], []],
  ['webhook_retry_interval', [['120', 120]], []],
  [
    'monitor_max_loop',
    [
      ['0', 0],
      ['2', 2],
    ],
    [],
  ],
];

describe('numbers', () => {
  it('are all in the table below', () => {
    expect(integers.map(([key]) => key).toSorted()).toEqual(keysOfType('integer').toSorted());
  });

  it.each(integers)(
    '%s keeps legal numbers, corrects others with a notice, and refuses what is none',
    (key, legal, outside) => {
      for (const [text, value] of legal) {
        expect(read(`${key} = "${text}"`)).toEqual({ type: 'read', values: { [key]: value }, notices: [] });
      }
      for (const [text, value] of outside) {
        const result = read(`${key} = "${text}"`);
        expect(result).toMatchObject({ type: 'read', values: { [key]: value } });
        const notices = result.type === 'read' ? result.notices : [];
        const isRaised = key === 'space_reservation' || key === 'rate_limit';
        expect(notices).toEqual([
          isRaised ? `Invalid value for key in config file - using minimum value: ${key}` : defaultLine(key),
        ]);
      }
      for (const text of ['', 'abc', '-1', '1.5', '0x10', '12 13', '9'.repeat(16)]) {
        expect(read(`${key} = "${text}"`)).toEqual({
          type: 'failed',
          lines: [`Invalid value for key in config file: ${key}`],
        });
      }
    },
  );
});

describe('choices', () => {
  it.each(keysOfType('choice'))(
    '%s takes each of its values and replaces another with the default',
    (key) => {
      const option =
        configOptions[key as 'transfer_order' | 'azure_ad_endpoint' | 'monitor_authoritative_sync'];
      for (const choice of option.choices) {
        expect(read(`${key} = "${choice}"`)).toEqual({
          type: 'read',
          values: { [key]: choice },
          notices: [],
        });
      }
      const notice =
        key === 'azure_ad_endpoint'
          ? 'Unknown Azure AD Endpoint request - using Global Azure AD Endpoints'
          : defaultLine(key);
      expect(read(`${key} = "nonsense"`)).toEqual({
        type: 'read',
        values: { [key]: option.default },
        notices: [notice],
      });
    },
  );
});

describe('texts', () => {
  it.each(keysOfType('text'))('%s keeps what is between the quotes', (key) => {
    expect(values(`${key} = "some  value with "quotes" "`)).toEqual({ [key]: 'some  value with "quotes" ' });
  });

  it.each(['sync_dir', 'drive_id'])('%s may not be empty', (key) => {
    expect(read(`${key} = "  "`)).toEqual({
      type: 'stop',
      lines: [
        `Invalid value for key in config file: ${key}`,
        `ERROR: ${key} in config file cannot be empty - this is a fatal error and must be corrected`,
      ],
    });
  });

  it('an empty application_id falls back to the default', () => {
    expect(read('application_id = ""')).toEqual({
      type: 'read',
      values: { application_id: 'd50ca740-c83f-4d1b-b616-12c519384f0c' },
      notices: [defaultLine('application_id')],
    });
  });

  it('a tilde becomes the home directory in paths, and nowhere else', () => {
    expect(values('sync_dir = "~/x"\nlog_dir = "~"\nrecycle_bin_path = "~/t/"')).toEqual({
      sync_dir: '/home/ann/x',
      log_dir: '/home/ann',
      recycle_bin_path: '/home/ann/t/',
    });
    expect(values('sync_dir = "~bob/x"\nuser_agent = "~/x"')).toEqual({
      sync_dir: '~bob/x',
      user_agent: '~/x',
    });
  });
});

describe('lists', () => {
  it.each(keysOfType('list'))('%s adds up over lines, trimmed, without empty and repeated entries', (key) => {
    expect(values(`${key} = "b | a ||"\n${key} = "c|a"`)).toEqual({ [key]: ['b', 'a', 'c'] });
    expect(values(`${key} = ""`)).toEqual({ [key]: [] });
  });
});

describe('the format', () => {
  it.each([
    ['key="value" without blanks', 'threads="4"', { threads: 4 }],
    ['blanks in front, around the sign and behind', '\t threads  =   "4"  ', { threads: 4 }],
    ['comments, blank lines and carriage returns', '# a\r\n  ; b\r\n\r\nthreads = "4"\r\n', { threads: 4 }],
    ['a byte order mark', '\uFEFFthreads = "4"', { threads: 4 }],
    ['the last of several values', 'threads = "4"\nthreads = "5"', { threads: 5 }],
    ['an empty file', '', {}],
  ])('reads %s', (_, text, expected) => {
    expect(values(text)).toEqual(expected);
  });

  it.each([
    'threads = 4',
    'threads "4"',
    'threads = "4" # four',
    "threads = '4'",
    'threads = "4',
    'sync dir = "x"',
    'nonsense',
    '= "4"',
  ])('stops at the malformed line: %s', (line) => {
    expect(read(`threads = "4"\n  ${line}\nnot read`)).toEqual({
      type: 'stop',
      lines: [
        `Malformed config line: ${line}`,
        '',
        'Please review the documentation on how to correctly configure this application.',
      ],
    });
  });

  it('takes a line as a pattern would: a word, an equals sign, and quotes around the value', () => {
    const piece = fc.constantFrom('sync_dir', 'x', '=', '"', ' ', '\t', '\r', '\u2028', 'a.b', '#', '-');
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 9 }), (pieces) => {
        const line = pieces.join('').trimStart();
        const [, found, value] = /^(\w+)\s*=\s*"(.*)"\s*$/.exec(line) ?? [];
        const lines = found === undefined ? [] : [{ number: 1, value }];
        expect(linesThatSet(found ?? 'sync_dir', line)).toEqual(lines);
      }),
      { numRuns: 3000 },
    );
  });

  it('refuses an unknown key of ten million letters without a search for what was meant', () => {
    const key = 'a'.repeat(10_000_000);
    expect(readConfigFile(`${key} = "1"`, configOptions, '/home/me', { fileName: 'x', table: {} })).toEqual({
      type: 'failed',
      lines: [`Unknown key in config file: ${key}`],
    });
  });

  it('refuses an unknown key, with the one that may have been meant', () => {
    expect(read('sync_dri = "x"')).toEqual({
      type: 'failed',
      lines: ['Unknown key in config file: sync_dri', "Did you mean 'sync_dir'?"],
    });
    expect(read('entirely_different = "x"')).toEqual({
      type: 'failed',
      lines: ['Unknown key in config file: entirely_different'],
    });
  });

  it('does not take a property of every object for a key', () => {
    expect(read('constructor = "x"')).toMatchObject({ type: 'failed' });
    expect(read('__proto__ = "x"')).toMatchObject({ type: 'failed' });
  });

  it('says where a key of ours belongs', () => {
    expect(read('bus = "in-process"')).toEqual({
      type: 'failed',
      lines: ['Unknown key in config file: bus', "'bus' belongs in tidemark.conf"],
    });
  });

  it.each(['min_notify_changes', 'force_http_2'])('ignores %s with a notice', (key) => {
    expect(read(`${key} = "5"\nthreads = "4"`)).toEqual({
      type: 'read',
      values: { threads: 4 },
      notices: [expect.stringContaining(`The option '${key}' has been deprecated and will be ignored.`)],
    });
  });

  it('refuses sync_business_shared_folders with an explanation in three lines', () => {
    const result = read('sync_business_shared_folders = "true"');
    expect(result).toMatchObject({ type: 'failed', lines: { length: 3 } });
  });

  it('prints earlier notices before what is fatal', () => {
    expect(read('threads = "99"\nnonsense')).toMatchObject({
      type: 'stop',
      lines: [defaultLine('threads'), 'Malformed config line: nonsense', '', expect.any(String)],
    });
  });
});
