import { startReceiver } from '../../examples/typescript/receiver';
import { createRefundClient } from '../../src/client';
import type { Notice, RefundState } from '../../src/client';
import { createPost } from '../../src/notices/post';
import { findFreePort } from '../../dev/temporal-server/ports';
import { aRefundAt } from '../support/requests';
import { aSecret } from '../support/receiver';
import { startSaga, type Saga } from '../support/saga';

const secret = aSecret();
let port: number;
let saga: Saga;
beforeAll(async () => {
  port = await findFreePort();
  const environment = { NOTIFY_URL: `http://127.0.0.1:${port}/`, NOTIFY_SECRETS: `${aSecret()},${secret}` };
  saga = await startSaga({ environment });
});
afterAll(() => saga.close());

test('the example receiver verifies a notice, answers, and reads the refund once', async () => {
  const refunds = createRefundClient({ client: saga.client, taskQueue: saga.taskQueue });
  const handled: [Notice, RefundState][] = [];
  let tell: () => void;
  const told = new Promise<void>((resolve) => (tell = resolve));
  const receiver = await startReceiver({
    secret,
    port,
    read: (refundId) => refunds.state(refundId),
    handle: (notice, refund) => {
      handled.push([notice, refund]);
      tell();
    },
  });
  try {
    const request = aRefundAt(saga.simulators, 'sipay');
    const { requestHash } = await saga.run(request);
    await told;
    const [[notice, refund] = []] = handled;
    expect(notice).toMatchObject({ type: 'refund.ended', data: { refundId: request.refundId } });
    expect(refund).toMatchObject({ status: 'refunded', requestHash });
    const url = `http://127.0.0.1:${port}/`;
    const again = createPost({ url, secrets: [secret] });
    await expect(again(`notice:${request.refundId}:ended:refunded`, JSON.stringify(notice))).resolves.toEqual(
      {
        kind: 'taken',
      },
    );
    const forged = createPost({ url, secrets: [aSecret()] });
    await expect(forged('notice:x:1-a', JSON.stringify(notice))).resolves.toEqual({
      kind: 'refused',
      status: 401,
    });
    expect(handled).toHaveLength(1);
  } finally {
    await receiver.close();
  }
});
