import { major } from './fields';
import type { Switches } from './options';
import type { Transaction } from './paywall-records';
import type { Answer } from './provider';

/** A transaction in the fields of both generations; the newer one has more. */
function valueOf(transaction: Transaction, envelope: 'old' | 'newer'): Record<string, unknown> {
  const money = (amountMinor: number) => major(amountMinor, transaction.currency);
  const { giftMinor, cashbackMinor } = transaction;
  const newer = {
    BlockedBalanceAfterTransaction: money(0),
    AvailableBalanceAfterTransaction: money(transaction.balanceMinor),
    GiftBalanceBalanceAfterTransaction: money(0),
    CurrencyCode: transaction.currency,
  };
  return {
    Id: transaction.id,
    WalletId: transaction.walletId,
    ...(envelope === 'newer' && { Alias: transaction.alias }),
    TransactionType: transaction.type,
    Amount: money(transaction.amountMinor - (giftMinor ?? 0)),
    GiftAmount: giftMinor === null ? null : money(giftMinor),
    Description: transaction.description,
    ExternalReference: transaction.externalReference,
    CreatedAt: new Date(transaction.at).toISOString().replace('Z', '0000Z'),
    UpdatedAt: null,
    BalanceAfterTransaction: money(transaction.balanceMinor),
    ...(envelope === 'newer' && newer),
    SourceWalletId: null,
    DestinationWalletId: null,
    GiftBalanceId: null,
    MainTransactionId: transaction.mainId,
    UniqueCode: transaction.uniqueCode,
    UsedGiftBalances: null,
    CashbackAmount: cashbackMinor === 0 ? 0 : money(cashbackMinor),
  };
}

/** The answer to a movement that succeeded, in the generation the switches name. */
export function moved(transaction: Transaction, { envelope, valueArray }: Switches['paywall']): Answer {
  const value = valueOf(transaction, envelope);
  const Value = valueArray ? [value] : value;
  const flags = { IsSuccess: true, IsFailure: false };
  return { status: 200, body: envelope === 'old' ? { Value, Errors: [], ...flags } : { ...flags, Value } };
}

/** The answer of fetch-by-reference, always of the newer generation. */
export function listed(transactions: readonly Transaction[]): Answer {
  const Value = transactions.map((transaction) => valueOf(transaction, 'newer'));
  return { status: 200, body: { IsSuccess: true, IsFailure: false, Value } };
}

/** The envelope of every refusal. */
export function failed(status: number, Code: string, Message: string): Answer {
  return { status, body: { Value: null, Errors: [{ Code, Message }], IsSuccess: false, IsFailure: true } };
}
