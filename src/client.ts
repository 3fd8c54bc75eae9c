/** The library for order services in TypeScript: starts refunds, awaits them, and speaks for the people who decide. */
export { createRefundClient } from './client/refund-client';
export type { RefundClient, RefundClientOptions } from './client/refund-client';
export { connectRefundClient } from './client/connect';
export type { ConnectedRefundClient, ConnectOptions } from './client/connect';
export * from './client/errors';
export type { RefundFilter, RefundRow, RunStatus } from './client/overview';
export type { Question } from './client/input';
export type { Decision, Resolution } from './client/people';
export { requestHash } from './request-hash';
export type { StartedRefund } from './client/start';
export type { RefundChange } from './client/watch';
export type { Doubt } from './client/doubts';
export type { HealedRefund } from './client/heal';
export { HealRefusedError } from './client/heal-refusals';
export type { StuckRefund } from './client/stuck';
export type { Survey } from './client/survey';
export { ConfigurationError } from './config/reader';
export { DEFAULT_TASK_QUEUE, workflowIdOf } from './domain/contract';
export type { Briefing, Choice, LegBriefing } from './domain/briefing';
export type { DecideMessage, DecisionMessage } from './domain/decision';
export type { ProblemCode, Receipt } from './domain/outcome';
export type { LegName, ProviderName } from './domain/plan';
export type {
  DsquaresLeg,
  MircateLeg,
  PaywallLeg,
  RefundRequest,
  RequestLeg,
  SipayLeg,
  WyreLeg,
} from './domain/request';
export type { ResolutionOutcome, ResolveLegMessage } from './domain/resolution';
export { FINAL_STATUSES, isFinal } from './domain/state';
export type {
  Approval,
  FinalStatus,
  LegState,
  LegStatus,
  Problem,
  RefundState,
  RefundStatus,
  Side,
} from './domain/state';
