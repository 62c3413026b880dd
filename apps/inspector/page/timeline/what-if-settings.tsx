/** Settings to try instead of the recorded ones. A field that is left empty leaves its setting as it was. */
import type { Signal } from '@preact/signals';
import type { PolicyShown } from '../../src/offers.ts';

export interface Settings {
  readonly direction: PolicyShown['direction'] | '';
  readonly skip_file: string;
  readonly skip_dir: string;
  readonly classify_as_big_delete: string;
  /** Its lines. */
  readonly syncList: string;
  /** Lines as `--policy` takes them. */
  readonly more: string;
}

export const noSettings: Settings = {
  ...{ direction: '', skip_file: '', skip_dir: '', classify_as_big_delete: '', syncList: '', more: '' },
};

/** Lines as `--policy` takes them. */
export function settingLines({ direction, more, ...settings }: Settings): readonly string[] {
  const named = (['skip_file', 'skip_dir', 'classify_as_big_delete'] as const).flatMap((option) =>
    settings[option] === '' ? [] : [`${option}=${settings[option]}`],
  );
  const sides =
    direction === ''
      ? []
      : [`download_only=${direction === 'download'}`, `upload_only=${direction === 'upload'}`];
  return [...sides, ...named, ...more.split('\n').filter((line) => line.trim() !== '')];
}

const directions = {
  both: 'both directions',
  download: 'download only',
  upload: 'upload only',
} as const;

interface SettingFieldsProps {
  readonly settings: Signal<Settings>;
  /** As the run at the cursor had them. */
  readonly recorded: PolicyShown | null;
}

/** The question goes into one address. */
const lengthMax = 1500;

export const SettingFields = ({ settings, recorded }: SettingFieldsProps) => {
  const set = (changes: Partial<Settings>): void => {
    settings.value = { ...settings.value, ...changes };
  };
  const was = (value: string | undefined): string => (value ? `as it was: ${value}` : 'as it was: none');
  const isOther = settings.value !== noSettings;
  return (
    <details class="settings" open={isOther}>
      <summary>With other settings</summary>
      <div class="settings-fields">
        <label>
          Direction
          <select
            value={settings.value.direction}
            onChange={({ currentTarget }) => set({ direction: currentTarget.value as Settings['direction'] })}
          >
            <option value="">
              as it was{recorded === null ? '' : `: ${directions[recorded.direction]}`}
            </option>
            {Object.entries(directions).map(([name, text]) => (
              <option key={name} value={name}>
                {text}
              </option>
            ))}
          </select>
        </label>
        <Field name="skip_file" settings={settings} set={set} was={was(recorded?.skipFile)} />
        <Field name="skip_dir" settings={settings} set={set} was={was(recorded?.skipDir)} />
        <Field
          name="classify_as_big_delete"
          settings={settings}
          set={set}
          was={was(recorded === null ? undefined : String(recorded.massDeleteMax))}
        />
        <label class="wide">
          sync_list, its lines
          <textarea
            rows={2}
            maxLength={lengthMax}
            placeholder={was(recorded?.syncList.slice(0, lengthMax))}
            value={settings.value.syncList}
            onInput={({ currentTarget }) => set({ syncList: currentTarget.value })}
          />
        </label>
        <label class="wide">
          Any others, a line each
          <textarea
            rows={2}
            maxLength={lengthMax}
            placeholder="skip_size=50"
            value={settings.value.more}
            onInput={({ currentTarget }) => set({ more: currentTarget.value })}
          />
        </label>
        <button type="button" onClick={() => (settings.value = noSettings)}>
          As they were
        </button>
      </div>
    </details>
  );
};

interface FieldProps {
  readonly name: 'skip_file' | 'skip_dir' | 'classify_as_big_delete';
  readonly settings: Signal<Settings>;
  readonly set: (changes: Partial<Settings>) => void;
  readonly was: string;
}

const Field = ({ name, settings, set, was }: FieldProps) => (
  <label>
    {name}
    <input
      type="text"
      maxLength={lengthMax}
      placeholder={was}
      value={settings.value[name]}
      onInput={({ currentTarget }) => set({ [name]: currentTarget.value })}
    />
  </label>
);
