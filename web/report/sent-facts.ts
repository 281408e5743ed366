// What the encoder of a test sent: codecs, picture, bit rates and key frames.
import type { StreamNumbers } from '../../server/stats/stats-message.ts';
import { codecName } from '../page/codec-name.ts';
import { element, setText } from '../page/element.ts';
import {
  formatAudioShape,
  formatBitrate,
  formatDuration,
  formatFrameRate,
  formatInterval,
  formatResolution,
} from '../page/format.ts';
import { doctorWords } from '../words/doctor.ts';
import { timeFormat } from '../words/language.ts';
import type { TestReport } from './test-report.ts';

const { report: text } = doctorWords;

const moment = timeFormat({ dateStyle: 'medium', timeStyle: 'medium' });

type Row = {
  readonly key: string;
  readonly term: () => string;
  readonly value: (report: TestReport, nowMs: number) => string;
};

const ROWS: readonly Row[] = [
  { key: 'video', term: () => text.video, value: ({ numbers }) => videoText(numbers) },
  {
    key: 'resolution',
    term: () => text.resolution,
    value: ({ numbers: n }) => joined([formatResolution(n?.width, n?.height), formatFrameRate(n?.fps)]),
  },
  { key: 'audio', term: () => text.audio, value: ({ numbers }) => audioText(numbers) },
  { key: 'gop', term: () => text.keyFrames, value: ({ numbers }) => formatInterval(numbers?.gopMs) },
  { key: 'encoder', term: () => text.encoder, value: ({ numbers }) => numbers?.encoder ?? '–' },
  { key: 'started', term: () => text.started, value: ({ startedAt }) => moment(startedAt) },
  {
    key: 'lasted',
    term: () => text.lasted,
    value: ({ startedAt, endedAt }, nowMs) => formatDuration(Math.max(0, (endedAt ?? nowMs) - startedAt)),
  },
];

export type SentFacts = {
  readonly node: HTMLElement;
  readonly show: (report: TestReport, nowMs: number) => void;
};

export function sentFacts(): SentFacts {
  const values = ROWS.map(({ key }) => element('dd', { 'data-fact': key }));
  return {
    node: element(
      'section',
      { class: 'panel', 'aria-labelledby': 'facts-heading' },
      element('div', { class: 'panel-top' }, element('h2', { id: 'facts-heading' }, text.facts)),
      element(
        'dl',
        { class: 'facts' },
        ...ROWS.map(({ term }, at) =>
          element('div', { class: 'fact' }, element('dt', {}, term()), values[at] ?? ''),
        ),
      ),
    ),
    show: (report, nowMs) => {
      for (const [at, { value }] of ROWS.entries()) {
        const cell = values[at];
        if (cell !== undefined) setText(cell, value(report, nowMs));
      }
    },
  };
}

function videoText(numbers: StreamNumbers | undefined): string {
  if (numbers?.videoCodec === undefined) return '–';
  return joined([codecName(numbers.videoCodec), formatBitrate(numbers.vbps)]);
}

function audioText(numbers: StreamNumbers | undefined): string {
  if (numbers?.audioCodec === undefined) return '–';
  const { audioCodec, sampleRate, channels, abps } = numbers;
  return joined([codecName(audioCodec), formatAudioShape(sampleRate, channels), formatBitrate(abps)]);
}

function joined(parts: readonly string[]): string {
  return parts.filter((part) => part !== '–' && part !== '').join(' · ') || '–';
}
