import { major } from '../engine/fields';
import type { Switches } from '../switches';
import type { Transaction } from './records';
import type { Answer } from '../engine/provider';

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
    Amount: money(transaction.amountMinor),
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

const DONE = { IsSuccess: true, IsFailure: false };

/** The answer to a movement that succeeded, in the generation the switches name. */
export function moved(transaction: Transaction, switches: Switches['paywall']): Answer {
  const { envelope, valueArray, nullErrors } = switches;
  const value = valueOf(transaction, envelope);
  const Value = valueArray ? [value] : value;
  const old = { Value, Errors: nullErrors ? null : [], ...DONE };
  return { status: 200, body: envelope === 'old' ? old : newerBody(Value, switches) };
}

/** The answer of fetch-by-reference, always of the newer generation. */
export function listed(transactions: readonly Transaction[], switches: Switches['paywall']): Answer {
  const Value = transactions.map((transaction) => valueOf(transaction, 'newer'));
  return { status: 200, body: newerBody(Value, switches) };
}

function newerBody(Value: unknown, { nullErrors }: Switches['paywall']): Record<string, unknown> {
  return { ...DONE, ...(nullErrors && { Errors: null }), Value };
}

const TEXTS = {
  'Auth.Invalid': ['Unauthorized', 'Yetkisiz erişim'],
  'General.Limit': ['Too many requests', 'Çok fazla istek'],
  General: ['Unexpected error', 'Beklenmeyen bir hata oluştu'],
  'Transaction.AlreadyRefunded': ['Transaction already refunded', 'İşlem daha önce iade edilmiş'],
  'Transaction.CashbackSpent': ['Cashback was spent', 'Para iadesi harcanmış'],
  'Transaction.Invalid': ['A field is missing or not valid', 'Eksik veya hatalı alan'],
  'Transaction.NotFound': ['Transaction not found', 'İşlem bulunamadı'],
  'Transaction.NotRefundable': ['Transaction cannot be refunded', 'İşlem iade edilemez'],
  'Wallet.Insufficient': ['Insufficient balance', 'Yetersiz bakiye'],
} as const;
/** What Paywall refuses with. */
export type PaywallCode = keyof typeof TEXTS;

/** Words refusals in the language that the switches name; a code of the caller's own stands in place of the usual one. */
export function refusing({ language }: Pick<Switches['paywall'], 'language'>) {
  return (status: number, reason: PaywallCode, Code: string = reason): Answer => {
    const [english, turkish] = TEXTS[reason];
    return failed(status, language === 'en' ? { Code, Message: english } : turkish);
  };
}

/** The envelope of every refusal, with an error of whatever shape. */
export function failed(status: number, error: unknown): Answer {
  return { status, body: { Value: null, Errors: [error], IsSuccess: false, IsFailure: true } };
}
