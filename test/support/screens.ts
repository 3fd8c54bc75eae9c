import stringWidth from 'string-width';
import type { RefundRequest } from '../../src/client';

/** What begins a line that may hold one word that no line can hold. */
const MARK = /^\s*(?:- )?/;

/** Lines that a terminal of 80 columns would break, though there is a blank to break them at. */
export function tooLong(text: string): string[] {
  return text
    .split('\n')
    .filter((line) => stringWidth(line) > 80 && line.replace(MARK, '').trim().includes(' '));
}

/** The words of a text, without what only continues a command, and without ages, which pass. */
export function wordsOf(text: string): Set<string> {
  const words = text.replace(/\((?:in )?\d+ [smhd]\)/g, '').split(/\s+/);
  return new Set(words.filter((word) => word !== '' && word !== '\\'));
}

/** A request in which every value is as long as it may be. */
export function longest(number: number): RefundRequest {
  const filled = (begin: string, length: number) => `${begin}-${process.pid}-${number}-`.padEnd(length, 'x');
  return {
    refundId: filled('rf', 64),
    orderId: filled('order', 64),
    currency: 'TRY',
    requestedBy: filled('service', 64),
    reason: '退款 goods were returned '.repeat(20).slice(0, 199) + '.',
    loyalty: {
      provider: 'dsquares',
      walletCode: filled('wallet', 64),
      contactMsisdn: '+201151618768123'.slice(0, 15),
      branchMsisdn: '+201020792658123'.slice(0, 15),
      transactionId: `${process.pid}${number}`.padEnd(15, '9'),
      points: 10 ** 12,
      invoiceNumber: filled('invoice', 64),
    },
    sale: {
      provider: 'paywall',
      externalReference: filled('sale', 128),
      amountMinor: 10 ** 12,
      rollbackFee: true,
      rollbackCashback: true,
    },
    cash: {
      provider: 'sipay',
      transactionId: `${process.pid}${number}`.padEnd(32, '9'),
      amountMinor: 10 ** 12,
    },
    paid: { loyalty: 10 ** 12, sale: 10 ** 12, cash: 10 ** 12 },
  };
}
