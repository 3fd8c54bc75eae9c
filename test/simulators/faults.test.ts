import {
  FAULT_KINDS,
  makesSense,
  own,
  PROVIDERS,
  type Fault,
  type FaultKind,
  type ProviderName,
} from '../../simulators';
import { closeAll } from './calls';
import { REFUNDS } from './refunds';
import { struck } from './struck';

type Numbers = Partial<Fault>;

interface Effect {
  moves: boolean;
  status?: number;
  numbers?: Numbers;
  text?: RegExp;
  /** How often it moves where that differs. */
  times?: Partial<Record<ProviderName, number>>;
}

/** What each kind does to a refund: whether it moves, and what comes back. */
const EFFECTS: Record<FaultKind, Effect> = {
  refuse: { moves: false },
  alreadyDone: { moves: false, text: /already|Duplicate/i },
  slow: { moves: true, status: 200, numbers: { delayMs: 50 } },
  slowBefore: { moves: true, status: 200, numbers: { delayMs: 50 } },
  dropBefore: { moves: false },
  dropAfter: { moves: true },
  errorBefore: { moves: false, status: 503, numbers: { status: 503, retryAfter: 2 } },
  errorAfter: { moves: true, status: 500 },
  malformed: { moves: true, status: 200, text: /^\{.*[^}]$/s },
  empty: { moves: true, status: 200, text: /^$/ },
  contradictory: { moves: true, status: 200 },
  wrongAmount: { moves: true, status: 200 },
  wrongReference: { moves: true, status: 200 },
  tooMany: { moves: false, status: 429, numbers: { retryAfter: 2 } },
  unauthorized: { moves: false, status: 401 },
  down: { moves: false },
  redirect: { moves: false, status: 302 },
  staleLookUp: { moves: true, status: 200 },
  pending: { moves: true },
  huge: { moves: true, status: 200 },
  bomb: { moves: true, status: 200 },
  transient: { moves: false, status: 500 },
  panelRefund: { moves: true, times: { paywall: 0, wyre: 0 } },
  repeated: { moves: true, times: { dsquares: 2, mircate: 2 } },
  filteredBefore: { moves: false, status: 403, numbers: { retryAfter: 2 }, text: /^<!DOCTYPE html>/ },
  filteredAfter: { moves: true, status: 403, text: /^<!DOCTYPE html>/ },
  unlistedBefore: { moves: false },
  unlistedAfter: { moves: true },
  exponentNumbers: { moves: true, status: 200 },
  unaskedCashback: { moves: true, status: 200 },
  keptCashback: { moves: true, status: 200 },
};
const DROPPED: readonly FaultKind[] = ['dropBefore', 'dropAfter', 'down'];
/** What these answer is each provider's own. */
const UNSTATED: readonly FaultKind[] = [
  ...([
    'refuse',
    'alreadyDone',
    'pending',
    'panelRefund',
    'repeated',
    'unlistedBefore',
    'unlistedAfter',
  ] as const),
  ...DROPPED,
];

afterEach(closeAll);

describe.each(PROVIDERS)('a refund at %s', (provider) => {
  const kinds = FAULT_KINDS.filter((kind) => kind === 'staleLookUp' || makesSense(kind, provider, 'refund'));

  test.each(kinds)('struck by %s', async (kind) => {
    const { moves, status, numbers, text, times } = EFFECTS[kind];
    const { simulators, ...ended } = await struck(provider, { kind, ...numbers });
    const moved = own(simulators.books.of(provider, REFUNDS[provider].original));
    const expected = times?.[provider] ?? (moves ? 1 : 0);
    expect(moved.filter((entry) => entry.kind === 'refund')).toHaveLength(expected);
    if (!UNSTATED.includes(kind)) expect(ended.status).toBe(status);
    if (DROPPED.includes(kind)) expect(ended.status).toBeUndefined();
    if (text) expect(ended.text).toMatch(text);
    if (numbers?.retryAfter) expect(ended.headers['retry-after']).toBe('2');
    const [request] = simulators.requests();
    expect(request).toMatchObject({ provider, operation: 'refund', applied: expected > 0 });
    expect(request?.fault).toBe(kind === 'staleLookUp' ? undefined : kind);
    expect(request?.status).toBe(ended.status);
  });
});
