import { existsSync } from 'node:fs';
import { Worker } from '@temporalio/worker';
import type { InjectedSinks } from '@temporalio/worker';
import { DeterminismViolationError } from '@temporalio/workflow';
import type { KeptHistory } from '../client/health/kept-history';
import { describeRefund } from '../domain/details';
import { READING_BUNDLE_PATH } from './bundle-path';
import { NotReadError } from './not-read';
import { beQuiet } from './quiet';
import { replayOptions } from './replay-options';
import type { Reading, ReadingSinks } from './sinks';

/**
 * Reads where a run stands by replaying its history in this process. Nothing is sent anywhere: a replay only follows
 * what has happened.
 * @throws NotReadError
 */
export async function readRun(kept: KeptHistory, bundlePath = READING_BUNDLE_PATH): Promise<Reading> {
  if (kept.events.length === 0) throw new NotReadError('no worker has taken it up yet');
  if (!existsSync(bundlePath)) throw new NotReadError('the code for that is not built (npm run build)');
  beQuiet();
  const { options, keys } = replayOptions(bundlePath, kept);
  const noted: string[] = [];
  const sinks: InjectedSinks<ReadingSinks> = {
    reading: { stands: { fn: (_, json) => void noted.push(json), callDuringReplay: true } },
  };
  try {
    await Worker.runReplayHistory({ ...options, sinks }, { events: kept.events }, kept.workflowId);
  } catch (error) {
    if (!keys.areMissing) throw new NotReadError(reasonOf(error), { cause: error });
  }
  if (keys.areMissing) throw new NotReadError('its keys are not in PAYLOAD_KEYS');
  const last = noted.at(-1);
  if (last === undefined) throw new NotReadError('it is not known to this version');
  const reading = JSON.parse(last) as Reading;
  return kept.wasReset ? asOfReset(reading) : reading;
}

/** A replay takes the run for its first one, and would say of it alone what an earlier one may have done. */
function asOfReset({ state, briefing }: Reading): Reading {
  const told = { ...briefing, wasReset: true };
  return { state, briefing: told, details: describeRefund(state, told) };
}

function reasonOf(error: unknown): string {
  return error instanceof DeterminismViolationError
    ? 'the version of this command differs from the code that the refund runs on'
    : 'replaying it failed';
}
