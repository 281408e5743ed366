// Makes assets/demo.flv, the clip of `--demo`: a dial that turns once a second, the seconds in big figures, and at
// every full second a white flash with a 1 kHz beep, which shows latency, smoothness and lip sync.
// Needs ffmpeg with libx264 and drawtext, and the DejaVu fonts. Run: node scripts/make-demo-clip.mjs [OUTPUT]
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { FPS, LOOP_S, pictureGraph } from './demo-picture.mjs';
import { ROOT } from './prepare.mjs';
import { runCommand, runScript, ScriptError, say } from './run-command.mjs';

const GOP_FRAMES = 2 * FPS;
const SAMPLE_RATE = 48_000;
/** The clip is in the repository and is read into memory at start. */
const MAX_BYTES = 4 * 1024 * 1024;

process.exitCode = await runScript(async () => {
  const output = path.resolve(process.argv[2] ?? path.join(ROOT, 'assets/demo.flv'));
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'sluice-demo-clip-'));
  try {
    const video = path.join(folder, 'video.mp4');
    const audio = path.join(folder, 'audio.m4a');
    say('drawing and encoding the picture');
    await ffmpeg(['-filter_complex', pictureGraph(), '-map', '[out]', ...videoCodec(), video]);
    say('encoding the sound');
    await ffmpeg(['-f', 'lavfi', '-i', soundSource(), '-c:a', 'aac', '-b:a', '96k', audio]);
    fs.mkdirSync(path.dirname(output), { recursive: true });
    // Use the second round of the sound, so that its first frame continues the last one.
    const inputs = ['-i', video, '-ss', `${LOOP_S}`, '-i', audio];
    const streams = ['-map', '0:v', '-map', '1:a', '-c', 'copy', '-t', `${LOOP_S}`];
    await ffmpeg([...inputs, ...streams, '-bitexact', output]);
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
  const { size } = fs.statSync(output);
  say(`${output}: ${(size / 1024 / 1024).toFixed(2)} MiB`);
  if (size > MAX_BYTES) throw new ScriptError(`the clip is larger than ${MAX_BYTES} bytes: raise the CRF`);
  return 0;
});

/** @param {readonly string[]} args */
async function ffmpeg(args) {
  const program = process.env.SLUICE_TEST_FFMPEG ?? 'ffmpeg';
  const code = await runCommand(program, ['-hide_banner', '-nostdin', '-v', 'warning', '-y', ...args], {
    cwd: ROOT,
  });
  if (code !== 0) throw new ScriptError(`ffmpeg ended with ${code}; its messages are above`);
}

/** No B-frames and closed GOPs, as low-latency encoders send. */
function videoCodec() {
  const gop = ['-g', `${GOP_FRAMES}`, '-keyint_min', `${GOP_FRAMES}`, '-sc_threshold', '0', '-bf', '0'];
  const colour = [
    '-colorspace',
    'bt709',
    '-color_primaries',
    'bt709',
    '-color_trc',
    'bt709',
    '-color_range',
    'tv',
  ];
  const rate = ['-crf', '27', '-maxrate', '900k', '-bufsize', '900k'];
  const codec = ['-c:v', 'libx264', '-preset', 'veryslow', '-profile:v', 'high', '-level', '3.1'];
  return [...codec, '-x264-params', 'open-gop=0:aq-mode=3', ...rate, ...gop, ...colour, '-t', `${LOOP_S}`];
}

/** 80 ms of 1 kHz with soft edges at every full second, both channels; a little more than two rounds. */
function soundSource() {
  const at = 'mod(t\\,1)';
  const envelope = `min(1\\,${at}/0.002)*min(1\\,max(0\\,(0.08-${at})/0.02))`;
  const wave = `0.5*sin(2*PI*1000*${at})*${envelope}`;
  return `aevalsrc=${wave}|${wave}:s=${SAMPLE_RATE}:d=${2 * LOOP_S + 1}`;
}
