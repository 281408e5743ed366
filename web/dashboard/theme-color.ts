// The names of colours that drawings use.

/** Custom properties of theme.css. */
export type ThemeColor =
  | 'text'
  | 'text-soft'
  | 'line'
  | 'panel'
  | 'series-1'
  | 'series-2'
  | 'series-3'
  | 'verdict-good'
  | 'verdict-ok'
  | 'verdict-bad';
