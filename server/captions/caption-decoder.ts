// The captions of one video track: pairs are found in decode order and read in presentation order, or B-frames would
// scramble the text; each goes to the channel that its field's last control code chose (CEA-608).

import { CaptionChannel } from './caption-channel.ts';
import { type CaptionField, type CaptionSink, readCaptions } from './caption-sei.ts';

type PendingPair = { readonly pts: number; readonly field: CaptionField; readonly pair: number };

/** 60 fields a second are 3 pairs of a field for each of 24 pictures; more are made to burn time. */
const MAX_PICTURE_PAIRS = 12;
/** A pair a field and frame, 60 frames a second: many times the pictures that any encoder reorders. */
const MAX_PENDING_PAIRS = 1_024;

/** Without parity: bit 11 of a control code is the channel. */
const PARITY_FREE = 0x7f7f;
const CONTROL_MASK = 0x7000;
const CONTROL = 0x1000;
const SECOND_CHANNEL = 0x0800;
/** Field 2's control codes have one bit more. */
const COMMAND_MASK = 0x76ff;
/** Resume caption loading, roll-up of 2 to 4 rows, resume direct captioning, end of caption. */
const CAPTION_COMMANDS: ReadonlySet<number> = new Set([0x1420, 0x1425, 0x1426, 0x1427, 0x1429, 0x142f]);
/** Text restart, resume text display: until a caption command comes what follows is not captions. */
const TEXT_COMMANDS: ReadonlySet<number> = new Set([0x142a, 0x142b]);
/** Extended data services of field 2 begin with a byte below 0x10 (CEA-608-E clause 9). */
const isExtendedData = (pair: number): boolean => pair >>> 8 > 0 && pair >>> 8 < 0x10;

export class CaptionDecoder {
  readonly #channels: (CaptionChannel | undefined)[] = [undefined, undefined, undefined, undefined];
  /** By presentation time. */
  #pending: PendingPair[] = [];
  /** Which channel each field is talking to; none before its first control code and in text and data services. */
  readonly #active: [number | undefined, number | undefined] = [undefined, undefined];
  readonly #isText: [boolean, boolean] = [false, false];
  #pushedPts = 0;
  #pushedPairs = 0;
  readonly #services = new Set<number>();
  readonly #sink: CaptionSink = {
    onPair: (field, pair) => this.#insert(field, pair),
    onService: (service) => this.#services.add(service),
  };

  /** Channels that captions have been seen on, CC1 first. */
  get channels(): readonly CaptionChannel[] {
    return this.#channels.filter((channel) => channel !== undefined);
  }

  /** CEA-708 services that have been seen, 1 to 6, the lowest first. They are not decoded. */
  get services(): readonly number[] {
    return [...this.#services].sort((left, right) => left - right);
  }

  /** Looks for captions in an access unit that is shown at `pts`, ticks; units come in decode order. */
  push(accessUnit: Uint8Array, lengthSize: number, pts: number): void {
    this.#pushedPts = pts;
    this.#pushedPairs = 0;
    readCaptions(accessUnit, lengthSize, this.#sink);
  }

  /** Reads everything that is shown before `until`: no picture that is still to come is shown before it. */
  advance(until: number): void {
    if (this.#pending.length === 0) return;
    const firstLater = this.#pending.findIndex(({ pts }) => pts >= until);
    const ready = firstLater === -1 ? this.#pending : this.#pending.slice(0, firstLater);
    this.#pending = firstLater === -1 ? [] : this.#pending.slice(firstLater);
    for (const { field, pair, pts } of ready) this.#dispatch(field, pair, pts);
  }

  /** Another source begins. Channels that were seen stay. */
  reset(): void {
    this.#pending = [];
    this.#active.fill(undefined);
    this.#isText.fill(false);
    for (const channel of this.#channels) channel?.reset();
  }

  #insert(field: CaptionField, pair: number): void {
    const pts = this.#pushedPts;
    this.#pushedPairs += 1;
    if (this.#pushedPairs > MAX_PICTURE_PAIRS || this.#pending.length === MAX_PENDING_PAIRS) return;
    let at = this.#pending.length;
    while (at > 0 && (this.#pending[at - 1]?.pts ?? 0) > pts) at -= 1;
    this.#pending.splice(at, 0, { pts, field, pair });
  }

  #dispatch(field: CaptionField, pair: number, pts: number): void {
    const code = pair & PARITY_FREE;
    if ((code & CONTROL_MASK) === CONTROL) this.#switch(field, code);
    else if (field === 1 && isExtendedData(code)) this.#active[field] = undefined;
    const active = this.#active[field];
    if (active !== undefined) this.#channels[active]?.push(pair, pts);
  }

  #switch(field: CaptionField, code: number): void {
    const dataChannel = (code & SECOND_CHANNEL) === 0 ? 0 : 1;
    const command = code & COMMAND_MASK;
    const index = field * 2 + dataChannel;
    if (TEXT_COMMANDS.has(command)) this.#isText[field] = true;
    if (CAPTION_COMMANDS.has(command)) {
      this.#isText[field] = false;
      this.#channels[index] ??= new CaptionChannel(field, dataChannel);
    }
    this.#active[field] = this.#isText[field] ? undefined : index;
  }
}
