// The rules about what an encoder reports about itself. They name the cause where other rules can only guess it.

import type { EncoderReport } from '../stats/operator-message.ts';
import { obsMenu } from './encoder-menus.ts';
import { found, ofSource, percent, type Rule, type RuleOf, rule } from './rule.ts';

/** As for pictures that are missing. */
const MANY_LOST = 0.02;
const MOST_LOST = 0.1;
/** Fewer pictures say nothing about a share: two seconds at 30 a second. */
const LEAST_PICTURES = 60;

/** The counts of a kind of loss. */
type Loss = (report: EncoderReport) => { readonly all: number; readonly lost: number };

const LOSSES = {
  render: ({ rendered, lagged }) => ({ all: rendered, lost: lagged }),
  encode: ({ input, skipped }) => ({ all: input, lost: skipped }),
  network: ({ output, dropped }) => ({ all: output, lost: dropped }),
} satisfies Readonly<Record<string, Loss>>;

/** Whether the encoder itself says where its pictures are lost. */
export function saysWhatIsLost(report: EncoderReport | undefined): boolean {
  return report !== undefined && Object.values(LOSSES).some((loss) => shareOf(loss, report) > MANY_LOST);
}

export const ENCODER_RULES: readonly Rule[] = [
  rule({
    code: 'renderLag',
    title: 'The encoder renders too slowly',
    trigger:
      'The encoder says that more than 2 % of its pictures in the last 30 s were late (warning), or 10 % (error), because the graphics card is overloaded.',
    severities: ['error', 'warning'],
    expected: 'every picture is rendered in time',
    raiseAfterS: 3,
    judge: lossOf(LOSSES.render),
    observed: ({ share }) => `${percent(share)} of the pictures were rendered late`,
    fix: () => ({
      obs: 'Settings → Video → Common FPS Values: lower; and fewer sources and filters in the scene',
      generic:
        'The graphics card is overloaded: limit the frame rate of the game, close other programs that use it, or send fewer pictures a second.',
    }),
  }),
  rule({
    code: 'encoderOverload',
    title: 'The encoder skips pictures',
    trigger:
      'The encoder says that it skipped more than 2 % of the pictures in the last 30 s (warning), or 10 % (error), because it is overloaded.',
    severities: ['error', 'warning'],
    expected: 'every picture is encoded',
    raiseAfterS: 3,
    judge: lossOf(LOSSES.encode),
    observed: ({ share }) => `${percent(share)} of the pictures were skipped`,
    fix: () => ({
      obs: `${obsMenu.preset()}; or a smaller Settings → Video → Output (Scaled) Resolution`,
      ffmpeg: '-preset veryfast (or faster), and a smaller -vf scale',
      generic:
        'The processor or the hardware encoder is overloaded: use a faster preset, a hardware encoder, a smaller picture, or fewer pictures a second.',
    }),
  }),
  rule({
    code: 'networkDrops',
    title: 'The encoder drops pictures: its network is too slow',
    trigger:
      'The encoder says that it dropped more than 2 % of the pictures in the last 30 s (warning), or 10 % (error), because the network did not take them.',
    severities: ['error', 'warning'],
    expected: 'every picture is sent',
    raiseAfterS: 3,
    judge: lossOf(LOSSES.network),
    observed: ({ share }) => `${percent(share)} of the pictures were dropped`,
    fix: () => ({
      obs: `${obsMenu.bitrate()}: lower; or ${obsMenu.dynamicBitrate()}`,
      ffmpeg: '-b:v with less',
      generic: 'Lower the bit rate, use a cable in place of WLAN, and stop other uploads.',
    }),
  }),
];

function lossOf(loss: Loss): RuleOf<'renderLag'>['judge'] {
  return ofSource(({ encoderReport }) => {
    if (encoderReport === undefined) return 'fine';
    if (loss(encoderReport).all < LEAST_PICTURES) return 'unknown';
    const share = shareOf(loss, encoderReport);
    if (share <= MANY_LOST) return 'fine';
    return found(share > MOST_LOST ? 'error' : 'warning', { share });
  });
}

/** Bad counts stay below 1. */
function shareOf(loss: Loss, report: EncoderReport): number {
  const { all, lost } = loss(report);
  return all < LEAST_PICTURES ? 0 : Math.min(lost / all, 1);
}
