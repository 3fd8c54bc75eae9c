import { seed } from '../../../simulators/originals';
import type { ProviderBooks, ProviderName } from '../../../simulators';
import type { RefundRequest } from '../../../src/client';

/** A record of POST /control/seed. */
interface SeedRecord {
  provider: ProviderName;
  record: unknown;
}

const POINTS = 500;
const SALE_MINOR = 10_000;
const CASH_MINOR = 2_550;
/** Above the limit of the compose file. */
const LARGE_SALE_MINOR = 600_000;

/**
 * A refund of three legs, in turns at dsquares and sipay or at mircate and wyre.
 * @param number unique in the project's life: its originals are named by it
 */
export function aRefund(name: string, number: number): RefundRequest {
  const padded = String(number).padStart(6, '0');
  return {
    ...{ refundId: `${name}-${padded}`, orderId: `order-${padded}`, currency: 'TRY' },
    ...{ requestedBy: 'order-service', reason: 'goods returned' },
    ...(number % 2 === 0 ? dsquaresAndSipay(padded) : mircateAndWyre(padded)),
    sale: aSale(padded, SALE_MINOR),
  };
}

/** A refund that waits for a person. */
export function aLargeRefund(name: string, number: number): RefundRequest {
  const request = aRefund(name, number);
  return { ...request, sale: aSale(String(number).padStart(6, '0'), LARGE_SALE_MINOR) };
}

function aSale(padded: string, amountMinor: number): NonNullable<RefundRequest['sale']> {
  const externalReference = `sale-${padded}`;
  return { provider: 'paywall', externalReference, amountMinor, rollbackFee: false, rollbackCashback: false };
}

function dsquaresAndSipay(padded: string): Pick<RefundRequest, 'loyalty' | 'cash'> {
  return {
    loyalty: {
      ...{ provider: 'dsquares', walletCode: `01${padded}`, transactionId: `4${padded}`, points: POINTS },
      ...{ contactMsisdn: '01151618768', branchMsisdn: '201020792658' },
    },
    cash: { provider: 'sipay', transactionId: `7440022202${padded}`, amountMinor: CASH_MINOR },
  };
}

function mircateAndWyre(padded: string): Pick<RefundRequest, 'loyalty' | 'cash'> {
  const purchasedAt = new Date(Date.now() - 86_400_000).toISOString();
  return {
    loyalty: {
      ...{ provider: 'mircate', transactionId: `spend-${padded}`, accountNumber: `acc-${padded}` },
      points: POINTS,
    },
    cash: { provider: 'wyre', orderId: `WO_${padded}`, amountMinor: CASH_MINOR, purchasedAt },
  };
}

/** What the customers paid, as the simulators take it from another process. */
export function recordsOf(requests: readonly RefundRequest[]): SeedRecord[] {
  const records: SeedRecord[] = [];
  const into = (provider: ProviderName) => (record: unknown) => void records.push({ provider, record });
  const books = {
    dsquares: { addRedemption: into('dsquares') },
    mircate: { addSpend: into('mircate') },
    paywall: { addSale: into('paywall') },
    sipay: { addPayment: into('sipay') },
    wyre: { addOrder: into('wyre') },
  } as unknown as ProviderBooks;
  for (const request of requests) seed(books, request);
  return records;
}
