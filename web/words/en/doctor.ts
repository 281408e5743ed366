// What the doctor says, and the report about a test, in English, the source of the type.
import type { Shape } from '../shape.ts';

export const doctor = {
  verdict: {
    good: 'Good',
    ok: 'Could be better',
    bad: 'Problem',
    noData: 'No data yet',
  },
  severity: { error: 'Error', warning: 'Warning', info: 'Advice' },

  list: {
    heading: 'Doctor',
    nothing: 'Nothing to improve.',
    waiting: 'The doctor needs a few seconds of media.',
    observed: 'Observed',
    expected: 'Expected',
    since: 'Since',
    fix: 'What to do',
    fixFor: { obs: 'OBS', ffmpeg: 'ffmpeg', generic: 'Any encoder' },
    code: (code: string) => `Code ${code}`,
  },

  report: {
    title: 'Test report',
    heading: (stream: string) => `Test of ${stream}`,
    running: 'The test runs',
    over: 'The test is over',
    lasted: 'Duration',
    waiting: 'Waiting for the report…',
    missing: 'There is no report with this address.',
    missingDetail:
      'Check the address. A report is kept for an hour after the end of its test, and a restart of the gateway removes it.',
    unreachable: 'Can’t reach the gateway. Trying again…',
    privacy: 'Nobody can watch a test. Everybody who has the address of this page can read the report.',
    again:
      'To test another setting, change it in the encoder and publish again with ?test=1 after the key. Each test has its own report.',
    copy: 'Address of this report',
    facts: 'What was sent',
    video: 'Video',
    audio: 'Audio',
    resolution: 'Picture',
    keyFrames: 'Key frame every',
    encoder: 'Encoder',
    started: 'Started',
    checklist: 'Checklist',
    fine: 'Fine',
    unknown: 'Not known yet',
    isOver: (title: string) => `${title}: over now`,
    past: 'Found earlier, and over now',
    checks: {
      tracks: 'Picture and sound',
      codecs: 'Codecs',
      keyFrames: 'Key frames',
      bFrames: 'B-frames',
      bitrate: 'Bit rate',
      pictures: 'Lost pictures',
      size: 'Picture size',
      pace: 'Pace of the upload',
      sync: 'Sound in step with the picture',
      sound: 'Sample rate and channels',
      gateway: 'Load of the gateway',
    },
  },
} as const;

export type DoctorWords = Shape<typeof doctor>;
