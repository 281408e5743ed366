// Settings that are never shown, or only in part: secrets, and addresses that may hold one.

import { asWritten, type Setting, textual } from './setting.ts';

/** Shown in place of a secret when settings are printed. */
export const MASK = '***';

/** The form of a secret, in words and as a pattern or a test. */
export type SecretForm = {
  /** What a message calls it; "secret" when absent. */
  readonly what?: string;
  readonly form: string;
  readonly valid: RegExp | ((given: string) => boolean);
};

/** A secret text, which is never shown, neither in messages nor in printed settings. An empty one is shown as empty. */
export function secretText(meaning: string, { what = 'secret', form, valid }: SecretForm): Setting<string> {
  const isValid = (given: string): boolean => (valid instanceof RegExp ? valid.test(given) : valid(given));
  const masked = `${MASK} stands where a ${what} was left out when settings were printed; write the ${what}`;
  const faultOf = (given: string): string | undefined => {
    if (given === MASK) return masked;
    return isValid(given) ? undefined : `it must be ${form}`;
  };
  const mask = (value: string): string => (value === '' ? '' : MASK);
  return {
    ...asWritten(textual({ defaultValue: '', form, meaning, faultOf })),
    isSecret: true,
    show: mask,
    toFile: mask,
    jsonSchema: () => ({ type: 'string', ...(valid instanceof RegExp ? { pattern: valid.source } : {}) }),
  };
}

/** An address of which a part may be secret: `shown` is the rest. `faultOf` says what is wrong with a given one. */
export function partlyHidden(
  meaning: string,
  form: string,
  {
    faultOf,
    shown,
  }: {
    readonly faultOf: (given: string) => string | undefined;
    readonly shown: (value: string) => string;
  },
): Setting<string> {
  return {
    ...textual({ defaultValue: '', form, meaning, faultOf }),
    hidesValue: true,
    show: shown,
    toFile: shown,
    jsonSchema: () => ({ type: 'string' }),
  };
}
