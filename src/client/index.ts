/** The library for order services in TypeScript: starts refunds, awaits them, and sends the decisions of people. */
export { createRefundClient } from './refund-client';
export type { RefundClient, RefundClientOptions } from './refund-client';
export { connectRefundClient } from './connect';
export type { Closable, ConnectedRefundClient, ConnectOptions } from './connect';
export type { RefundErrorCode } from './error-codes';
export {
  DecisionRefusedError,
  RefundConflictError,
  RefundEndedError,
  RefundError,
  RefundFailedError,
  RefundNotFoundError,
  RefundPausedError,
  RefundTerminatedError,
} from './errors';
export {
  PayloadUnreadableError,
  TemporalServerError,
  WaitEndedError,
  WorkerUnavailableError,
} from './server-errors';
export type { UsedBy } from './errors';
export type { NoAnswer } from './no-answer';
export { InvalidRefundRequestError } from './invalid-request';
export type { Refusal } from './invalid-request';
export { ConfigurationError } from '../config/reader';
export type { Environment } from '../config/reader';
export type { RefundFilter, RefundRow, RunStatus } from './overview';
export type { Decision } from './messages';
export { checkRequest } from './start';
export type { StartedRefund } from './start';
export type { IdInUse, PreviewOptions, RefundPreview } from './preview';
export type { StartAllOptions, StartResult } from './start-all';
export type { WaitOptions } from './wait';
export type { RefundChange, WatchOptions } from './watch';
export { requestHash } from '../statements/request-hash';
export { DEFAULT_TASK_QUEUE, workflowIdOf } from '../domain/contract';
export type { DecideMessage, DecisionMessage } from '../domain/decision';
export type { Notice, NoticeData, NoticeType } from '../domain/notice';
export type { ProblemCode, Receipt } from '../domain/provider-answers';
export type { LegName, OverLimit, ProviderName } from '../domain/plan';
export type {
  ApprovalReason,
  Outlook,
  Preview,
  PreviewAnswer,
  PreviewedLeg,
  PreviewedOrder,
  PreviewedPayment,
} from '../domain/preview';
export type {
  DsquaresLeg,
  MircateLeg,
  PaywallLeg,
  RefundRequest,
  RequestLeg,
  SipayLeg,
  WyreLeg,
} from '../domain/request';
export { FINAL_STATUSES, isFinal } from '../domain/state';
export type {
  Approval,
  FinalState,
  FinalStatus,
  LegState,
  LegStatus,
  Problem,
  RefundState,
  RefundStatus,
  Side,
} from '../domain/state';
