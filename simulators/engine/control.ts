import type { Reply } from './effects';
import { FAULT_KINDS, type Fault, type FaultRates, type RandomScope } from './fault-kinds';
import type { Simulators } from '..';
import { PROVIDERS, type ProviderName } from '../options';
import type { Incoming } from './routes';

/** What another process may see and change. */
export type Controlled = Pick<Simulators, ProviderName | 'books' | 'faults' | 'requests'>;

/** A body of POST /control/seed: `act` names what is done with the record; left out, it is added. */
interface Seed {
  provider: ProviderName;
  act?: string;
  record: never;
}

/** A body of POST /control/faults: one fault, several, or a random mix. */
type Faulty = Fault | Fault[] | { random: { seed: number; rates: FaultRates; scope?: RandomScope } };

type Act = (record: never) => void;

/** Serves /control, the door for chaos runs and other processes. */
export function answerControl(controlled: Controlled): (incoming: Incoming) => Reply {
  const { books, faults, requests } = controlled;
  const acts = actsOf(controlled);
  const answers: Record<string, (body: string) => unknown> = {
    'GET /control/books': () => books.entries(),
    'GET /control/requests': () => requests(),
    'DELETE /control/faults': () => faults.clear(),
    'POST /control/faults': (body) => addFaults(faults, JSON.parse(body) as Faulty),
    'POST /control/seed': (body) => {
      const { provider, act = 'add', record } = JSON.parse(body) as Seed;
      const perform = Object.hasOwn(acts, provider) ? acts[provider][act] : undefined;
      if (!perform) throw new Error(`nothing is called ${act} at ${provider}`);
      perform(record);
    },
  };
  return ({ method, url, body }) => {
    const answer = answers[`${method} ${url}`];
    if (!answer) return reply(404, { error: `no such door; there are: ${Object.keys(answers).join(', ')}` });
    try {
      return reply(200, answer(body) ?? { done: true });
    } catch (error) {
      return reply(400, { error: String(error) });
    }
  };
}

function addFaults(faults: Controlled['faults'], body: Faulty): void {
  if ('random' in body) {
    faults.random(body.random.seed, body.random.rates, body.random.scope);
    return;
  }
  for (const fault of Array.isArray(body) ? body : [body]) {
    if (!PROVIDERS.includes(fault.provider))
      throw new Error(`a fault needs a provider: ${PROVIDERS.join(', ')}`);
    if (!FAULT_KINDS.includes(fault.kind)) throw new Error(`a fault needs a kind: ${FAULT_KINDS.join(', ')}`);
    faults.add(fault);
  }
}

interface ByHand {
  original: string;
  points: number;
  amountMinor: number;
  at?: number;
}

function actsOf({
  dsquares,
  mircate,
  paywall,
  sipay,
  wyre,
}: Controlled): Record<ProviderName, Record<string, Act>> {
  return {
    dsquares: {
      add: (record) => dsquares.addRedemption(record),
      refundByHand: ({ original, points, at }: ByHand) => dsquares.refundByHand(original, points, at),
    },
    mircate: {
      add: (record) => mircate.addSpend(record),
      refundByHand: ({ original, points, at }: ByHand) => mircate.refundByHand(original, points, at),
    },
    paywall: {
      add: (record) => paywall.addSale(record),
      refundByHand: ({ original, at }: ByHand) => paywall.refundByHand(original, at),
      cancelByHand: ({ original, at }: ByHand) => paywall.cancelByHand(original, at),
    },
    sipay: {
      add: (record) => sipay.addPayment(record),
      refundByHand: ({ original, amountMinor, at }: ByHand) => sipay.refundByHand(original, amountMinor, at),
      setMerchantBalance: ({ amountMinor }: ByHand) => sipay.setMerchantBalance(amountMinor),
    },
    wyre: {
      add: (record) => wyre.addOrder(record),
      refundByHand: ({ original, at }: ByHand) => wyre.refundByHand(original, at),
      failNext: ({ original }: ByHand) => wyre.failNext(original),
      setPartnerBalance: ({ currency, amountMinor }: ByHand & { currency: string }) =>
        wyre.setPartnerBalance(currency, amountMinor),
    },
  };
}

function reply(status: number, body: unknown): Reply {
  return { status, content: JSON.stringify(body), headers: { 'Content-Type': 'application/json' } };
}
