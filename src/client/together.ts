/**
 * Waits for all calls, also where one of them fails: a caller that sees the failure may close the connection, on
 * which the client would still retry the others.
 */
export async function together<const Calls extends readonly Promise<unknown>[]>(
  calls: Calls,
): Promise<{ -readonly [Index in keyof Calls]: Awaited<Calls[Index]> }> {
  await Promise.allSettled(calls);
  return Promise.all(calls);
}
