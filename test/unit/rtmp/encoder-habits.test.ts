// Rows 73 and 74 of docs/trust.md: encoders that cannot run here, simulated from what is known of their messages.
import { expect, it } from 'vitest';
import { amfStringProperty } from '../../../server/rtmp/amf-value.ts';
import type { Command } from '../../../server/rtmp/command.ts';
import { Session } from '../../../server/rtmp/session.ts';
import { ENCODER_HABITS } from '../../cases/encoder-habits.ts';
import { commandsIn, EncoderScript, hear } from '../../cases/rtmp-script.ts';
import { splitsOf } from '../../cases/rtmp-splits.ts';

/** `_result 4` or `onStatus NetStream.Publish.Start`. */
function heard({ name, transactionId, args }: Command): string {
  return `${name} ${name.startsWith('_') ? transactionId : amfStringProperty(args[0], 'code')}`;
}

it.each(ENCODER_HABITS)('$encoder is answered at each step, publishes, and ends', (habit) => {
  const script = new EncoderScript();
  const session = new Session();
  let isFromStart = true;
  const sent: Buffer[] = [hear(session, [script.hello()]).sent];
  const outputs = habit.steps(script).flatMap(({ bytes, hears }) => {
    const step = hear(session, [bytes]);
    sent.push(step.sent);
    const answers = commandsIn(isFromStart ? Buffer.concat(sent) : step.sent, isFromStart).map(heard);
    // The chunk size sent with the answer to connect applies from then on.
    if (answers.length > 0) isFromStart = false;
    expect(answers).toEqual(expect.arrayContaining([...hears]));
    return step.outputs;
  });
  const request = outputs.find(({ kind }) => kind === 'publish-requested');
  expect(request).toMatchObject({ request: { app: habit.app, streamName: habit.streamName } });
  expect(outputs.filter(({ kind }) => kind === 'audio' || kind === 'video')).toHaveLength(habit.media);
  expect(outputs.filter(({ kind }) => kind === 'publish-ended')).toHaveLength(1);
  expect(outputs.filter(({ kind }) => kind === 'closed')).toEqual([]);
});

it.each(ENCODER_HABITS)('$encoder is understood the same in one flight, however it is cut', (habit) => {
  const script = new EncoderScript();
  const flight = Buffer.concat([script.hello(), ...habit.steps(script).map(({ bytes }) => bytes)]);
  const [whole, ...others] = splitsOf(flight).map(({ parts }) => hear(new Session(), parts).outputs);
  expect(whole?.filter(({ kind }) => kind === 'publish-ended')).toHaveLength(1);
  for (const other of others) expect(other).toEqual(whole);
});
