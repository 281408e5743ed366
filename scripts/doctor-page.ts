// Renders docs/doctor.md from the rules of the doctor.
import { NEWEST_OBS } from '../server/doctor/encoder-menus.ts';
import { BIT_RATES, HIGH_FRAME_RATE, HIGH_FRAME_RATE_FACTOR } from '../server/doctor/picture-rules.ts';
import { bitRate, type Rule } from '../server/doctor/rule.ts';
import { RULES } from '../server/doctor/rules.ts';
import { typesOfValues } from './issue-values.ts';

const HEAD = `# The doctor

The gateway judges every stream once a second: what its publisher sends, how its viewers fare, and whether the gateway keeps up. An issue
is raised when its rule has applied for some seconds, and cleared when it has not for twice as long. Too little media neither raises nor
clears. An issue says what was measured, what is expected, and what to do: the menu of OBS in the version that pushes, the flags of
ffmpeg for the frame rate that is sent, and words for every other encoder. Texts of the API, of messages and of the log are English. Each
issue also has its code and [its values](#values-of-issues), from which the pages write sentences in their own language.

The verdict of a stream is \`bad\` with an error, \`ok\` with a warning, otherwise \`good\`; it is \`noData\` until three seconds of media have
arrived. It is in \`GET /api/v1/streams/NAME/health\`, in the report ([api.md](api.md)), and in the messages for operators
([websocket.md](websocket.md)). Each change is an event of the library (\`stream:health\`), of webhooks (\`stream.health_changed\`,
[webhooks.md](webhooks.md)), and one log line, whose field \`issue\` is the code. The metric is \`sluice_health_issues\`.

## Try a setting without viewers

Add \`?test=1\` to the stream key: \`KEY?test=1\`. On the set-up page, *Only test the encoder* adds it to the addresses. The stream is judged as
usual. Nobody can watch it, it is not listed, it has no webhooks, and it does not take the name from a stream that is live. The log line
"publishing a test" and the status message of the encoder have the address of its report, the page \`/tests/ID\`: the verdict, a checklist,
what was sent, and what to change. It follows the test while it runs. Everybody who has the address can read it, without a token;
\`GET /api/v1/tests/ID\` has the same as JSON. It is kept for an hour after the end of the test. OBS does not show status messages: there the
dashboard has the address, on the page of the test, and for operators the set-up page too. Tests do not count as streams
(\`stream.max-streams\`); \`stream.max-tests\` limits them.

## What the encoder reports

OBS with Enhanced Broadcasting (multitrack video) reports about itself in each key frame: Broadcast Performance Metrics, three unregistered
SEI messages. The gateway reads them from H.264. They say how many pictures were rendered late, skipped by the encoder, and dropped by the
network, and when a picture was composed. So the rules \`renderLag\`, \`encoderOverload\` and \`networkDrops\` know the cause, where
\`framesDropped\` sees only that pictures are missing. The counts of the last 30 s, the time that encoding takes, and the time from capture to
arrival are on the dashboard, in the report of the API and in the messages for operators. The time from capture to arrival needs right clocks
on both machines; where pictures seem to arrive before they are sent, it is left out. Encoders without such reports lose nothing.

## Rules

The first track of each kind is judged, because HLS plays it. Fixes are shown for OBS ${NEWEST_OBS} and 30 pictures a second.

`;

export function renderDoctorPage(): string {
  const rows = RULES.map(
    ({ code, severities, title, expected }) =>
      `| [\`${code}\`](#${code.toLowerCase()}) | ${severities.join(', ')} | ${title} | ${expected} |`,
  );
  const table = ['| code | severity | title | expected |', '|---|---|---|---|', ...rows].join('\n');
  return `${HEAD}${table}\n\n${RULES.map(sectionOf).join('\n')}\n${bitRates()}\n${values()}`;
}

function bitRates(): string {
  const rows = BIT_RATES.map(
    ({ lines, least, most }) => `| ${lines} | ${bitRate(least)} | ${bitRate(most)} |`,
  );
  return [
    '## Bit rates',
    '',
    'Of pictures, by the shorter side of the picture; a size between two rows is in the lower one.',
    `Above ${HIGH_FRAME_RATE} pictures a second both are ${HIGH_FRAME_RATE_FACTOR} times as high. Smaller pictures are not judged.`,
    '',
    '| lines | least | most |',
    '|---|---|---|',
    ...rows,
    '',
  ].join('\n');
}

function values(): string {
  return [
    '## Values of issues',
    '',
    'An issue in the API, in messages and in webhooks has the numbers and names in its texts as data, so that other programs can write',
    'sentences of their own. `values` has those in `observed`, by the code of the issue. Units are in the names: `share` is from 0 to 1, `bps` is',
    'bits per second. `kind` says which of several sentences applies. Ignore codes, kinds and values that you do not know.',
    '',
    typesOfValues('IssueValues', 'Share', 'MissingTrack', 'LeftOutTrack'),
    '',
    '`fixValues` has what `fix` depends on, and is the same for all codes. `lowerBps` is for an upload that is too slow; it is there if `bps` is.',
    '',
    typesOfValues('FixValues'),
    '',
    'On the card of a stream (topic `streams`, [websocket.md](websocket.md)) `topIssueCode` is the code of the issue in `topIssue`. The types are',
    'exported by `sluice` and `sluice/live`.',
    '',
  ].join('\n');
}

function sectionOf(rule: Rule): string {
  const { obs, ffmpeg, generic } = rule.fix({ obsVersion: NEWEST_OBS, fps: 30 });
  const lines = [
    `### ${rule.code}`,
    '',
    `${rule.trigger} Raised after ${rule.raiseAfterS} s.`,
    '',
    generic,
    ...(obs === undefined ? [] : [`- OBS: ${obs}`]),
    ...(ffmpeg === undefined ? [] : [`- ffmpeg: \`${ffmpeg}\``]),
  ];
  if (lines.length > 5) lines.splice(5, 0, '');
  return `${lines.join('\n')}\n`;
}
