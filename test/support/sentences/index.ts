import { approval, consequences } from './outcomes';
import { NAMES, parkedSentences } from './parked';
import { refusals } from './refusals';
import { cells, firstLines, foundBy, lookedFor, paragraphs } from './states';
import { stuckSentences } from './stuck';
import { textsIn } from './sources';

const INTRODUCTION = `# Sentences that operators read

Every sentence that the Temporal UI and the command line can show to an operator, in one place, so that it can be read
through. This page is written by \`RECORD_SENTENCES=1 npx jest test/domain/sentences.test.ts\`; without the variable that
test fails when a sentence has changed and the page has not. ${NAMES}`;

/** The page of all sentences that an operator can read, as Markdown. */
export function allSentences(): string {
  const { underWay, ended } = firstLines();
  const { waiting, cancelled, earlierRuns } = paragraphs();
  const { decisions, resolutions } = refusals();
  return [
    INTRODUCTION,
    '## A leg is parked',
    ...parkedSentences(),
    ...section('To find it at its provider', [...lookedFor(), ...foundBy()]),
    '## What each outcome does',
    ...consequences(),
    ...section('The first line, while a refund is under way', underWay),
    ...section('The first line, at the end', ended),
    ...section('The State column', cells()),
    ...section('While it waits for a provider', waiting),
    ...section('After a cancel', cancelled),
    ...section('After an earlier run', earlierRuns),
    '## A person is asked to approve',
    ...approval(),
    ...section('Why a decision does not count', decisions),
    ...section('Why a resolution does not count', resolutions),
    ...section('What `refund stuck` says', stuckSentences()),
    '## What the adapters say of a provider’s answers',
    ...byFile('src/providers'),
    '## What is said besides, by file',
    ...['src/domain', 'src/workflows', 'src/activities', 'src/statements', 'src/client', 'src/cli'].flatMap(
      byFile,
    ),
  ].join('\n\n');
}

function section(title: string, lines: readonly string[]): string[] {
  return [`## ${title}`, lines.map((line) => `- ${line}`).join('\n')];
}

function byFile(folder: string): string[] {
  return textsIn(folder).flatMap(([file, texts]) => [
    `### ${file}`,
    texts.map((text) => `- ${asCode(text)}`).join('\n'),
  ]);
}

/** Shown as it is written; what a list would make of its line breaks is told. */
function asCode(text: string): string {
  const line = text.trim().replace(/\n/g, ' ⏎ ');
  return line.includes('`') ? `\`\` ${line} \`\`` : `\`${line}\``;
}
