import { time } from '../domain/details/markdown';
import { whatMoves } from './calls-in-flight';
import { idInCommand, quoted } from './shell';
import { startOfVersion } from './start-of-version';
import type { Taker } from './pollers';
import type { CallKind } from './temporal-calls';

/**
 * Why no worker answered:
 * - `notBegun`: it was started with a delay or a schedule, and is given to a worker only then
 * - `noPoller`: none polls the task queue of the refund
 * - `wrongVersion`: the code of the workers does not fit the history of the refund
 * - `messageTooLarge`: somebody sends messages that are too large, and no task is completed meanwhile
 * - `taskFails`: the workflow task of the refund fails for another reason
 * - `noAnswer`: none answered in time, although one polls, or polled a moment ago
 * - `orderAway`: one took the message up, and the refund cannot say what becomes of it before its order answers
 * - `runFailed`: the run is over in a way in which no refund should, and none tells where it stood
 * - `noPreview`: none looked what a refund would meet
 */
export type NoAnswer =
  | 'notBegun'
  | 'noPoller'
  | 'wrongVersion'
  | 'messageTooLarge'
  | 'taskFails'
  | 'noAnswer'
  | 'orderAway'
  | 'runFailed'
  | 'noPreview';

/** What is known of a run for which no worker answers. */
export interface Unanswered {
  why: Exclude<NoAnswer, 'noPreview'>;
  taskQueue: string;
  /** The version whose workers go on with it, and why that one; left out where it is none. */
  version?: { name: string; because: Taker['because'] };
  /** How its run stands, as Temporal says it. */
  run: string;
  /** Calls that were begun and can move money. */
  calls: readonly string[];
  /** What the server says of its last workflow task, or what the worker said that could not answer. */
  problem?: string;
  /** Its last workflow task was taken and not finished in time. */
  hasTimedOut: boolean;
  /** When the server gives its first task to a worker, where that is yet to come. */
  beginsAt?: Date;
  /** When its queue was polled last. */
  polledAt?: Date;
}

type Sentence = (refundId: string, facts: Unanswered) => string;

const REASONS: Record<Unanswered['why'], Sentence> = {
  notBegun: (refundId, { beginsAt }) =>
    `Refund ${refundId} has not begun: whoever started it had the Temporal server wait until ` +
    `${time((beginsAt ?? new Date(0)).toISOString())}.`,
  noPoller: (refundId, { taskQueue, version, problem }) =>
    `No worker answered for refund ${refundId}: none ${version === undefined ? '' : `of ${whichVersion(version)} `}` +
    `polls its task queue ${JSON.stringify(taskQueue)}.` +
    (problem === undefined ? '' : ` When one last did, its workflow task failed (${problem}).`),
  noAnswer: (refundId, facts) =>
    `No worker answered for refund ${refundId} in time; is one running, on its task queue ` +
    `${JSON.stringify(facts.taskQueue)}?${lastSign(facts)}`,
  wrongVersion: (refundId) =>
    `The workers that run cannot continue refund ${refundId}: their code does not fit its history.`,
  taskFails: (refundId, { problem = '' }) =>
    `The worker cannot continue refund ${refundId}: its workflow task fails (${problem}).`,
  messageTooLarge: (refundId) =>
    `Somebody sends refund ${refundId} messages that are too large: no worker completes a task of it meanwhile.`,
  orderAway: (refundId) =>
    `Refund ${refundId} is still being planned, for its order has not said yet whether it has so much left.`,
  runFailed: (refundId) =>
    `The run of refund ${refundId} has failed; no worker answered to tell where it stood.`,
};

function whichVersion({ name, because }: NonNullable<Unanswered['version']>): string {
  switch (because) {
    case 'pinned':
      return `its version ${name}, to which it is pinned,`;
    case 'current':
      return `the version ${name}, which is current there,`;
    case 'ramping':
      return `the version ${name}, which is ramping there,`;
  }
}

const UNTIL: Record<Unanswered['why'], string> = {
  notBegun: 'until then',
  noPoller: 'until one does',
  noAnswer: 'until one takes it up',
  wrongVersion: 'until workers of the right version run',
  messageTooLarge: 'until these end',
  taskFails: 'until that is mended',
  orderAway: 'until it does',
  runFailed: '',
};

const NEXT: Record<Unanswered['why'], Sentence> = {
  notBegun: (refundId) =>
    `To have it begin and end as cancelled instead: refund cancel ${idInCommand(refundId)}`,
  noPoller: (_, { taskQueue, version }) =>
    version !== undefined
      ? `What else waits is shown by "refund stuck". Next, ${startOfVersion(version.name)}`
      : `What else waits is shown by "refund stuck". Start one: REFUND_TASK_QUEUE=${quoted(taskQueue, 'ITS_TASK_QUEUE')} npm start`,
  noAnswer: () => 'Ask again; whether it stays so is shown by: refund stuck',
  wrongVersion: (refundId) =>
    `Start workers of the version that took it forward; if it hangs then, too: refund heal ${idInCommand(refundId)}`,
  messageTooLarge: () =>
    'It then goes on by itself within a minute, and is not to be healed. Find out who may write to the namespace and sends them.',
  taskFails: (refundId) =>
    "See its history in the Temporal UI and the workers' logs; once that is mended: " +
    `refund heal ${idInCommand(refundId)}`,
  orderAway: () => 'Why its order does not answer is shown by: refund stuck',
  runFailed: (refundId) =>
    `Start one on its task queue, or read why it failed: refund wait ${idInCommand(refundId)}`,
};

/** Why no worker answered, what that means for the money, and what to do next. */
export function tellNoAnswer(refundId: string, facts: Unanswered, kind: CallKind): string {
  const { why } = facts;
  const parts = [
    REASONS[why](refundId, facts),
    meaningOf(facts),
    whatOfMessage(refundId, kind),
    NEXT[why](refundId, facts),
  ];
  return parts.filter((part) => part !== '').join(' ');
}

/** What becomes of what was sent; empty where nothing was. */
export function whatOfMessage(refundId: string, kind: CallKind): string {
  const look = `look with "refund show ${idInCommand(refundId)}" before you send it again.`;
  switch (kind) {
    case 'question':
      return '';
    case 'message':
      return `A message that you sent may still arrive later: ${look}`;
    case 'accepted':
      return `The message was accepted; whether it counted is not known yet: ${look}`;
  }
}

/** That nobody looked what a refund would meet. */
export function tellNoPreview(refundId: string): string {
  return (
    `No worker looked what refund ${refundId} would meet; is one running on the task queue, and is it as new as this ` +
    'client? It was only asked: nothing was sent or reserved, and no refund id was used up. Ask again.'
  );
}

function meaningOf({ why, run, calls }: Unanswered): string {
  if (run === 'COMPLETED') return 'The refund has ended, and nothing of it is under way.';
  if (run !== 'RUNNING') return 'Nothing goes on with it, and what had moved stays moved.';
  if (calls.length > 0) return `The refund keeps its place. ${whatMoves(calls, UNTIL[why])}`;
  return why === 'noAnswer'
    ? `The refund keeps its place and goes on as soon as a worker takes it up.`
    : `The refund keeps its place and moves nothing ${UNTIL[why]}.`;
}

function lastSign({ hasTimedOut, polledAt }: Unanswered): string {
  if (hasTimedOut)
    return ' One took its workflow task and did not finish it in time: it is busy, or has gone since.';
  return polledAt ? ` One polled it ${secondsSince(polledAt)} s ago: it is busy, or has gone since.` : '';
}

function secondsSince(date: Date): number {
  return Math.max(0, Math.round((Date.now() - date.getTime()) / 1_000));
}
