// GStreamer with either of its RTMP sinks, and its own test sources: a ball whose colours are swapped, and ticks.
import { runProcess, startProcess } from '../support/running-process.ts';
import { AUDIO_KBPS, AUDIO_RATE, type Encoder, PICTURE, VIDEO_KBPS } from './encoder.ts';

const VERSION_TIMEOUT_MS = 10_000;
const { width, height, framesPerSecond, keyFrameEveryS } = PICTURE;

/** videotestsrc swaps the colours after this many frames, at any frame rate. */
const FLIP_FRAMES = 50;
const TICK_NS = Math.round((FLIP_FRAMES / framesPerSecond) * 1e9);

const PIPELINE = [
  'videotestsrc is-live=true pattern=ball flip=true animation-mode=frames motion=sweep',
  `video/x-raw,format=I420,width=${width},height=${height},framerate=${framesPerSecond}/1`,
  // Filled to its rate, because the ball alone has too few bytes for a realistic stream.
  `x264enc speed-preset=veryfast tune=zerolatency key-int-max=${framesPerSecond * keyFrameEveryS} bitrate=${VIDEO_KBPS} option-string=nal-hrd=cbr`,
  'h264parse',
  'queue',
  `mux. audiotestsrc is-live=true wave=ticks tick-interval=${TICK_NS}`,
  `audio/x-raw,rate=${AUDIO_RATE},channels=1`,
  `avenc_aac bitrate=${AUDIO_KBPS * 1000}`,
  'aacparse',
  'queue',
  'mux. flvmux name=mux streamable=true',
];

export const rtmpsinkEncoder = gstreamerEncoder('rtmpsink');
export const rtmp2sinkEncoder = gstreamerEncoder('rtmp2sink');

function gstreamerEncoder(sink: 'rtmpsink' | 'rtmp2sink'): Encoder {
  return {
    name: `GStreamer ${sink}`,
    version: async () => {
      const { stdout } = await runProcess('gst-launch-1.0', ['--version'], { timeoutMs: VERSION_TIMEOUT_MS });
      return /GStreamer (\d[\d.]*)/.exec(stdout)?.[1] ?? 'unknown';
    },
    start: async (gateway, streamName) => {
      const pipeline = [...PIPELINE, `${sink} location=${gateway.rtmpUrl(streamName)}`].join(' ! ');
      // -e: on Ctrl-C the end of the stream passes through the pipeline before it stops.
      const running = startProcess('gst-launch-1.0', ['-e', ...pipeline.split(' ')]);
      let stdout = '';
      running.child.stdout.setEncoding('utf8').on('data', (text: string) => {
        stdout += text;
      });
      return {
        stop: async () => {
          const { code, signal, stderr } = await running.stop('SIGINT');
          if (code === 0 && stderr === '') return;
          // The cause is on stderr; stdout shows each step.
          throw new Error(`gst-launch-1.0 ended with ${code ?? signal}: ${stderr === '' ? stdout : stderr}`);
        },
      };
    },
  };
}
