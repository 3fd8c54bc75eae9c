import type { Simulators } from '../../simulators';
import type { RefundRequest } from '../../src/client';
import { originalOf } from '../../simulators/originals';
import { eachOnce, nothing } from './books';
import { aLargeSale, aRefund, otherProviders } from './requests';
import type { Scene } from './scene';

/** The refunds of the demo, in order. */
export function createScenes(run: string): Scene[] {
  const refund = (number: number, other?: Partial<RefundRequest>) => aRefund(run, number, other);
  return [
    allWallets(refund(1)),
    {
      ...allWallets(refund(2, otherProviders(2))),
      title: 'The same with the other two providers',
      story: 'The same at mircate and wyre. Each provider has its own API; the saga is one.',
    },
    saleDeclined(refund(3)),
    answerLost(refund(4)),
    nobodyKnows(refund(5)),
    approved(refund(6, aLargeSale(6))),
    rejected(refund(7, aLargeSale(7))),
    invalid(refund(8)),
  ];
}

/** The refund that is left for whoever watches the demo; without anybody there, the demo settles it. */
export function createOpenScene(run: string): Scene {
  return {
    ...nobodyKnows(aRefund(run, 9)),
    title: 'One more like it; without --exit it is left for you to settle',
  };
}

/** The reference under which dsquares shows the refund of the points. */
export function referenceOf({ books }: Simulators, { loyalty }: RefundRequest): string {
  const [seen] = books.of('dsquares', loyalty ? originalOf(loyalty) : '');
  return seen?.providerReference ?? '';
}

function allWallets(request: RefundRequest): Scene {
  return {
    title: 'Points, sale wallet and cash are refunded',
    request,
    story: 'Points, sale wallet and cash were refunded, one after the other.',
    expected: { status: 'refunded', movements: eachOnce(request) },
  };
}

function saleDeclined(request: RefundRequest): Scene {
  const points = request.loyalty?.points ?? 0;
  return {
    title: 'The sale wallet says no after the points were refunded',
    request,
    story:
      'The customer had spent the cashback, so the sale wallet refused. The points, refunded a moment before, were reversed.',
    expected: { status: 'compensated', movements: { ...nothing(request), loyalty: [points, -points] } },
    prepare: ({ paywall }) => paywall.spendCashback(request.sale?.externalReference ?? ''),
  };
}

function answerLost(request: RefundRequest): Scene {
  return {
    title: 'The sale wallet pays, but its answer gets lost',
    request,
    story: 'The sale wallet paid, but its answer got lost. It was asked what became of it, not sent again.',
    expected: { status: 'refunded', movements: eachOnce(request) },
    prepare: ({ faults }) =>
      faults.add({
        provider: 'paywall',
        operation: 'refund',
        kind: 'dropAfter',
        match: request.sale?.externalReference ?? '',
      }),
  };
}

function nobodyKnows(request: RefundRequest): Scene {
  const { refundId } = request;
  return {
    title: 'The answer of dsquares gets lost, and dsquares cannot be asked for certain',
    request,
    story:
      'The answer of dsquares got lost, and dsquares cannot say for certain. The leg was parked until an operator looked there and settled it.',
    expected: { status: 'refunded', movements: eachOnce(request) },
    prepare: ({ faults }) =>
      faults.add({
        provider: 'dsquares',
        operation: 'refund',
        kind: 'dropAfter',
        match: `${refundId}:loyalty`,
      }),
    person: {
      waitsFor: 'operator',
      does: 'ana looks at dsquares, finds the refund and settles the leg (update resolveLeg)',
      act: ({ refunds, simulators }) =>
        refunds.resolve({
          refundId,
          leg: 'loyalty',
          outcome: 'refunded',
          by: 'ana',
          evidence: 'the refund is in the list of the dsquares panel',
          providerReference: referenceOf(simulators, request),
        }),
    },
  };
}

function approved(request: RefundRequest): Scene {
  return {
    ...allWallets(request),
    title: 'A large refund waits for a person, and is approved',
    story: 'It was above the limit and waited. Ana approved it (signal approve), and it went on.',
    person: {
      waitsFor: 'approval',
      does: 'ana approves it (signal approve)',
      act: ({ refunds }) => refunds.approve(request.refundId, { by: 'ana', note: 'seen the ticket' }),
    },
  };
}

function rejected(request: RefundRequest): Scene {
  const { refundId } = request;
  return {
    title: 'Another large refund is rejected',
    request,
    story: 'It was above the limit too. Ana rejected it (update decide), and nothing was sent.',
    expected: { status: 'rejected', movements: nothing(request) },
    person: {
      waitsFor: 'approval',
      does: 'ana rejects it (update decide)',
      act: ({ refunds }) =>
        refunds.decide({ refundId, decision: 'reject', by: 'ana', note: 'no goods came back' }),
    },
  };
}

function invalid(request: RefundRequest): Scene {
  return {
    title: 'A request with two mistakes',
    request: {
      ...request,
      currency: 'TL',
      ...(request.cash && { cash: { ...request.cash, amountMinor: 25.5 } }),
    },
    story: 'The request was wrong, and the run failed at once:',
    expected: { status: 'invalid', movements: nothing(request) },
    unchecked: true,
  };
}
