/** A mistake that a refund saga could well have, as a change of one place in the source. */
export interface PlantedBug {
  name: string;
  file: string;
  /** Text that stands there exactly once. */
  from: string;
  to: string;
}

/** Mistakes that the checker must catch; each is planted alone. */
export const PLANTED_BUGS: readonly PlantedBug[] = [
  {
    name: 'a new key per attempt',
    file: 'src/activities/call.ts',
    from: 'return { leg, currency, exponent, key,',
    to: 'return { leg, currency, exponent, key: `${key}:${Date.now()}`,',
  },
  {
    name: 'retry after a timeout',
    file: 'src/workflows/calls.ts',
    from: 'const ONCE: RetryPolicy = { maximumAttempts: 1 };',
    to: 'const ONCE: RetryPolicy = { maximumAttempts: 3 };',
  },
  {
    name: 'HTTP 200 taken as success',
    file: 'src/providers/answers.ts',
    from: '  if (status === 429) return',
    to: "  if (status === 200) return { kind: 'done', providerReference: 'none' } as never;\n  if (status === 429) return",
  },
  {
    name: 'an unsent leg reversed',
    file: 'src/workflows/compensation.ts',
    from: "filter(({ leg }) => legState(run, leg).status === 'refunded')",
    to: "filter(({ leg }) => legState(run, leg).status !== 'declined')",
  },
  {
    name: "the requester's approval accepted",
    file: 'src/domain/decision.ts',
    from: 'if (isSamePerson(message.by, context.requestedBy)) return',
    to: 'if (message.by === context.requestedBy) return',
  },
  {
    name: 'a failed reversal swallowed',
    file: 'src/workflows/movement.ts',
    from: "if (movement.kind === 'reversal' ||",
    to: "if (movement.kind === 'reversal') return end(movement, 'reversed', 'done');\n  if (",
  },
  {
    name: 'ids through Number',
    file: 'src/providers/sipay/wire.ts',
    from: 'tx_correlation_id: leg.transactionId,',
    to: 'tx_correlation_id: String(Number(leg.transactionId)),',
  },
  {
    name: 'the amount left out',
    file: 'src/providers/mircate/wire.ts',
    from: 'return { amount: leg.points, transactionId:',
    to: 'return { transactionId:',
  },
  {
    name: 'a cancel that forgets the leg in flight',
    file: 'src/workflows/calls.ts',
    from: "cancellationType: 'WAIT_CANCELLATION_COMPLETED',",
    to: "cancellationType: 'ABANDON',",
  },
  {
    name: 'ending while a leg is unknown',
    file: 'src/workflows/find-out.ts',
    from: '  return { park: problemOf(movement, problem) };\n}\n\n/** Looks up once',
    to: "  return declined(movement, { code: 'declined', message: problem.message });\n}\n\n/** Looks up once",
  },
  {
    name: 'one empty look-up taken as proof',
    file: 'src/workflows/find-out.ts',
    from: 'empty > 1 && oldEnough',
    to: 'empty > 0',
  },
  {
    name: 'evidence taken as proof',
    file: 'src/workflows/find-out.ts',
    from: "return kind === 'refund' && plan.lookUp === 'decides';",
    to: "return kind === 'refund' && plan.lookUp !== undefined;",
  },
  {
    name: 'a reset that goes unnoticed',
    file: 'src/activities/index.ts',
    from: 'if (wasReset && input.clearedIn !== runId) {',
    to: "if (wasReset && input.clearedIn === 'never') {",
  },
  {
    name: 'Retry-After ignored',
    file: 'src/activities/call.ts',
    from: '...(wait > backoff && { nextRetryDelay: wait }),',
    to: '',
  },
  {
    name: 'compensation past the pivot',
    file: 'src/workflows/run.ts',
    from: "return pivot !== undefined && state.legs[pivot]?.status === 'refunded';",
    to: "return pivot === undefined && state.legs.sale?.status === 'refunded';",
  },
  {
    name: 'a branch on what arrived first',
    file: 'src/workflows/settle.ts',
    from: '  let next = first;',
    to: "  let next = first;\n  if (movement.kind === 'refund' && movement.run.cancelRequested) return 'stopped';",
  },
  {
    name: 'a forged decision that ends the question',
    file: 'src/workflows/hearing.ts',
    from: "if (heard.kind === 'refused') continue;",
    to: "if (heard.kind === 'refused' && run.unheard.length > 0) continue;",
  },
];
