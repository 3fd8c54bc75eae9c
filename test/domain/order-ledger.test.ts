import { endRefund } from '../../src/domain/order/end';
import { isInUse, newOrder, takenOf } from '../../src/domain/order/ledger';
import { refusalOfRelease, releaseHold } from '../../src/domain/order/release';
import { MOST_REFUNDS, refusalOfReservation, replyTo, reserve } from '../../src/domain/order/reservation';
import type { EndOfRefund } from '../../src/domain/order/end';
import type { OrderState } from '../../src/domain/order/ledger';
import type { RequestedShare, Reservation } from '../../src/domain/order/reservation';
import { mulberry32 } from '../../simulators/engine/random';

const AT = '2026-11-29T10:00:00.000Z';
const ORIGINAL = 'sipay:744';

function share(amountMinor: number, more: Partial<RequestedShare> = {}): RequestedShare {
  return { leg: 'cash', original: ORIGINAL, amount: { amountMinor }, isWholeOnly: false, ...more };
}

function asks(refundId: string, shares: RequestedShare[], more: Partial<Reservation> = {}): Reservation {
  return {
    ...{ refundId, firstRun: `${refundId}-1`, runId: `${refundId}-1`, requestHash: `hash of ${refundId}` },
    requestedBy: 'shop',
    ...{ currency: 'TRY', exponent: 2, at: AT, memoryMs: 1_000, shares },
    ...more,
  };
}

function ends(refundId: string, status: 'moved' | 'released' | 'held', more: Partial<EndOfRefund> = {}) {
  const run = `${refundId}-1`;
  return { refundId, firstRun: run, runId: run, shares: { cash: status }, ...more };
}

function after(...steps: ((order: OrderState) => OrderState)[]): OrderState {
  return steps.reduce((order, step) => step(order), newOrder('order-1', 1_000));
}

const reserved =
  (...reservation: Parameters<typeof asks>) =>
  (order: OrderState) => {
    expect(refusalOfReservation(order, asks(...reservation))).toBeUndefined();
    return reserve(order, asks(...reservation));
  };
const ended =
  (...end: Parameters<typeof ends>) =>
  (order: OrderState) =>
    endRefund(order, ends(...end));

describe('what an order refuses', () => {
  const of600 = [share(600, { paid: 1_000 })];

  test.each<[string, OrderState, Reservation, unknown]>([
    [
      'more than was paid, together with what others hold',
      after(reserved('a', of600)),
      asks('b', of600),
      {
        kind: 'overCap',
        leg: 'cash',
        message: expect.stringContaining('Only 4.00 TRY of the 10.00 TRY') as string,
      },
    ],
    [
      'more than was paid, though only an older refund said how much',
      after(reserved('a', of600)),
      asks('b', [share(401)]),
      { kind: 'overCap' },
    ],
    ['more than was paid, alone', after(), asks('a', [share(1_001, { paid: 1_000 })]), { kind: 'overCap' }],
    [
      'what has moved',
      after(reserved('a', of600), ended('a', 'moved')),
      asks('b', of600),
      { kind: 'overCap' },
    ],
    [
      'what stays held after an end',
      after(reserved('a', of600), ended('a', 'held')),
      asks('b', of600),
      { kind: 'overCap' },
    ],
    [
      'a second refund of what can only be refunded whole',
      after(reserved('a', [share(600, { isWholeOnly: true })])),
      asks('b', [share(1, { isWholeOnly: true })]),
      { kind: 'overCap' },
    ],
    [
      'another amount that was paid',
      after(reserved('a', of600)),
      asks('b', [share(1, { paid: 2_000 })]),
      { kind: 'invalid', problems: [expect.stringMatching(/^paid\.cash: /)] },
    ],
    [
      'another currency of the same payment',
      after(reserved('a', of600)),
      asks('b', [share(1)], { currency: 'JPY', exponent: 0 }),
      { kind: 'invalid', problems: [expect.stringMatching(/^currency: /)] },
    ],
    [
      'other content under a used id',
      after(reserved('a', of600)),
      asks('a', of600, { requestHash: 'another' }),
      { kind: 'invalid', problems: [expect.stringMatching(/^refundId: /)] },
    ],
    [
      'a reservation that comes after the end of its own run',
      after(ended('a', 'released')),
      asks('a', of600),
      { kind: 'invalid', problems: [expect.stringMatching(/^refundId: /)] },
    ],
  ])('%s', (_, order, reservation, refusal) => {
    expect(refusalOfReservation(order, reservation)).toMatchObject(refusal as object);
  });

  test('more refunds than any order has', () => {
    const many = Array.from({ length: MOST_REFUNDS }, (_, number) => reserved(`r${number}`, [share(1)]));
    expect(
      refusalOfReservation(after(...many.map((step) => step)), asks('one-more', [share(1)])),
    ).toMatchObject({
      kind: 'invalid',
      problems: [expect.stringMatching(/^orderId: /)],
    });
  });

  test.each(['constructor', 'toString', 'hasOwnProperty'])(
    'nothing because a refund is called %s',
    (refundId) => {
      const order = after(reserved('a', [share(1)]));
      expect(refusalOfReservation(order, asks(refundId, [share(1)]))).toBeUndefined();
      expect(refusalOfRelease(order, { refundId, by: 'ana' })).toBeDefined();
    },
  );
});

describe('what becomes of a share', () => {
  const all = [share(1_000, { paid: 1_000 })];

  test('what did not move is free again, once', () => {
    const free = after(reserved('a', all), ended('a', 'released'));
    const taken = reserved('b', all)(free);
    expect(takenOf(ended('a', 'released')(taken), ORIGINAL)).toEqual({ held: 1_000, moved: 0 });
  });

  test('an end that is told late by a run before a reset releases nothing', () => {
    const anew = { firstRun: 'a-1', runId: 'a-2' };
    const order = after(reserved('a', all), reserved('a', all, anew), ended('a', 'released'));
    expect(takenOf(order, ORIGINAL)).toEqual({ held: 1_000, moved: 0 });
    expect(takenOf(ended('a', 'released', anew)(order), ORIGINAL)).toEqual({ held: 0, moved: 0 });
  });

  test('a run that was reset after the plan, and reserved nothing, ends its refund', () => {
    const order = after(reserved('a', all), ended('a', 'released', { firstRun: 'a-1', runId: 'a-2' }));
    expect(takenOf(order, ORIGINAL)).toEqual({ held: 0, moved: 0 });
  });

  test('another start under the id ends nothing of it', () => {
    const order = after(
      reserved('a', all),
      ended('a', 'released', { firstRun: 'other-1', runId: 'other-1' }),
    );
    expect(takenOf(order, ORIGINAL)).toEqual({ held: 1_000, moved: 0 });
    expect(order.refunds).toMatchObject([{ isOpen: true }]);
  });

  test('what moved has moved, whoever tells it and however late', () => {
    const late = { firstRun: 'other-1', runId: 'other-1' };
    const order = after(reserved('a', all), ended('a', 'released'), ended('a', 'moved', late));
    expect(takenOf(order, ORIGINAL)).toEqual({ held: 0, moved: 1_000 });
    const again = reserve(order, asks('a', all, { runId: 'a-3' }));
    expect(takenOf(again, ORIGINAL)).toEqual({ held: 0, moved: 1_000 });
  });

  test('a person releases what stays held, and that can be read', () => {
    const order = after(reserved('a', all), ended('a', 'held'));
    expect(refusalOfRelease(order, { refundId: 'a', by: 'ana' })).toBeUndefined();
    const released = releaseHold(order, {
      refundId: 'a',
      by: 'ana',
      evidence: 'not in the panel',
      at: AT,
      moved: [],
    });
    expect(takenOf(released, ORIGINAL)).toEqual({ held: 0, moved: 0 });
    expect(released.refunds[0]?.shares[0]?.releasedBy).toEqual({
      by: 'ana',
      evidence: 'not in the panel',
      at: AT,
    });
    expect(refusalOfRelease(released, { refundId: 'a', by: 'ana' })).toBe('this refund holds nothing');
  });

  test('an order is in use while a refund runs or holds something', () => {
    const open = after(reserved('a', all));
    expect(isInUse(open)).toBe(true);
    expect(isInUse(ended('a', 'held')(open))).toBe(true);
    expect(isInUse(ended('a', 'moved')(open))).toBe(false);
  });
});

describe('what a refund is told', () => {
  test('what the others hold and have moved, by kind, and which of them have the same leg and amount', () => {
    const points = share(500, { leg: 'loyalty', original: 'mircate:1', amount: { points: 500 } });
    const order = after(
      reserved('a', [share(600), points]),
      ended('a', 'moved'),
      reserved('b', [share(300)]),
      reserved('c', [share(900)]),
      ended('c', 'released'),
    );
    expect(replyTo(order, asks('d', [share(600)]))).toEqual({
      ...{ runId: 'd-1', requestHash: 'hash of d' },
      others: { points: 500, money: 900 },
      repeats: [{ refundId: 'a', leg: 'cash', hasMoved: true }],
    });
  });

  test('that its id was known before, to another run', () => {
    const order = after(reserved('a', [share(1)]));
    expect(replyTo(order, asks('a', [share(1)])).knownSince).toBeUndefined();
    expect(replyTo(order, asks('a', [share(1)], { runId: 'a-2' })).knownSince).toBe(AT);
  });
});

test('whatever comes in whatever order, no more is held and has moved than was paid', () => {
  for (let seed = 1; seed <= 200; seed += 1) {
    const chance = mulberry32(seed);
    const pick = (most: number) => Math.floor(chance() * most);
    let order = newOrder('order-1', 1_000);
    for (let step = 0; step < 60; step += 1) {
      const refundId = `r${pick(8)}`;
      const runId = `${refundId}-${1 + pick(3)}`;
      const size = 100 + 100 * pick(5);
      const reservation = asks(refundId, [share(size, { paid: 1_000 })], {
        ...{ runId, firstRun: `${refundId}-1`, requestHash: `${refundId}/${size}` },
      });
      if (chance() < 0.6) {
        if (!refusalOfReservation(order, reservation)) order = reserve(order, reservation);
      } else {
        const status = (['released', 'held'] as const)[pick(2)];
        order = endRefund(order, ends(refundId, status ?? 'held', { runId }));
      }
      const { held, moved } = takenOf(order, ORIGINAL);
      expect(held + moved).toBeLessThanOrEqual(1_000);
    }
  }
});

test('what a refund that moved nothing said of a payment is forgotten, and what one that holds something said is not', () => {
  const wrong = { paid: 1_000 };
  const ended1 = after(reserved('a', [share(600, wrong)]), ended('a', 'released'));
  expect(refusalOfReservation(ended1, asks('b', [share(600, { paid: 2_000 })]))).toBeUndefined();
  expect(refusalOfReservation(ended1, asks('b', [share(600)], { currency: 'EUR' }))).toBeUndefined();
  const held = after(reserved('a', [share(600, wrong)]), ended('a', 'held'));
  expect(refusalOfReservation(held, asks('b', [share(1, { paid: 2_000 })]))).toMatchObject({
    kind: 'invalid',
    problems: [expect.stringMatching(/^paid\.cash: /)],
  });
});

test('the requester of a refund does not release what it holds', () => {
  const order = after(reserved('a', [share(600)]), ended('a', 'held'));
  expect(refusalOfRelease(order, { refundId: 'a', by: 'SHOP' })).toContain('requester');
});

test('what has moved stays moved where a run that was reset only knows that a share is held', () => {
  const anew = { firstRun: 'a-1', runId: 'a-2' };
  const order = after(
    reserved('a', [share(600)]),
    ended('a', 'moved'),
    reserved('a', [share(600)], anew),
    ended('a', 'held', anew),
  );
  expect(takenOf(order, ORIGINAL)).toEqual({ held: 0, moved: 600 });
  expect(takenOf(ended('a', 'released', { ...anew, runId: 'a-3' })(order), ORIGINAL).moved).toBe(600);
});
