/**
 * The `code` of an error, for programs. The union is closed: a new code is a new minor version, and none changes its
 * meaning.
 * - `invalidRequest`: the request does not validate; `refusal` says whether anything was started
 * - `conflict`: the refund id is used up by another content; nothing was started
 * - `notFound`: no refund has this id; nothing was changed
 * - `ended`: the refund has ended, so that no message reaches it; nothing was changed
 * - `terminated`: somebody terminated the run; what had moved stays moved
 * - `failed`: the run ended in a way in which no refund should; what had moved stays moved
 * - `decisionRefused`, `resolutionRefused`: the refund refused the message; nothing was changed
 * - `workerUnavailable`: the server answers, but no worker does
 * - `paused`: somebody paused the run on the server
 * - `unreadable`: the payloads are encrypted with keys that this client does not have; a message of which that is the
 *   reply may have counted
 * - `serverUnanswered`: Temporal's server did not answer; a message that was sent may have arrived, and one
 *   that was accepted may have counted; a question changed nothing
 * - `serverRefused`: Temporal's server refused the call; nothing was changed
 * - `waitTimedOut`, `waitAborted`: the caller's own limit or signal ended the wait; the refund is as it was
 * - `configuration`: variables of the environment are wrong; nothing was connected
 * - `unknownPlace`, `healRefused`, `orderNotFound`, `releaseRefused`, `providerStopRefused`: of operators' tools alone
 */
export type RefundErrorCode =
  | 'invalidRequest'
  | 'conflict'
  | 'notFound'
  | 'ended'
  | 'terminated'
  | 'failed'
  | 'decisionRefused'
  | 'resolutionRefused'
  | 'workerUnavailable'
  | 'paused'
  | 'unreadable'
  | 'serverUnanswered'
  | 'serverRefused'
  | 'waitTimedOut'
  | 'waitAborted'
  | 'configuration'
  | 'unknownPlace'
  | 'healRefused'
  | 'orderNotFound'
  | 'releaseRefused'
  | 'providerStopRefused';
