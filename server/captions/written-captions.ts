// Captions that somebody writes during the stream, one channel for each language. A caption is shown from the next part on.

import {
  type CaptionCue,
  type CaptionSource,
  WRITTEN_CHANNELS,
  type WrittenChannelId,
} from './caption-cue.ts';

export type WrittenCaption = {
  /** One for each line; with `<i>` and `<u>`. */
  readonly lines: readonly string[];
  readonly durationMs: number;
  /** BCP 47, in its canonical form. */
  readonly language?: string;
};

type Channel = CaptionSource & {
  readonly id: WrittenChannelId;
  next: WrittenCaption | undefined;
  shown: { readonly cue: CaptionCue; readonly endsAt: number } | undefined;
  /** It has had a caption; a channel stays for the stream's life. */
  isDeclared: boolean;
};

const TICKS_PER_MS = 90;
/** The lowest of the 15 rows. */
const LAST_ROW = 15;

export class WrittenCaptions {
  readonly #channels: Channel[] = [];

  /** Channels that have had a caption. */
  get channels(): readonly CaptionSource[] {
    return this.#channels.filter(({ isDeclared }) => isDeclared);
  }

  /**
   * Shows a caption from the next part on. It ends the one before it in the same language.
   * @returns false if there are too many languages
   */
  write(caption: WrittenCaption): boolean {
    const { language } = caption;
    let channel = this.#channels.find((each) => each.language === language);
    if (channel === undefined) {
      const id = WRITTEN_CHANNELS[this.#channels.length];
      if (id === undefined) return false;
      const named = language === undefined ? {} : { language };
      channel = { id, ...named, next: undefined, shown: undefined, isDeclared: false };
      this.#channels.push(channel);
    }
    channel.next = caption;
    return true;
  }

  /** The cues from `start` to `until`, ticks of the video. A cue that is still shown continues in the next call. */
  cut(start: number, until: number): (readonly [WrittenChannelId, readonly CaptionCue[]])[] {
    return this.#channels.flatMap((channel) => {
      begin(channel, start);
      const { shown } = channel;
      if (shown === undefined) return [];
      const { cue, endsAt } = shown;
      const isOver = endsAt <= until;
      channel.shown = isOver ? undefined : { cue: { ...cue, start: until, goesOn: true }, endsAt };
      return [[channel.id, [{ ...cue, end: isOver ? endsAt : until }]] as const];
    });
  }

  /** A new run has other times: what is shown ends. */
  reset(): void {
    for (const channel of this.#channels) channel.shown = undefined;
  }
}

function begin(channel: Channel, start: number): void {
  const { next } = channel;
  if (next === undefined) return;
  channel.next = undefined;
  channel.isDeclared = true;
  const firstRow = LAST_ROW + 1 - next.lines.length;
  const rows = next.lines.map((text, at) => ({ line: firstRow + at, position: 0, text }));
  const endsAt = start + next.durationMs * TICKS_PER_MS;
  channel.shown = { cue: { start, end: endsAt, rows, goesOn: false, isUnplaced: true }, endsAt };
}
