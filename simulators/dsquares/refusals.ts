import { failureBody } from './answers';
import type { Operation } from '../options';
import type { Answer, Wording } from '../engine/provider';

/** The vendor's error codes that the simulator answers with, and one from beyond the published list. */
const REFUSALS = {
  '2': 'Invalid_Points',
  '3': 'Wallet_Not_Found',
  '5': 'Not_Matched_WalletCode',
  '20': 'Invalid_Transaction_Id',
  '21': 'Transaction_Already_Refunded',
  '28': 'Invalid_Pin_Code',
  '34': 'Invalid_SkuPoints_OrPointsValue',
  '35': 'Insufficient_Points',
  '41': 'Amount_Greater_Original',
  '48': 'Duplicate_External_Log_Id',
} as const;
type Code = keyof typeof REFUSALS;

const STATUS_NAMES = {
  400: 'BadRequest',
  401: 'Unauthorized',
  404: 'NotFound',
  405: 'MethodNotAllowed',
  429: 'TooManyRequests',
} as const;
type ErrorStatus = keyof typeof STATUS_NAMES;

/** The vendor's Error Object, which every 4XX brings. */
export function errorObject(statusCode: ErrorStatus, message: string): Answer {
  return { status: statusCode, body: { message, statusCode, statusName: STATUS_NAMES[statusCode] } };
}

/** A movement's refusal by code, with HTTP 200. */
export function refusedWith(code: Code): Answer {
  return { status: 200, body: failureBody(code, REFUSALS[code]) };
}

/** The refusal of GetWalletData. */
export function unreadable(code: string, errorMessage: string): Answer {
  return { status: 200, body: { errorMessage, errorCode: code, data: null } };
}

/** GetWalletData's answer for a wallet that is not there. */
export const NO_WALLET = unreadable('3', REFUSALS['3']);

const SERVER_ERROR: Answer = {
  status: 500,
  body: { errorCode: '500', errorMessage: 'Internal server error' },
};
const USUAL: Partial<Record<Operation, Code>> = { lookUp: '3', reverse: '35' };

/** How Dsquares words trouble. */
export const wording: Wording = {
  unauthorized: errorObject(401, 'Invalid ClientId'),
  tooMany: errorObject(429, 'Too many requests'),
  serverError: SERVER_ERROR,
  transient: SERVER_ERROR,
  alreadyDone: refusedWith('21'),
  refused: (operation, code = USUAL[operation] ?? '20') => says(operation, code, 'Failed'),
  unlisted: (operation, code = '99') => says(operation, code, 'Timeout expired'),
  unknownRoute: (status) => errorObject(status, 'No such resource'),
  contradiction: { errorMessage: 'Failed' },
  amountFields: ['amountValue'],
  referenceFields: ['refundedLogId', 'externalLogId', 'walletCode'],
};

function says(operation: Operation, code: string, otherwise: string): Answer {
  const message = Object.hasOwn(REFUSALS, code) ? REFUSALS[code as Code] : otherwise;
  return operation === 'lookUp'
    ? unreadable(code, message)
    : { status: 200, body: failureBody(code, message) };
}
