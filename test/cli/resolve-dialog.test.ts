import { PassThrough } from 'node:stream';
import { askForResolution } from '../../src/cli/resolve-dialog';
import type { OperatorClient, RefundState } from '../../src/client/operator';
import { seenOf } from '../../src/domain/seen';

const STATE: RefundState = {
  ...{ refundId: 'rf-1', orderId: 'order-1', status: 'refunding', waitingOn: 'operator', people: [] },
  legs: {
    cash: {
      ...{ provider: 'sipay', status: 'parked' },
      problem: { side: 'refund', code: 'merchantBalance', message: 'Too low.' },
    },
  },
};

/** A refund whose briefing says so of what its leg shows; and what was asked of it. */
function aClient(seen: string | undefined) {
  const asked: string[] = [];
  const find = { reference: 'rf-1:cash', original: 'payment 7', sends: 0 };
  const cash = { amount: '25.50 TRY', choices: [{ outcome: 'retry', consequence: 'it is tried' }], find };
  const answers: Record<string, unknown> = {
    overview: { runId: 'run-1' },
    state: STATE,
    briefing: { requestedBy: 'shop', reason: 'returned', legs: { cash: { ...cash, seen } } },
  };
  const client = Object.fromEntries(
    Object.entries(answers).map(([name, answer]) => [
      name,
      () => {
        asked.push(name);
        return Promise.resolve(answer);
      },
    ]),
  ) as unknown as OperatorClient;
  return { client, asked };
}

const SAID = { leg: 'cash', outcome: 'retry', by: 'ana', evidence: 'float filled' } as const;

const ask = (client: OperatorClient, isSigned = false) =>
  askForResolution(client, 'rf-1', SAID, {
    ...{ yes: true, isSigned },
    terminal: { input: new PassThrough(), output: new PassThrough().resume() },
  });

test('which run it is, is asked only for a signature', async () => {
  const plain = aClient(seenOf(STATE, 'cash'));
  expect((await ask(plain.client)).seen).toEqual({ runId: undefined, state: STATE });
  expect(plain.asked).toEqual(['state', 'briefing']);
  const signed = aClient(seenOf(STATE, 'cash'));
  expect((await ask(signed.client, true)).seen.runId).toBe('run-1');
});

test('a worker that makes something else of what a leg shows is not asked for ever', async () => {
  const { client, asked } = aClient('0-another');
  await expect(ask(client)).rejects.toMatchObject({
    code: 'resolutionRefused',
    message: expect.stringContaining('its worker is of another version') as string,
  });
  expect(asked.length).toBeLessThan(20);
});
