// One message for many subscribers: its text, and the frame that all WebSockets share, so that each costs only a write.

/** Table of opcodes, RFC 6455 clause 5.2: the only frame of a text message. */
const FINAL_TEXT_FRAME = 0x81;
const LENGTH_16 = 126;
const LENGTH_64 = 127;
const MAX_LENGTH_7 = 125;
const MAX_LENGTH_16 = 0xffff;

export class Broadcast {
  readonly text: string;
  #frame: Buffer | undefined;

  constructor(message: object) {
    this.text = JSON.stringify(message);
  }

  /** The bytes of a whole WebSocket message of a server, which are not masked. Nobody may change them. */
  get frame(): Buffer {
    this.#frame ??= textFrame(this.text);
    return this.#frame;
  }
}

function textFrame(text: string): Buffer {
  const length = Buffer.byteLength(text);
  const extraBytes = length <= MAX_LENGTH_7 ? 0 : length <= MAX_LENGTH_16 ? 2 : 8;
  const frame = Buffer.allocUnsafeSlow(2 + extraBytes + length);
  frame[0] = FINAL_TEXT_FRAME;
  frame[1] = extraBytes === 0 ? length : extraBytes === 2 ? LENGTH_16 : LENGTH_64;
  if (extraBytes === 2) frame.writeUInt16BE(length, 2);
  if (extraBytes === 8) frame.writeBigUInt64BE(BigInt(length), 2);
  frame.write(text, 2 + extraBytes);
  return frame;
}
