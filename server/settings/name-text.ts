// Settings that are names: of streams, and of what has the same form.

import { asWritten, type Setting, textual } from './setting.ts';

/** Letters, digits, `_` and `-`: safe in a URL, a file name, a metric label and a shell. */
export const NAME_PATTERN = /^[A-Za-z0-9_-]{1,64}$/;

export function nameText(meaning: string): Setting<string> {
  const form = '1 to 64 letters, digits, "-" or "_"';
  return asWritten(textual({ defaultValue: '', form, meaning, pattern: NAME_PATTERN }));
}
