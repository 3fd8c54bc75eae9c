import type { Simulators } from './index';

/** What customers of the demo paid: three orders, each with points, a sale wallet and cash. */
export function seedDemo({ dsquares, mircate, paywall, sipay, wyre }: Simulators): void {
  dsquares.addRedemption({
    walletCode: '011111111111',
    contactMsisdn: '01151618768',
    transactionId: '46173',
    points: 500,
  });
  mircate.addSpend({ transactionId: 'trx-spend-0001', points: 500, accountNumber: 'acc-0001' });
  mircate.addSpend({
    transactionId: 'trx-spend-0002',
    points: 300,
    walletId: 'wallet-0001',
    walletCurrency: 'POINT',
  });
  for (const order of ['sale-77', 'sale-78', 'sale-79']) {
    paywall.addSale({
      externalReference: order,
      amountMinor: 10_000,
      currency: 'TRY',
      feeMinor: 150,
      cashbackMinor: 500,
    });
  }
  for (const transactionId of ['7440022202222222022', '7440022202222222023']) {
    sipay.addPayment({ transactionId, amountMinor: 2550, currency: 'TRY' });
  }
  wyre.addOrder({ orderId: 'WO_H9HA4QDBLX', amountMinor: 2550, currency: 'TRY' });
}
