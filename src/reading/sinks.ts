import type { Sinks } from '@temporalio/workflow';
import type { Briefing } from '../domain/briefing';
import type { RefundState } from '../domain/state';

/** Where a run stands, as its own queries would tell it. */
export interface Reading {
  state: RefundState;
  briefing: Briefing;
  /** The current details: Markdown. */
  details: string;
}

/** How a run hands that out of the isolate while its history is replayed: as JSON, in the form in which it was then. */
export interface ReadingSinks extends Sinks {
  reading: { stands(json: string): void };
}
