// The report about a test publish: verdict, checklist, what was sent, and what to change. It needs no token, because nobody can guess
// its address, and it follows the test while it runs.
import { doctorList } from '../doctor/doctor-list.ts';
import { summaryText } from '../doctor/issue-text.ts';
import { verdictLine } from '../doctor/verdict-line.ts';
import { brandLink, brandName } from '../page/brand.ts';
import { copyLine } from '../page/copy-button.ts';
import { element, setData, setText } from '../page/element.ts';
import { testReportUrl } from '../page/gateway-urls.ts';
import { parseQueryOptions } from '../page/query-options.ts';
import { doctorWords } from '../words/doctor.ts';
import { loadWords } from '../words/load-words.ts';
import { checkList } from './check-list.ts';
import { checksOf } from './checks.ts';
import { pastIssues } from './past-issues.ts';
import { sentFacts } from './sent-facts.ts';
import { fetchReport, type ReportAnswer, type TestReport } from './test-report.ts';

/** The doctor judges once a second. */
const AGAIN_MS = 2_000;

await loadWords(parseQueryOptions('watch', window.location.search).lang);

const { report: text } = doctorWords;
const root = new URL('../', window.location.href).href;
const id = decodeURIComponent(window.location.pathname.split('/').at(-1) ?? '');

const heading = element('h1', {}, text.title);
const pill = element('span', { class: 'pill' });
const note = element('div', { class: 'panel report-note', role: 'status' }, element('p', {}, text.waiting));
const verdict = verdictLine();
const checks = checkList();
const facts = sentFacts();
const doctor = doctorList(doctorWords.list.fix);
const past = pastIssues();
const body = element(
  'div',
  { class: 'report-body' },
  verdict.node,
  doctor.node,
  element('div', { class: 'report-pair' }, checks.node, facts.node),
  past.node,
  element('p', { class: 'hint' }, text.again),
);
const share = element(
  'div',
  { class: 'report-share' },
  copyLine(text.copy, testReportUrl(root, id)).node,
  element('p', { class: 'hint' }, text.privacy),
);

function show(answer: ReportAnswer): void {
  if (answer.kind === 'report') return showReport(answer.report);
  const isMissing = answer.kind === 'missing';
  // What was read once stays, also when the gateway has forgotten it.
  if (!body.hidden) {
    if (!isMissing) note.replaceChildren(element('p', {}, text.unreachable));
    note.hidden = isMissing;
    // The gateway has started again, and with it the test was over.
    if (isMissing) showEnd(true);
    return;
  }
  note.replaceChildren(
    element('p', { class: 'report-note-title' }, isMissing ? text.missing : text.unreachable),
    ...(isMissing ? [element('p', { class: 'hint' }, text.missingDetail)] : []),
  );
}

function showReport(report: TestReport): void {
  const { stream, endedAt, health } = report;
  const isOver = endedAt !== undefined;
  note.hidden = true;
  body.hidden = false;
  share.hidden = false;
  setText(heading, text.heading(stream));
  document.title = `${text.heading(stream)} · ${brandName()}`;
  pill.hidden = false;
  showEnd(isOver);
  const nowMs = endedAt ?? Date.now();
  verdict.show(health.verdict, summaryText(health));
  checks.show(checksOf(report));
  facts.show(report, nowMs);
  doctor.show(health.verdict === 'noData' && health.issues.length === 0 ? undefined : health.issues, nowMs);
  past.show(report.past);
}

function showEnd(isOver: boolean): void {
  setText(pill, isOver ? text.over : text.running);
  setData(pill, 'state', isOver ? 'ended' : 'starting');
}

async function follow(): Promise<void> {
  const answer = await fetchReport(root, id);
  show(answer);
  const isOver = answer.kind === 'report' && answer.report.endedAt !== undefined;
  if (!isOver && answer.kind !== 'missing') window.setTimeout(follow, AGAIN_MS);
}

body.hidden = true;
share.hidden = true;
pill.hidden = true;
document.title = `${text.title} · ${brandName()}`;
document.body.append(
  element('header', { class: 'top' }, brandLink(root)),
  element(
    'main',
    { class: 'report' },
    element('div', { class: 'report-title' }, heading, pill),
    note,
    body,
    share,
  ),
);
void follow();
