// The page of one stream: verdict, doctor, segments, charts, events, viewers and diagnostics.
import type { OperatorMessage, ServerColumn } from '../../server/stats/operator-message.ts';
import { doctorList } from '../doctor/doctor-list.ts';
import { element, setText } from '../page/element.ts';
import { dashboardWords } from '../words/dashboard.ts';
import { chartsSection } from './charts-section.ts';
import { ColumnHistory } from './column-history.ts';
import { diagnosticReport } from './diagnostic-report.ts';
import { diagnosticsPanel } from './diagnostics-panel.ts';
import { encoderPanel } from './encoder-panel.ts';
import { eventList } from './event-list.ts';
import type { PageView } from './page-view.ts';
import { rejectedList } from './rejected-list.ts';
import { segmentStrip } from './segment-strip.ts';
import type { StreamActionsOptions } from './stream-actions.ts';
import { type FactsChange, StreamFacts } from './stream-facts.ts';
import { streamHeading } from './stream-heading.ts';
import { viewersTable } from './viewers-table.ts';

const { stream } = dashboardWords;

/** Typed so that a new column of the messages must be added here. */
const SERVER_COLUMNS: Readonly<Record<ServerColumn, true>> = {
  cpuPercent: true,
  loopP99Ms: true,
  rssBytes: true,
  mediaBytes: true,
  streams: true,
  viewers: true,
  websockets: true,
};

/** As the gateway makes its steps of ten seconds; the processor has the mean. */
const SERVER_COMBINE = {
  loopP99Ms: 'max',
  rssBytes: 'max',
  mediaBytes: 'max',
  streams: 'max',
  viewers: 'max',
  websockets: 'max',
} as const;

export function streamView(options: StreamActionsOptions): PageView {
  const { name } = options;
  const facts = new StreamFacts();
  const server = serverHistory();
  const heading = streamHeading(options);
  const doctor = doctorList();
  const encoder = encoderPanel();
  const strip = segmentStrip();
  const charts = chartsSection(name, facts, server);
  const events = eventList((t) => {
    charts.pointAt(t);
    charts.node.scrollIntoView({ block: 'nearest' });
  });
  const viewers = viewersTable();
  const rejected = rejectedList(name);
  const report = diagnosticsPanel(() => writeReport(options, facts, server));
  const note = element('p', { class: 'panel stream-note', role: 'status' }, stream.waiting);
  const judged = element('div', { class: 'stream-pair' }, doctor.node, events.node);
  const measured = [
    strip.node,
    charts.node,
    viewers.node,
    element('div', { class: 'stream-pair' }, rejected.node, report),
  ];
  const sections = [judged, ...measured];
  for (const section of sections) section.hidden = true;
  const shows: Readonly<Record<Exclude<FactsChange, 'all'>, () => void>> = {
    numbers: () => {
      heading.show(facts);
      doctor.show(facts.judgedIssues, facts.nowMs);
      encoder.show(facts.encoderReport);
      strip.show(facts.segments, facts.nowMs);
      charts.update();
      shows.events(); // those that are older than an hour leave
    },
    segments: () => strip.show(facts.segments, facts.nowMs),
    issues: () => doctor.show(facts.judgedIssues, facts.nowMs),
    events: () => events.show(facts.recentEvents(), facts.nowMs),
    viewers: () => viewers.show(facts.viewers, facts.moreViewers, facts.nowMs),
  };
  return {
    node: element('div', { class: 'stream' }, heading.node, note, judged, encoder.node, ...measured),
    title: dashboardWords.titleOf(name),
    receive: (message) => {
      takeServer(message, server);
      rejected.receive(message);
      const change = facts.receive(message);
      if (change === undefined) return;
      if (change === 'all') for (const show of Object.values(shows)) show();
      else if (facts.card !== undefined) shows[change]();
      note.hidden = facts.isKnown;
      setText(note, stream.noSuch(name));
      for (const section of sections) section.hidden = !facts.isKnown;
    },
    close: () => {
      strip.close();
      charts.close();
    },
  };
}

function serverHistory(): ColumnHistory<ServerColumn> {
  const columns = Object.keys(SERVER_COLUMNS) as ServerColumn[];
  return new ColumnHistory({ columns, combine: SERVER_COMBINE });
}

function takeServer(message: OperatorMessage, server: ColumnHistory<ServerColumn>): void {
  if (message.op === 'serverSnapshot') server.load(message.recent, message.hour);
  else if (message.op === 'server') server.push(message.t, message.d);
}

function writeReport(
  { name, info }: StreamActionsOptions,
  facts: StreamFacts,
  server: ColumnHistory<ServerColumn>,
): string {
  const { card, summarised, issues = [], numbers, encoderReport, segments, viewers, nowMs, events } = facts;
  if (card === undefined) return '';
  const now: Partial<Record<ServerColumn, number | null>> = {};
  for (const column of Object.keys(SERVER_COLUMNS) as ServerColumn[]) now[column] = server.latest(column);
  const sources = {
    card,
    summary: summarised?.summary,
    issues,
    numbers,
    encoderReport,
    segments,
    viewers,
    nowMs,
    events,
    name,
    server: now,
  };
  return diagnosticReport({ version: info()?.version ?? '', ...sources });
}
