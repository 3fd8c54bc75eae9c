/** An order service that uses all that a first day needs, for a compiler and for Node; it prints what it met. */
export const CONSUMER = `
import { connectRefundClient, RefundError, requestHash } from 'refund-client';
import type { FinalStatus, RefundErrorCode, RefundRequest } from 'refund-client';

const request: RefundRequest = JSON.parse(process.argv[2] ?? '');

async function codeOf(call: Promise<unknown>): Promise<RefundErrorCode | undefined> {
  try {
    await call;
    return undefined;
  } catch (error) {
    if (error instanceof RefundError) return error.code;
    throw error;
  }
}

async function main(): Promise<void> {
  const refunds = await connectRefundClient();
  const first = await refunds.start(request);
  const again = await refunds.start(request);
  const state = await refunds.result(request.refundId, { timeoutMs: 30_000, signal: new AbortController().signal });
  const status: FinalStatus = state.status;
  // @ts-expect-error a final status is none of these
  if (state.status === 'planning') return;
  const codes = [
    await codeOf(refunds.start({ ...request, reason: 'another' })),
    await codeOf(refunds.start({} as RefundRequest)),
    await codeOf(refunds.result('no-such-refund')),
    await codeOf(refunds.cancel(request.refundId)),
  ];
  await refunds.close();
  const isMine = state.requestHash === requestHash(request);
  console.log(JSON.stringify({ existing: [first.existing, again.existing], status, isMine, codes }));
}

void main();
`;
