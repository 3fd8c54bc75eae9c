import type { WorkflowHandle } from '@temporalio/client';
import type { RefundState } from '../../src/domain/state';

type Refusal = Error & { cause?: { type?: string; message: string } };

/** Says something of a parked leg, and again as our client does while it comes too early. */
export async function say(handle: WorkflowHandle, word: object): Promise<RefundState> {
  for (;;) {
    try {
      return await handle.executeUpdate<RefundState, [object]>('resolveLeg', { args: [word] });
    } catch (error) {
      if (!(error as Refusal).cause?.message.endsWith('send it again.')) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

/** Why what was said does not count. */
export async function refusalOf(said: Promise<unknown>): Promise<string> {
  const error = await said.then(
    () => undefined,
    (reason: unknown) => reason as Refusal,
  );
  expect(error?.cause?.type).toBe('ResolutionRefused');
  return error?.cause?.message ?? '';
}
