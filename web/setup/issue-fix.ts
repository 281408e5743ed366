// The remedy of an issue, for the encoder that pushes.
import type { Issue } from '../../server/stats/operator-message.ts';

/** The remedy in the encoder that pushes, where it is known. */
export function fixFor({ fix }: Pick<Issue, 'fix'>, encoder: string | undefined): string {
  const name = encoder?.toLowerCase() ?? '';
  if (fix.obs !== undefined && /obs|libobs/.test(name)) return fix.obs;
  if (fix.ffmpeg !== undefined && /lavf|ffmpeg/.test(name)) return fix.ffmpeg;
  return fix.generic;
}
