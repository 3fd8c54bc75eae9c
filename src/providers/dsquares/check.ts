import type { CheckAnswer } from '../../domain/provider-answers';
import type { HttpResult } from '../http-answer';
import { beforeOurs } from '../unproven';
import { readWallet, refusalCode, unreadWallet } from './wallet';
import type { DsquaresCall } from './wire';

/** Codes with which the wallet itself says no before anything moved (dsquares sheet: codes). */
const NO_SUCH_WALLET = ['-4', '1', '3', '4', '5'];

/** What preflight learned: the counters, or that there is no such wallet to refund to (dsquares sheet: codes). */
export function readCheck(result: HttpResult, call: DsquaresCall): CheckAnswer {
  const reading = readWallet(result, call);
  if (reading) return { kind: 'passed', baseline: reading.counters };
  const code = refusalCode(result);
  if (code === undefined || !NO_SUCH_WALLET.includes(code))
    return beforeOurs(unreadWallet(result, { hasMoved: false }));
  const message = `The provider has no active wallet under this code (code ${code}).`;
  return { kind: 'refused', code: 'declined', message };
}
