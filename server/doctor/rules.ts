// The table of all rules, in the order of docs/doctor.md. A new rule is a row of the file for its kind.

import { ENCODER_RULES } from './encoder-rules.ts';
import { MEDIA_RULES } from './media-rules.ts';
import { PICTURE_RULES } from './picture-rules.ts';
import type { Rule } from './rule.ts';
import { SERVICE_RULES } from './service-rules.ts';

export const RULES: readonly Rule[] = [...PICTURE_RULES, ...ENCODER_RULES, ...MEDIA_RULES, ...SERVICE_RULES];
